/* SPDX-License-Identifier: ISC */
/*
 * report: alertspool report writes a page for people without a shell.
 *
 * If it cannot be made, the page has the reason, because its readers see nothing else;
 * only if it cannot be written does the old one stay.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/report/page.h"
#include "cli/report/page_file.h"
#include "cli/report/sections.h"
#include "lib/base/file.h"

#define HOST_SIZE 256
#define MODE_DEFAULT 0640

static const struct cli_option report_options[] = {
    {"output", 'o', "FILE",
	"write the page there, whole; else to the terminal"},
    {"days", 0, "N", "days of the timeline, 1 to 90 (14)"},
    {"title", 0, "TEXT", "heading of the page (Alerts)"},
    {"mode", 0, "MODE", "mode of FILE, in octal digits (0640)"},
    {NULL, 0, NULL, NULL},
};

struct report {
	struct cli *cli;
	const char *output; /* NULL: standard output */
	mode_t mode;
	long days;
	char host[HOST_SIZE];
	struct page_head head;
	struct buf page;
};

/* ---- options --------------------------------------------------------- */

static int
parse_mode(struct report *r, struct error *error)
{
	const char *text = cli_value(r->cli, "mode");
	char *end;
	unsigned long mode;

	r->mode = MODE_DEFAULT;
	if (text == NULL)
		return 0;
	mode = strtoul(text, &end, 8);
	if (text[0] < '0' || text[0] > '7' || *end != '\0' || mode > 0777 ||
	    (mode & 0400) == 0)
		return error_set(error, ERROR_USAGE,
		    "option --mode: \"%.40s\" is not a mode like 0640, with "
		    "which its owner can read",
		    text);
	r->mode = (mode_t)mode;
	return 0;
}

static int
parse_options(struct report *r, struct error *error)
{
	const char *title = cli_value(r->cli, "title");

	r->output = cli_value(r->cli, "output");
	if (r->output != NULL && r->output[0] == '\0')
		return error_set(error, ERROR_USAGE,
		    "option --output: a file has a name");
	r->head.title = title != NULL ? title : "Alerts";
	if (gethostname(r->host, sizeof(r->host) - 1) == -1)
		snprintf(r->host, sizeof(r->host), "an unknown host");
	r->head.host = r->host;
	r->head.made = time(NULL);
	if (cli_number(r->cli, "days", 1, DELIVERIES_DAYS_MAX, 14, &r->days,
		error) == -1)
		return -1;
	return parse_mode(r, error);
}

/* ---- the page --------------------------------------------------------- */

static int
add_sections(struct report *r, struct material *m, struct error *error)
{
	if (material_gather(m, error) == -1)
		return -1;
	section_now(&r->page, m);
	if (section_timeline(&r->page, m, error) == -1)
		return -1;
	section_attention(&r->page, m);
	section_queues(&r->page, m);
	return m->lost ? error_set(error, ERROR_IO, "out of memory") : 0;
}

static int
make_page(struct report *r, const struct spool *spool, struct error *error)
{
	const time_t today = r->head.made - r->head.made % DELIVERIES_DAY;
	struct material m = {
	    .spool = spool,
	    .settings = &r->cli->settings,
	    .queues = &r->cli->queues,
	    .config = cli_value(r->cli, "config"),
	    .now = r->head.made,
	    .first = today - (r->days - 1) * DELIVERIES_DAY,
	    .days = (size_t)r->days,
	    .view = RECORD_VIEW_INIT,
	};
	int rc;

	page_begin(&r->page, &r->head);
	rc = add_sections(r, &m, error);
	page_end(&r->page);
	material_free(&m);
	return rc;
}

/* Instead of everything unknown. */
static void
make_failure(struct report *r, const struct error *why)
{
	buf_reset(&r->page);
	page_begin(&r->page, &r->head);
	buf_adds(&r->page,
	    "<section id=\"failure\">\n<h2>The spool cannot be read</h2>\n"
	    "<p>This page does not show which alerts are open. The "
	    "reason:</p>\n"
	    "<p><code>");
	page_text(&r->page, why->text);
	buf_adds(&r->page, "</code></p>\n<p>What to do about it: ");
	page_command(&r->page, cli_value(r->cli, "config"),
	    (const char *[]){"check", NULL}, 1);
	buf_adds(&r->page, "</p>\n</section>\n");
	page_end(&r->page);
}

static int
write_page(struct report *r, struct error *error)
{
	if (buf_check(&r->page, error) == -1)
		return -1;
	if (r->output != NULL)
		return page_file_write(r->output, r->mode, &r->page, error);
	fwrite(r->page.data, 1, r->page.len, stdout);
	return 0;
}

/* Without settings, or without a spool: the page has the reason. */
static int
replace_page(struct report *r, struct error *error)
{
	struct error unwritten = ERROR_INIT;

	make_failure(r, error);
	if (write_page(r, &unwritten) == -1)
		(void)cli_tell(r->cli, &unwritten);
	if (error->kind != ERROR_SETTINGS)
		error->kind = ERROR_IO;
	return -1;
}

static int
report_run(struct cli *cli, struct error *error)
{
	struct report r = {.cli = cli};
	struct spool *spool = NULL;
	int rc = -1;

	if (parse_options(&r, error) == -1)
		return -1;
	if (session_spool(cli, SPOOL_READ, &spool, error) == -1 ||
	    make_page(&r, spool, error) == -1)
		rc = replace_page(&r, error);
	else
		rc = write_page(&r, error);
	spool_close(spool);
	buf_free(&r.page);
	return rc;
}

const struct command command_report = {
    .name = "report",
    .arguments = "",
    .summary = "write an HTML page for people without a shell",
    .details =
	"Writes one HTML page that loads nothing from elsewhere: the open\n"
	"alerts, the alerts and deliveries of the last days, problems that\n"
	"need a person, each with the command to type, and the queues. Put\n"
	"it behind a password, as the web servers' files\n"
	"alertspool-status.conf do.\n"
	"\n"
	"FILE is replaced as a whole. If the spool cannot be read, a page\n"
	"with the reason replaces it (74). If it cannot be written, the old\n"
	"one stays (74), and turns grey when it is older than five minutes.\n"
	"\n"
	"The timeline has at most 200 alerts, the worst first, and the\n"
	"table of open ones 1000; both have the number of those left out.\n"
	"\n"
	"Example, which alertspool-report.timer does every minute:\n"
	"  alertspool report -o /run/alertspool-status/index.html\n",
    .options = report_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = report_run,
};
