/* SPDX-License-Identifier: ISC */
/* alertspool stats: for a person, for a program, for Prometheus. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/stats.h"
#include "lib/base/timestamp.h"

#define HOUR 3600.0
#define NUMBER_SIZE 32

static const struct cli_option stats_options[] = {
    {"json", 'j', NULL, "one JSON object"},
    {"prometheus", 0, NULL, "Prometheus text format 0.0.4"},
    {NULL, 0, NULL, NULL},
};

/* ---- for a person, and lines for a program -------------------------- */

static const struct table_column depth_columns[] = {
    {"STATE", 5, 0},
    {"RECORDS", 7, 1},
    {"BYTES", 5, 3},
    {"OLDEST", 6, 2},
};

static const struct table_column counter_columns[] = {
    {"COUNTER", 12, 0},
    {"TOTAL", 5, 1},
    {"PER HOUR", 8, 2},
};

static int
print_state(const struct stats *s, struct table *table, bool terminal,
    enum spool_state state, struct error *error)
{
	const struct depth *d = &s->depth[state];
	char records[NUMBER_SIZE], bytes[FORMAT_SIZE], oldest[FORMAT_SIZE] = "";

	snprintf(records, sizeof(records), "%" PRIu64, d->records);
	if (terminal)
		format_bytes(bytes, d->bytes);
	else
		snprintf(bytes, sizeof(bytes), "%" PRIu64, d->bytes);
	if (terminal && d->has_oldest)
		format_age(oldest, stats_age(s, d));
	else if (d->has_oldest)
		timestamp_format(oldest, d->oldest, TIMESTAMP_SHORTEST);
	return table_add(table,
	    (struct table_cell[]){
		{spool_state_word(state),
		    d->records > 0 ? format_state(state) : TABLE_PLAIN},
		{records, TABLE_PLAIN},
		{bytes, TABLE_PLAIN},
		{oldest, TABLE_PLAIN},
	    },
	    error);
}

static int
print_counter(const struct stats *s, struct table *table, int metric,
    struct error *error)
{
	const struct metrics_row *row = metrics_describe((enum metric)metric);
	char family[NUMBER_SIZE], name[2 * NUMBER_SIZE], total[NUMBER_SIZE];
	char rate[NUMBER_SIZE] = "";

	stats_family(family, row->family);
	snprintf(name, sizeof(name), "%s%s%.30s", family,
	    row->value != NULL ? " " : "",
	    row->value != NULL ? row->value : "");
	snprintf(total, sizeof(total), "%.*f",
	    metric == METRIC_COMMIT_MICROSECONDS ? 3 : 0,
	    stats_value(s, metric));
	if (s->seconds > 0)
		snprintf(rate, sizeof(rate), "%.1f",
		    stats_value(s, metric) * HOUR / s->seconds);
	return table_add(table,
	    (struct table_cell[]){
		{name, TABLE_PLAIN},
		{total, TABLE_PLAIN},
		{rate, TABLE_PLAIN},
	    },
	    error);
}

static void
print_since(const struct stats *s)
{
	char when[TIMESTAMP_SIZE], ago[FORMAT_SIZE];
	uint64_t commits = s->counters.value[METRIC_COMMITS];

	if (s->counters.since == 0) {
		printf("\nNothing was counted yet.\n");
		return;
	}
	timestamp_format(when,
	    (struct timespec){.tv_sec = (time_t)s->counters.since}, 0);
	format_age(ago, s->now - (time_t)s->counters.since);
	printf("\nCounted since %s (%s)", when, ago);
	if (commits > 0)
		printf("; a commit took %.2f ms on average",
		    stats_value(s, METRIC_COMMIT_MICROSECONDS) * 1000 /
			(double)commits);
	printf(".\n\n");
}

static int
print_depth(const struct stats *s, int width, struct error *error)
{
	struct table *table;
	int rc = 0;

	if (table_open(&table, stdout, depth_columns,
		sizeof(depth_columns) / sizeof(depth_columns[0]), width,
		table_colours(), error) == -1)
		return -1;
	for (int i = 0; i < SPOOL_STATES && rc == 0; i++)
		rc = print_state(s, table, width > 0, (enum spool_state)i,
		    error);
	if (rc == 0)
		table_end(table);
	table_close(table);
	return rc;
}

/* On a terminal only what ever happened. */
static int
print_counters(const struct stats *s, int width, struct error *error)
{
	struct table *table;
	int rc = 0;

	if (width > 0 && s->counters.since == 0)
		return 0;
	if (table_open(&table, stdout, counter_columns,
		sizeof(counter_columns) / sizeof(counter_columns[0]), width,
		table_colours(), error) == -1)
		return -1;
	for (int i = 0; i < METRICS && rc == 0; i++)
		if (width == 0 || s->counters.value[i] > 0)
			rc = print_counter(s, table, i, error);
	if (rc == 0)
		table_end(table);
	table_close(table);
	return rc;
}

static int
print_tables(const struct stats *s, struct error *error)
{
	int width = table_width();

	if (print_depth(s, width, error) == -1)
		return -1;
	if (width > 0)
		print_since(s);
	return print_counters(s, width, error);
}

/* ---- the verb ------------------------------------------------------- */

static int
print(const struct stats *s, bool json, bool prometheus, struct error *error)
{
	struct buf text = BUF_INIT;
	int rc;

	if (!json && !prometheus)
		return print_tables(s, error);
	if (json) {
		stats_json(&text, s);
	} else {
		metrics_prometheus(&text, &s->counters);
		stats_gauges(&text, s);
	}
	rc = buf_check(&text, error);
	if (rc == 0)
		fwrite(text.data, 1, text.len, stdout);
	buf_free(&text);
	return rc;
}

static int
stats_run(struct cli *cli, struct error *error)
{
	bool json = cli_value(cli, "json") != NULL;
	bool prometheus = cli_value(cli, "prometheus") != NULL;
	struct stats s = {.seconds = 0};
	struct spool *spool;
	int rc;

	if (json && prometheus)
		return error_set(error, ERROR_USAGE,
		    "--json and --prometheus exclude each other");
	if (session_spool(cli, SPOOL_READ, &spool, error) == -1)
		return -1;
	s.directory = cli->settings.directory;
	rc = stats_gather(&s, spool, error);
	if (rc == 0)
		rc = print(&s, json, prometheus, error);
	spool_close(spool);
	return rc;
}

const struct command command_stats = {
    .name = "stats",
    .arguments = "",
    .summary = "count records, bytes, requests and moves",
    .details =
	"Of each state: how many records, the bytes of their files, and when\n"
	"the one that was received first came in. Then the counters that the\n"
	"responder and all commands share (the file \"metrics\" in the "
	"spool),\n"
	"since that file was begun, and per hour on average since then.\n"
	"\n"
	"On a terminal, ages and rounded sizes, and only counters that ever\n"
	"counted. Elsewhere, lines of columns separated by TAB: state, "
	"records,\n"
	"bytes and the oldest received_at, \"-\" for none; then counter, "
	"total\n"
	"and rate per hour.\n"
	"\n"
	"The oldest is found by reading records in the order of their names\n"
	"until no other can be older, at most 256 of a state: only if more\n"
	"than these came in late, or the disk would not give one, may an "
	"older\n"
	"one be missed. --json tells with \"oldest_is_exact\".\n"
	"\n"
	"With --prometheus, what the responder shows at -/metrics, and the\n"
	"gauges alertspool_records, alertspool_oldest_record_age_seconds and\n"
	"alertspool_spool_bytes, by state: for the textfile collector of\n"
	"node_exporter, write it to a file beside and rename that.\n",
    .options = stats_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = stats_run,
};
