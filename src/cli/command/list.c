/* SPDX-License-Identifier: ISC */
/*
 * alertspool list: the records of the spool, in the order of their names.
 *
 * Walks through the names, reads one record at a time and prints it, so memory
 * does not grow with the spool; only -n keeps names, those it will print.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/filter.h"
#include "cli/records/record_view.h"
#include "lib/base/timestamp.h"

#define SHORT_ID 12 /* digits of DIGEST; spool_resolve() wants 8 */

enum {
	COLUMN_ID,
	COLUMN_TIME,
	COLUMN_STATE,
	COLUMN_EVENT,
	COLUMN_SEVERITY,
	COLUMN_PROJECT,
	COLUMN_WHERE,
	COLUMN_SUMMARY,
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
};

static const struct cli_option list_options[] = {
    FILTER_OPTIONS,
    {"limit", 'n', "N", "the newest N only"},
    {"json", 'j', NULL, "the records themselves, an object a line"},
    {NULL, 0, NULL, NULL},
};

struct list {
	struct cli *cli;
	struct spool *spool;
	struct filter filter;
	struct table *table; /* NULL: JSON */
	bool terminal;
	time_t now;
	struct record_view view;
	struct buf line;
	int code; /* of the first record that could not be shown whole */

	/* -n: the newest, newest first. */
	struct spool_entry *newest;
	size_t count, size;

	size_t hidden[SPOOL_STATES]; /* records that are not listed */
};

/* ---- one record ----------------------------------------------------- */

static const char *
first_text(const struct record_view *v, const char *const *paths)
{
	for (; *paths != NULL; paths++) {
		const char *text = record_view_text(v, *paths);

		if (text != NULL && *text != '\0')
			return text;
	}
	return NULL;
}

/* Where it is: the big thing, and the small one in it, whose name often begins
 * with the big one's. */
static void
format_where(struct buf *out, const struct record_view *v)
{
	static const char *const big[] = {"alert.cluster.name",
	    "alert.stream.instance", "alert.replica_set", "alert.cluster.id",
	    NULL};
	static const char *const small[] = {"alert.host.name",
	    "alert.host.alias", "alert.host.id", "alert.stream.processor",
	    NULL};
	const char *outer = first_text(v, big), *inner = first_text(v, small);

	if (outer != NULL && inner != NULL &&
	    strncmp(inner, outer, strlen(outer)) == 0)
		outer = NULL;
	buf_reset(out);
	if (outer != NULL)
		buf_adds(out, outer);
	if (outer != NULL && inner != NULL)
		buf_addc(out, '/');
	if (inner != NULL)
		buf_adds(out, inner);
}

_Static_assert(FORMAT_SIZE >= TIMESTAMP_SIZE, "an age or a time");

static void
format_time(const struct list *l, char out[static FORMAT_SIZE])
{
	const struct name_view *name = &l->view.name;

	out[0] = '\0';
	if (!name->has_time)
		return;
	if (l->terminal)
		format_age(out, l->now - name->time);
	else
		timestamp_format(out, (struct timespec){.tv_sec = name->time},
		    0);
}

static int
print_row(struct list *l, struct error *error)
{
	static const char *const project[] = {"alert.project.name",
	    "alert.project.id", NULL};
	static const char *const summary[] = {"alert.summary",
	    "alert.event_type", "error.message", NULL};
	const struct record_view *v = &l->view;
	const char *severity = record_view_text(v, "alert.severity");
	char id[NAME_SIZE], when[FORMAT_SIZE];

	snprintf(id, sizeof(id), "%.*s", l->terminal ? SHORT_ID : NAME_SIZE,
	    l->terminal ? v->name.digest : v->entry.name);
	format_time(l, when);
	format_where(&l->line, v);
	if (buf_check(&l->line, error) == -1)
		return -1;
	return table_add(l->table,
	    (struct table_cell[COLUMN_COUNT]){
		[COLUMN_ID] = {id, TABLE_PLAIN},
		[COLUMN_TIME] = {when, TABLE_PLAIN},
		[COLUMN_STATE] = {spool_state_word(v->entry.state),
		    format_state(v->entry.state)},
		[COLUMN_EVENT] = {transition_word(v->name.transition),
		    TABLE_PLAIN},
		[COLUMN_SEVERITY] = {severity, format_severity(severity)},
		[COLUMN_PROJECT] = {first_text(v, project), TABLE_PLAIN},
		[COLUMN_WHERE] = {l->line.data, TABLE_PLAIN},
		[COLUMN_SUMMARY] = {first_text(v, summary), TABLE_PLAIN},
	    },
	    error);
}

static int
print_json(struct list *l, struct error *error)
{
	buf_reset(&l->line);
	record_view_json(&l->view, l->spool, l->terminal, &l->line);
	if (buf_check(&l->line, error) == -1)
		return -1;
	fwrite(l->line.data, 1, l->line.len, stdout);
	return 0;
}

/*
 * Read the record into the view. 1 to show it; 0 when it is gone meanwhile. A record
 * that cannot be read is reported; where no filter needs what it says, it is shown by
 * what its name tells.
 */
static int
read_record(struct list *l, const struct spool_entry *entry)
{
	struct error error = ERROR_INIT;
	int code;

	if (record_view_read(&l->view, l->spool, entry, &error) == 0)
		return 1;
	if (error.kind == ERROR_NOT_FOUND)
		return 0;
	code = cli_tell(l->cli, &error);
	if (l->code == EX_OK)
		l->code = code;
	return 1;
}

/* Does the record pass all filters? It is read if that takes it. */
static bool
passes(struct list *l, const struct spool_entry *entry,
    const struct name_view *name)
{
	if (!filter_name(&l->filter, name))
		return false;
	if (!filter_needs_record(&l->filter))
		return true;
	return read_record(l, entry) == 1 &&
	    filter_record(&l->filter, &l->view);
}

static int
print_entry(struct list *l, const struct spool_entry *entry,
    struct error *error)
{
	if (read_record(l, entry) == 0)
		return 0;
	return l->table != NULL ? print_row(l, error) : print_json(l, error);
}

/* ---- all of them ---------------------------------------------------- */

static int
keep_for_later(struct list *l, const struct spool_entry *entry,
    struct error *error)
{
	if (l->count == l->size) {
		size_t size = l->size == 0 ? 64 : l->size * 2;
		struct spool_entry *more =
		    reallocarray(l->newest, size, sizeof(*more));

		if (more == NULL)
			return error_sys(error, ERROR_IO, "%zu names", size);
		l->newest = more;
		l->size = size;
	}
	l->newest[l->count++] = *entry;
	return 0;
}

/* With a limit: keep the newest; without: print as they come. */
static int
walk(struct list *l, long limit, struct error *error)
{
	enum spool_order order = limit > 0 ? SPOOL_DESCENDING : SPOOL_ASCENDING;
	struct spool_scan *scan;
	struct spool_entry entry;
	struct name_view name;
	int rc;

	if (spool_scan_open(&scan, l->spool, l->filter.states, order, error) ==
	    -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1) {
		if (!name_parse(entry.name, &name))
			continue;
		if (filter_is_past(&l->filter, &name, order) ||
		    ferror(stdout)) {
			rc = 0;
			break;
		}
		if (!passes(l, &entry, &name))
			continue;
		rc = limit > 0 ? keep_for_later(l, &entry, error)
			       : print_entry(l, &entry, error);
		if (rc == -1 || (limit > 0 && l->count == (size_t)limit))
			break;
	}
	spool_scan_close(scan);
	return rc == -1 ? -1 : 0;
}

static int
count_hidden(void *context, const char *name, enum spool_state state)
{
	struct list *l = context;
	struct name_view view;

	if (name_parse(name, &view) && filter_name(&l->filter, &view))
		l->hidden[state]++;
	return 0;
}

/* Without --state, dead letters and what is no alert are not listed; a person is to
 * know that they are there. */
static int
print_hidden(struct list *l, struct error *error)
{
	size_t dead, bad;

	if (l->table == NULL || !l->terminal ||
	    cli_value(l->cli, "state") != NULL ||
	    filter_needs_record(&l->filter))
		return 0;
	if (spool_walk(l->spool, SPOOL_IN(SPOOL_DEAD) | SPOOL_IN(SPOOL_BAD),
		count_hidden, l, error) == -1)
		return -1;
	dead = l->hidden[SPOOL_DEAD];
	bad = l->hidden[SPOOL_BAD];
	if (dead > 0 && bad > 0)
		printf("(%zu dead, %zu bad: -s dead)\n", dead, bad);
	else if (dead > 0)
		printf("(%zu dead: -s dead)\n", dead);
	else if (bad > 0)
		printf("(%zu bad: -s bad)\n", bad);
	return 0;
}

static int
list_all(struct list *l, long limit, struct error *error)
{
	if (walk(l, limit, error) == -1)
		return -1;
	while (l->count > 0)
		if (print_entry(l, &l->newest[--l->count], error) == -1)
			return -1;
	if (l->table != NULL)
		table_end(l->table);
	return print_hidden(l, error);
}

static int
list_run(struct cli *cli, struct error *error)
{
	struct list l = {
	    .cli = cli,
	    .terminal = isatty(STDOUT_FILENO) == 1,
	    .now = time(NULL),
	    .view = RECORD_VIEW_INIT,
	};
	long limit;
	int rc = -1;

	if (filter_parse(&l.filter, cli, error) == -1 ||
	    cli_number(cli, "limit", 1, 1000000000, 0, &limit, error) == -1 ||
	    session_spool(cli, SPOOL_READ, &l.spool, error) == -1)
		goto out;
	if (cli_value(cli, "json") == NULL &&
	    table_open(&l.table, stdout, columns, COLUMN_COUNT, table_width(),
		table_colours(), error) == -1)
		goto out;
	if (list_all(&l, limit, error) == 0)
		rc = l.code;
out:
	table_close(l.table);
	free(l.newest);
	buf_free(&l.line);
	record_view_free(&l.view);
	spool_close(l.spool);
	return rc;
}

const struct command command_list = {
    .name = "list",
    .arguments = "",
    .summary = "list records, oldest first",
    .details =
	"Without --state, records that wait (new) or are claimed (cur).\n"
	"TIME is like 2026-11-23T07:45:42Z, a date (its beginning in UTC) or\n"
	"an age like 2h or 3d, and is compared with the alert's own time, the\n"
	"one in the record's name.\n"
	"\n"
	"On a terminal, a table with a short id. Elsewhere, lines of columns\n"
	"separated by TAB: id, time, state, event, severity, project, where\n"
	"and summary, \"-\" for what is not known; the first word is what\n"
	"other commands take: \"alertspool list | alertspool show -\".\n"
	"With --json, each record as it is stored, with a member \"spool\".\n"
	"\n"
	"On a terminal and without --state, the last line counts what is dead\n"
	"or bad.\n"
	"\n"
	"A record that cannot be read is reported, and the exit code is 74 or\n"
	"65. It is shown with what its name tells, but not with --project or\n"
	"--source.\n",
    .options = list_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = list_run,
};
