/* SPDX-License-Identifier: ISC */
/* record_table: short ids and ages for people, complete ones for programs. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/record_table.h"
#include "lib/base/timestamp.h"

#define SHORT_ID 12 /* digits of DIGEST; spool_resolve() needs 8 */

enum {
	COLUMN_ID,
	COLUMN_TIME,
	COLUMN_STATE,
	COLUMN_EVENT,
	COLUMN_SEVERITY,
	COLUMN_PROJECT,
	COLUMN_WHERE,
	COLUMN_SUMMARY,
	COLUMN_TRIES,
	COLUMN_NEXT,
	COLUMN_REASON,
	COLUMN_COUNT
};

static const struct table_column columns[COLUMN_COUNT] = {
    [COLUMN_ID] = {"ID", SHORT_ID, 0},
    [COLUMN_TIME] = {"AGE", 3, 4},
    [COLUMN_STATE] = {"STATE", 5, 2},
    [COLUMN_EVENT] = {"EVENT", 6, 3},
    [COLUMN_SEVERITY] = {"SEVERITY", 8, 5},
    [COLUMN_PROJECT] = {"PROJECT", 8, 7},
    [COLUMN_WHERE] = {"WHERE", 10, 6},
    [COLUMN_SUMMARY] = {"SUMMARY", 10, 1},
    [COLUMN_TRIES] = {"TRIES", 5, 8},
    [COLUMN_NEXT] = {"NEXT", 4, 9},
    [COLUMN_REASON] = {"REASON", 10, 2},
};

/* Expected widths of later rows. */
static const int usual_widths[COLUMN_COUNT] = {
    [COLUMN_ID] = SHORT_ID,
    [COLUMN_TIME] = 3,
    [COLUMN_STATE] = 5,
    [COLUMN_EVENT] = 11,
    [COLUMN_SEVERITY] = 8,
    [COLUMN_PROJECT] = 16,
    [COLUMN_WHERE] = 24,
    [COLUMN_SUMMARY] = 60,
    [COLUMN_TRIES] = 3,
    [COLUMN_NEXT] = 4,
    [COLUMN_REASON] = 40,
};

int
record_table_open(struct record_table *t, const struct table_style *style,
    bool tries, struct error *error)
{
	const bool people = style->width > 0;

	*t = (struct record_table){.people = people};
	return table_open(&t->table, stdout, columns,
	    tries ? COLUMN_COUNT : COLUMN_TRIES, style->width, style->colours,
	    error);
}

void
record_table_fix(struct record_table *t)
{
	table_fix(t->table, usual_widths);
}

void
record_table_close(struct record_table *t)
{
	table_close(t->table);
	t->table = NULL;
	buf_free(&t->where);
	buf_free(&t->reason);
}

_Static_assert(FORMAT_SIZE >= TIMESTAMP_SIZE, "an age or a time");

static void
format_time(const struct record_table *t, const struct name_view *name,
    char out[static FORMAT_SIZE])
{
	out[0] = '\0';
	if (!name->has_time)
		return;
	if (t->people)
		format_age(out, time(NULL) - name->time);
	else
		timestamp_format(out, (struct timespec){.tv_sec = name->time},
		    0);
}

/* The attempts of a record that is dead, or waits for its next attempt. */
struct tries {
	char count[16], next[FORMAT_SIZE];
};

static int
read_tries(struct record_table *t, const struct record_view *v,
    const struct spool *spool, struct tries *tries, struct error *error)
{
	struct spool_tally tally;
	time_t next;

	buf_reset(&t->reason);
	*tries = (struct tries){.count = ""};
	if (v->entry.state != SPOOL_DEAD &&
	    !record_view_not_before(v, spool, &next))
		return 0;
	if (spool_tally_why(spool, v->entry.name, &tally, &t->reason, error) ==
	    -1)
		return -1;
	snprintf(tries->count, sizeof(tries->count), "%u", tally.attempts);
	if (v->entry.state == SPOOL_DEAD)
		return 0;
	if (t->people)
		format_age(tries->next, next - time(NULL));
	else
		timestamp_format(tries->next, (struct timespec){.tv_sec = next},
		    0);
	return 0;
}

int
record_table_add(struct record_table *t, const struct record_view *v,
    const struct spool *spool, struct error *error)
{
	static const char *const project[] = {"alert.project.name",
	    "alert.project.id", NULL};
	static const char *const summary[] = {"alert.summary",
	    "alert.event_type", "error.message", NULL};
	const char *severity = record_view_text(v, "alert.severity");
	char id[NAME_SIZE], when[FORMAT_SIZE];
	struct tries tries;

	snprintf(id, sizeof(id), "%.*s", t->people ? SHORT_ID : NAME_SIZE,
	    t->people ? v->name.digest : v->entry.name);
	format_time(t, &v->name, when);
	record_view_where(v, &t->where);
	if (buf_check(&t->where, error) == -1 ||
	    read_tries(t, v, spool, &tries, error) == -1)
		return -1;
	return table_add(t->table,
	    (struct table_cell[COLUMN_COUNT]){
		[COLUMN_ID] = {id, TABLE_PLAIN},
		[COLUMN_TIME] = {when, TABLE_PLAIN},
		[COLUMN_STATE] = {spool_state_word(v->entry.state),
		    format_state(v->entry.state)},
		[COLUMN_EVENT] = {transition_word(v->name.transition),
		    TABLE_PLAIN},
		[COLUMN_SEVERITY] = {severity, format_severity(severity)},
		[COLUMN_PROJECT] = {record_view_first(v, project), TABLE_PLAIN},
		[COLUMN_WHERE] = {t->where.data, TABLE_PLAIN},
		[COLUMN_SUMMARY] = {record_view_first(v, summary), TABLE_PLAIN},
		[COLUMN_TRIES] = {tries.count, TABLE_PLAIN},
		[COLUMN_NEXT] = {tries.next, TABLE_PLAIN},
		[COLUMN_REASON] = {t->reason.data, TABLE_PLAIN},
	    },
	    error);
}
