/* SPDX-License-Identifier: ISC */
/* tally: puts counts into words. Zeros are left out. */
#include "config.h"

#include <string.h>

#include "cli/alerts/tally.h"
#include "cli/output/format.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"
#include "lib/spool/heard.h"

void
tally_add(struct tally *t, const struct fold *f)
{
	t->state[f->state]++;
	if (f->state == FOLD_OPEN)
		t->open[f->rank]++;
}

bool
tally_is_bad(const struct tally *t, enum severity_rank rank)
{
	for (int i = 0; i <= (int)rank && i < SEVERITY_UNRATED; i++)
		if (t->open[i] > 0)
			return true;
	return false;
}

/* ---- reading --------------------------------------------------------- */

static int
count_record(void *context, const char *name, enum spool_state state)
{
	struct tally *t = context;

	if (name_parse(name, NULL))
		++*(state == SPOOL_DEAD ? &t->dead : &t->bad);
	return 0;
}

int
tally_read(struct tally *t, const struct spool *spool,
    const struct settings *settings, struct error *error)
{
	time_t at;

	for (size_t i = 0; i < settings->nsources; i++)
		if (heard_last(spool_root(spool), settings->sources[i].name,
			&at) &&
		    (!t->heard.set || at > t->heard.at))
			t->heard = (struct fold_time){true, at};
	return spool_walk(spool, SPOOL_IN(SPOOL_DEAD) | SPOOL_IN(SPOOL_BAD),
	    count_record, t, error);
}

/* ---- the line -------------------------------------------------------- */

/* The parts of one clause: "a, b". */
static void
add_count(struct buf *out, size_t n, const char *what)
{
	if (n == 0)
		return;
	if (out->len > 0)
		buf_adds(out, ", ");
	buf_addf(out, "%zu %s", n, what);
}

static void
add_open(struct buf *out, const struct tally *t)
{
	struct buf ranks = BUF_INIT;

	for (int i = 0; i < SEVERITY_RANKS; i++)
		add_count(&ranks, t->open[i],
		    severity_rank_word((enum severity_rank)i));
	buf_addf(out, "%zu open", t->state[FOLD_OPEN]);
	if (ranks.len > 0)
		buf_addf(out, " (%s)", ranks.data);
	out->failed = out->failed || ranks.failed;
	buf_free(&ranks);
}

static void
add_clause(struct buf *out, const struct buf *clause)
{
	if (clause->len == 0)
		return;
	if (out->len > 0)
		buf_adds(out, "; ");
	buf_add(out, clause->data, clause->len);
	out->failed = out->failed || clause->failed;
}

/* Replace blanks after commas and semicolons by newlines where a line would be too wide.
 * The text is ASCII. */
static void
break_lines(struct buf *text, int width)
{
	char *line = text->data, *last = NULL, *p;

	for (p = line; p != NULL && *p != '\0'; p++) {
		if (p - line >= width && last != NULL) {
			*last = '\n';
			line = last + 1;
			last = NULL;
		}
		if (*p == ' ' && p > line && (p[-1] == ',' || p[-1] == ';'))
			last = p;
	}
}

/* "not delivered: 10 dead, 5 bad" */
static void
add_undelivered(struct buf *clause, const struct tally *t)
{
	struct buf counts = BUF_INIT;

	add_count(&counts, t->dead, "dead");
	add_count(&counts, t->bad, "bad");
	if (counts.len > 0)
		buf_addf(clause, "not delivered: %s", counts.data);
	clause->failed = clause->failed || counts.failed;
	buf_free(&counts);
}

void
tally_line(struct buf *out, const struct tally *t, time_t now, int width)
{
	struct buf clause = BUF_INIT;
	char age[FORMAT_SIZE];

	add_open(&clause, t);
	for (int i = FOLD_OPEN + 1; i < FOLD_STATES; i++)
		add_count(&clause, t->state[i],
		    fold_state_word((enum fold_state)i));
	add_clause(out, &clause);
	buf_reset(&clause);
	add_undelivered(&clause, t);
	add_clause(out, &clause);
	buf_reset(&clause);
	add_count(&clause, t->without_id,
	    t->without_id == 1 ? "record without an alert id"
			       : "records without an alert id");
	add_clause(out, &clause);
	buf_reset(&clause);
	if (t->heard.set) {
		format_age(age, now - t->heard.at);
		buf_addf(&clause, "last delivery %s ago", age);
	}
	add_clause(out, &clause);
	buf_free(&clause);
	break_lines(out, width);
}
