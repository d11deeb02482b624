/* SPDX-License-Identifier: ISC */
/* page: the frame around the sections, and their smallest parts. */
#include "config.h"
#include "installed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/output/format.h"
#include "cli/output/shell_quote.h"
#include "cli/report/page.h"
#include "cli/report/style.h"
#include "lib/base/digest.h"
#include "lib/base/encode.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"

/* A page that is not replaced any more must not look like good news. Five minutes means
 * that it was not written four times. */
static const char script[] =
    "(function(){"
    "var made=Date.parse(document.getElementById('made').dateTime);"
    "function look(){if(Date.now()-made>300000){"
    "document.body.className='old';"
    "document.getElementById('old').hidden=false}}"
    "look();setInterval(look,5000)})()";

static const char *const letters[SEVERITY_RANKS] = {
    [SEVERITY_CRITICAL] = "C",
    [SEVERITY_ERROR] = "E",
    [SEVERITY_WARNING] = "W",
    [SEVERITY_INFO] = "I",
    [SEVERITY_UNRATED] = "U",
};

/* ---- small parts ----------------------------------------------------- */

void
page_text(struct buf *out, const char *text)
{
	escape_page(out, text, strlen(text));
}

void
page_time(struct buf *out, time_t t)
{
	char text[TIMESTAMP_SIZE];

	timestamp_format(text, (struct timespec){.tv_sec = t}, 0);
	text[10] = ' '; /* for people */
	buf_adds(out, text);
}

void
page_age(struct buf *out, struct fold_time t, time_t now)
{
	char text[TIMESTAMP_SIZE], age[FORMAT_SIZE];

	if (!t.set) {
		buf_addc(out, '-');
		return;
	}
	timestamp_format(text, (struct timespec){.tv_sec = t.at}, 0);
	format_age(age, now - t.at);
	buf_addf(out, "<time datetime=\"%s\">%s</time>", text, age);
}

char
page_letter(enum severity_rank rank)
{
	return letters[rank][0];
}

void
page_severity(struct buf *out, enum severity_rank rank)
{
	buf_addf(out, "<b class=\"b %s\">%s</b>", letters[rank],
	    severity_rank_word(rank));
}

void
page_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	buf_addf(out, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

void
page_command(struct buf *out, const char *config, const char *const *words,
    size_t outside)
{
	struct buf line = BUF_INIT;

	buf_adds(&line, "alertspool");
	if (config != NULL) {
		buf_adds(&line, " -c ");
		shell_quote(&line, config, strlen(config));
	}
	for (size_t i = 0; words[i] != NULL; i++) {
		if (i == outside && words[i][0] == '-')
			buf_adds(&line, " --");
		buf_addc(&line, ' ');
		shell_quote(&line, words[i], strlen(words[i]));
	}
	buf_adds(out, "<code>");
	escape_page(out, line.data, line.len);
	buf_adds(out, "</code>");
	out->failed = out->failed || line.failed;
	buf_free(&line);
}

/* ---- the frame ------------------------------------------------------- */

/* Nothing is fetched, and only our script runs. */
static void
add_policy(struct buf *out)
{
	const struct digest_part part = {script, strlen(script)};
	char hash[ENCODE_BASE64_SIZE(DIGEST_SIZE)];
	unsigned char digest[DIGEST_SIZE];

	digest_sha256(digest, &part, 1);
	encode_base64(hash, digest, sizeof(digest));
	buf_addf(out,
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src "
	    "'none'; style-src 'unsafe-inline'; script-src 'sha256-%s'\">\n",
	    hash);
}

static void
add_head(struct buf *out, const char *title)
{
	buf_adds(out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n");
	add_policy(out);
	buf_adds(out,
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n<meta name=\"referrer\" "
	    "content=\"no-referrer\">\n<title>");
	page_text(out, title);
	buf_adds(out, "</title>\n<style>\n");
	for (size_t i = 0; style_sheet[i] != NULL; i++)
		buf_adds(out, style_sheet[i]);
	buf_adds(out, "</style>\n</head>\n");
}

void
page_begin(struct buf *out, const struct page_head *head)
{
	char made[TIMESTAMP_SIZE];

	timestamp_format(made, (struct timespec){.tv_sec = head->made}, 0);
	add_head(out, head->title);
	buf_adds(out, "<body>\n<header>\n<h1>");
	page_text(out, head->title);
	buf_addf(out, "</h1>\n<p>as of <time id=\"made\" datetime=\"%s\">",
	    made);
	page_time(out, head->made);
	buf_adds(out, "</time> on ");
	page_text(out, head->host);
	buf_adds(out,
	    ", made every minute</p>\n</header>\n"
	    "<p id=\"old\" role=\"alert\" hidden>This page is older than five "
	    "minutes. Nobody makes a new one, or the clock of your machine is "
	    "wrong. What it says may be over, and what is new is missing.</p>\n"
	    "<main>\n");
}

void
page_end(struct buf *out)
{
	buf_adds(out,
	    "</main>\n<footer><p>alertspool " PACKAGE_VERSION
	    "; all times are UTC</p></footer>\n<script>");
	buf_adds(out, script);
	buf_adds(out, "</script>\n</body>\n</html>\n");
}
