/* SPDX-License-Identifier: ISC */
/* findings: escapes paths and answers, because they come from elsewhere. */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/output/findings.h"
#include "cli/output/table.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/json/write.h"

#define WORD_WIDTH 7 /* of the longest level */

static const struct {
	const char *word;
	enum table_colour colour;
} levels[FINDING_LEVELS] = {
    [FINDING_OK] = {"ok", TABLE_GREEN},
    [FINDING_WARNING] = {"warning", TABLE_YELLOW},
    [FINDING_ERROR] = {"error", TABLE_RED},
};

struct finding {
	enum finding_level level;
	const char *check, *where, *why, *fix;
	char what[FINDING_TEXT];
};

void
findings_init(struct findings *r, bool json, bool quiet)
{
	*r = (struct findings){
	    .json = json,
	    .quiet = quiet,
	    .colours = !json && table_colours(),
	};
}

/* Add text as harmless UTF-8. */
static void
add_safe(struct buf *out, const char *text)
{
	escape_terminal(out, text, strlen(text));
}

static void
add_member(struct buf *line, const char *key, const char *text)
{
	struct buf safe = BUF_INIT;

	json_write_key(line, key);
	if (text == NULL || *text == '\0') {
		json_write_text(line, NULL);
		return;
	}
	add_safe(&safe, text);
	json_write_string(line, safe.data, safe.len);
	line->failed |= safe.failed;
	buf_free(&safe);
}

static void
spell_json(struct buf *line, const struct finding *f)
{
	buf_addc(line, '{');
	add_member(line, "level", levels[f->level].word);
	add_member(line, "check", f->check);
	add_member(line, "where", f->where);
	add_member(line, "what", f->what);
	add_member(line, "why", f->why);
	add_member(line, "fix", f->fix);
	buf_adds(line, "}\n");
}

/* The text after the level. */
static void
spell_text(struct buf *line, const struct finding *f)
{
	int pad = WORD_WIDTH + 1 - (int)strlen(levels[f->level].word);

	buf_addf(line, "%*s%s: ", pad, "", f->check);
	add_safe(line, f->where);
	buf_adds(line, ": ");
	add_safe(line, f->what);
	buf_addc(line, '\n');
	if (f->level == FINDING_OK)
		return;
	buf_addf(line, "%*swhy: %s\n%*sfix: ", WORD_WIDTH + 1, "", f->why,
	    WORD_WIDTH + 1, "");
	add_safe(line, f->fix);
	buf_addc(line, '\n');
}

static void
print_finding(struct findings *r, const struct finding *f)
{
	struct buf line = BUF_INIT;

	r->count[f->level]++;
	if (r->quiet && f->level != FINDING_ERROR)
		return;
	if (r->json)
		spell_json(&line, f);
	else
		spell_text(&line, f);
	if (line.failed) {
		findings_leave_out(r);
	} else {
		if (!r->json)
			table_paint(stdout, levels[f->level].word,
			    levels[f->level].colour, r->colours);
		fwrite(line.data, 1, line.len, stdout);
	}
	buf_free(&line);
	(void)fflush(stdout); /* the frame checks for errors at the end */
}

void
findings_add(struct findings *r, enum finding_level level, const char *check,
    const char *where, const char *why, const char *fix, const char *format,
    ...)
{
	struct finding f = {level, check, where, why, fix, ""};
	va_list ap;

	va_start(ap, format);
	vsnprintf(f.what, sizeof(f.what), format, ap);
	va_end(ap);
	print_finding(r, &f);
}

void
findings_leave_out(struct findings *r)
{
	r->left_out = true;
}

bool
findings_no_memory(struct findings *r, const struct error *why)
{
	if (why->sys != ENOMEM)
		return false;
	findings_leave_out(r);
	return true;
}

int
findings_end(const struct findings *r, struct error *error)
{
	if (r->left_out) {
		errno = ENOMEM;
		return error_sys(error, ERROR_IO,
		    "not everything could be checked or reported");
	}
	if (r->json || r->quiet)
		return 0;
	printf("%u error%s, %u warning%s\n", r->count[FINDING_ERROR],
	    r->count[FINDING_ERROR] == 1 ? "" : "s", r->count[FINDING_WARNING],
	    r->count[FINDING_WARNING] == 1 ? "" : "s");
	return 0;
}
