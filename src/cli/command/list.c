/* SPDX-License-Identifier: ISC */
/*
 * list: alertspool list prints the records of the spool, in the order of their names.
 *
 * Reads the names, and one record at a time, and prints it, so memory does not grow with
 * the spool; only -n keeps names, those it will print. With --follow the watch starts
 * before the reading, so that no record is missed.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/frame/table_style.h"
#include "cli/output/table.h"
#include "cli/records/filter.h"
#include "cli/records/record_table.h"
#include "cli/worker/queue_print.h"
#include "cli/records/record_view.h"
#include "cli/worker/arrivals.h"

#define FOLLOW_LIMIT 10 /* as for journalctl -f and tail -f */

static const struct cli_option list_options[] = {
    FILTER_OPTIONS,
    {"limit", 'n', "N", "the newest N only"},
    {"follow", 'f', NULL, "the newest 10, then each record as it comes"},
    {"json", 'j', NULL, "the records themselves, an object a line"},
    TABLE_OPTIONS,
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

struct list {
	struct cli *cli;
	struct spool *spool;
	struct filter filter;
	bool json, terminal;
	struct record_table table;
	struct record_view view;
	struct buf line;
	int code; /* of the first record that could not be shown completely */

	/* -n: the newest, newest first; they wait to be printed. */
	struct spool_entry *newest;
	size_t count, size;

	size_t hidden[SPOOL_STATES]; /* records that are not listed */

	bool follow;
	struct arrivals arrivals;
	struct error *error; /* of a record that has come */
	size_t listed;	     /* names in newest that were printed */
};

/* ---- one record ----------------------------------------------------- */

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

/* Does the record match all filters? It is read if they need it; a record that cannot be
 * read is reported when it is printed. */
static bool
passes(struct list *l, const struct spool_entry *entry,
    const struct name_view *name)
{
	struct error error = ERROR_INIT;

	if (!filter_name(&l->filter, name))
		return false;
	if (!filter_needs_record(&l->filter))
		return true;
	if (record_view_read(&l->view, l->spool, entry, &error) == -1 &&
	    error.kind == ERROR_NOT_FOUND)
		return false;
	return filter_record(&l->filter, &l->view);
}

/* Print the record, which may be gone meanwhile. One that cannot be read is reported, and
 * its name is used. */
static int
print_entry(struct list *l, const struct spool_entry *entry,
    struct error *error)
{
	struct error why = ERROR_INIT;
	int code;

	if (record_view_read(&l->view, l->spool, entry, &why) == -1) {
		if (why.kind == ERROR_NOT_FOUND)
			return 0;
		code = cli_tell(l->cli, &why);
		if (l->code == EX_OK)
			l->code = code;
	}
	return l->json ? print_json(l, error)
		       : record_table_add(&l->table, &l->view, l->spool, error);
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

/* With a limit: keep the newest; without: print at once. */
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

/* Without --state, records in dead/ and bad/ are not listed; tell a person how many there
 * are. */
static int
print_hidden(struct list *l, struct error *error)
{
	size_t dead, bad;

	if (!l->table.people || cli_value(l->cli, "state") != NULL ||
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

/* Waiting and dead records in the queues. */
static int
print_elsewhere(struct list *l, struct error *error)
{
	struct queue_list queues = QUEUE_LIST_INIT;
	int rc = 0;

	if (!l->table.people || session_queue(l->cli) != NULL)
		return 0;
	if (queue_list_open(&queues, l->spool, l->cli->settings.directory,
		&l->cli->queues, SPOOL_READ, error) == -1)
		rc = -1;
	for (size_t i = 0; i < queues.n && rc == 0; i++)
		rc = queue_print_left(&queues.entry[i], error);
	queue_list_close(&queues);
	return rc;
}

static int
list_all(struct list *l, long limit, struct error *error)
{
	if (walk(l, limit, error) == -1)
		return -1;
	l->listed = l->count;
	while (l->count > 0)
		if (print_entry(l, &l->newest[--l->count], error) == -1)
			return -1;
	return 0;
}

static int
list_once(struct list *l, long limit, struct error *error)
{
	struct error none = ERROR_INIT;

	if (list_all(l, limit, error) == -1)
		return -1;
	if (!l->json)
		table_end(l->table.table);
	if (filter_explain(&l->filter, l->cli, &none))
		(void)cli_tell(l->cli, &none);
	if (print_hidden(l, error) == -1)
		return -1;
	return print_elsewhere(l, error);
}

/* ---- new ones ------------------------------------------------------- */

/* It may have come after the watch started and before the reading. */
static bool
is_listed(const struct list *l, const char *name)
{
	for (size_t i = 0; i < l->listed; i++)
		if (strcmp(l->newest[i].name, name) == 0)
			return true;
	return false;
}

/* A record has come, and may have been moved since: its state is looked up. */
static int
print_arrival(void *context, const char *name, enum spool_state state)
{
	struct list *l = context;
	struct spool_entry entry = {.state = state};
	struct name_view view;

	name_copy(entry.name, name);
	if (!name_parse(entry.name, &view) || is_listed(l, name))
		return 0;
	if (spool_find(l->spool, name, &entry.state, l->error) == -1)
		return -1;
	if (!passes(l, &entry, &view))
		return 0;
	return print_entry(l, &entry, l->error);
}

static int
follow(struct list *l, long limit, struct error *error)
{
	int rc;

	l->error = error;
	if (arrivals_open(&l->arrivals, l->spool, l->filter.states, error) ==
		-1 ||
	    (limit > 0 && list_all(l, limit, error) == -1))
		return -1;
	if (!l->json)
		record_table_fix(&l->table);
	do {
		if (arrivals_read(&l->arrivals, print_arrival, l, error) == -1)
			return -1;
		l->listed = 0; /* it came after those that were listed */
		if (fflush(stdout) == EOF)
			return 0; /* the frame reports it */
		rc = arrivals_wait(&l->arrivals, error);
	} while (rc == 1);
	return rc;
}

/* ---- the verb ------------------------------------------------------- */

/* In a list of a queue or of dead letters people want the attempts. */
static bool
shows_tries(const struct list *l)
{
	return session_queue(l->cli) != NULL ||
	    ((l->filter.states & SPOOL_IN(SPOOL_DEAD)) != 0 &&
		l->filter.states != SPOOL_ANYWHERE);
}

static int
start(struct list *l, long *limit, struct error *error)
{
	struct cli *cli = l->cli;
	struct table_style style;

	l->follow = cli_value(cli, "follow") != NULL;
	l->json = cli_value(cli, "json") != NULL;
	if (l->json && cli_value(cli, "table") != NULL)
		return error_set(error, ERROR_USAGE,
		    "--json and --table are two forms; give one of them");
	if (filter_parse(&l->filter, cli, error) == -1 ||
	    cli_number(cli, "limit", l->follow ? 0 : 1, 1000000000,
		l->follow ? FOLLOW_LIMIT : 0, limit, error) == -1 ||
	    table_style(cli, &style, error) == -1 ||
	    session_spool(cli, SPOOL_READ, &l->spool, error) == -1 ||
	    filter_resolve(&l->filter, l->spool, error) == -1)
		return -1;
	return l->json
	    ? 0
	    : record_table_open(&l->table, &style, shows_tries(l), error);
}

static int
list_run(struct cli *cli, struct error *error)
{
	struct list l = {
	    .cli = cli,
	    .terminal = isatty(STDOUT_FILENO) == 1,
	    .view = RECORD_VIEW_INIT,
	    .arrivals = ARRIVALS_INIT,
	};
	long limit = 0;
	int rc = start(&l, &limit, error);

	if (rc == 0)
		rc = l.follow ? follow(&l, limit, error)
			      : list_once(&l, limit, error);
	if (rc == 0)
		rc = l.code;
	arrivals_close(&l.arrivals);
	record_table_close(&l.table);
	free(l.newest);
	buf_free(&l.line);
	record_view_free(&l.view);
	filter_free(&l.filter);
	spool_close(l.spool);
	return rc;
}

const struct command command_list = {
    .name = "list",
    .arguments = "",
    .summary = "list records, oldest first",
    .details =
	"Without --state, records that wait (new) or are claimed (cur). ID\n"
	"is an alert's id, or a beginning that no other alert has. TIME is\n"
	"like 2026-11-23T07:45:42Z or 2026-11-23T07:45Z; a date (its\n"
	"beginning); 07:45, the last one past; yesterday; or an age like 2h\n"
	"or 2d12h. All are in UTC, and compared with the alert's own time,\n"
	"the one in the record's name.\n"
	"\n"
	"On a terminal, or with --table, prints a table with short ids.\n"
	"Otherwise, lines of columns separated by TAB: id, time, state,\n"
	"event, severity, project, where and summary, \"-\" for unknown.\n"
	"Other commands take the first word: \"alertspool list | alertspool\n"
	"show -\". With --json, each record as it is stored, with a member\n"
	"\"spool\".\n"
	"\n"
	"With --follow, the newest 10 (or -n N), then each record that\n"
	"comes into one of the states, until you interrupt it.\n"
	"\n"
	"A table without --state ends with the numbers of dead and bad\n"
	"records. If no record is of the project or cluster, standard error\n"
	"lists the existing ones.\n"
	"\n"
	"A record that cannot be read is reported and listed with what its\n"
	"name tells, whatever the filters are, and the exit code is 74 or\n"
	"65.\n"
	"\n"
	"Examples:\n"
	"  alertspool list -S CRITICAL,ERROR -s all --since 02:00 --until "
	"04:00\n"
	"  alertspool list --cluster shop --since yesterday -s all\n"
	"  alertspool list --follow --json | jq -c .alert.summary\n"
	"  watch -c alertspool list --table --color=always -n 20\n",
    .options = list_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = list_run,
};
