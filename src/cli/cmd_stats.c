/* SPDX-License-Identifier: ISC */
/*
 * alertspool stats: how full the spool is, how old, and what happened to it,
 * for a person, a program or Prometheus. What is gathered is one value; each
 * form prints that.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/depth.h"
#include "cli/style.h"
#include "cli/table.h"
#include "lib/encode.h"
#include "lib/jsonw.h"
#include "lib/metrics.h"
#include "lib/timestamp.h"

#define HOUR 3600.0
#define MICROSECOND 1e-6
#define NUMBER_SIZE 32

static const struct cli_option stats_options[] = {
    {"json", 'j', NULL, "one JSON object"},
    {"prometheus", 0, NULL, "Prometheus text format 0.0.4"},
    {NULL, 0, NULL, NULL},
};

struct stats {
	const char *directory;
	time_t now;
	struct depth depth[SPOOL_STATES];
	struct metrics counters;
	double seconds; /* since the counters were begun; 0: none */
};

/* ---- gathering ------------------------------------------------------ */

static int
gather(struct stats *s, const struct spool *spool, struct error *error)
{
	int fd = metrics_open_read(spool_root(spool));

	metrics_read(fd, &s->counters);
	if (fd != -1)
		close(fd);
	for (int i = 0; i < SPOOL_STATES; i++)
		if (depth_read(spool, (enum spool_state)i, &s->depth[i],
			error) == -1)
			return -1;
	s->now = time(NULL);
	/* Of a clock that was set back nothing can be divided by. */
	if (s->counters.since != 0 && (time_t)s->counters.since < s->now)
		s->seconds = (double)(s->now - (time_t)s->counters.since);
	return 0;
}

static int64_t
age(const struct stats *s, const struct depth *d)
{
	int64_t seconds = s->now - d->oldest.tv_sec;

	return d->has_oldest && seconds > 0 ? seconds : 0;
}

/* The counter in the unit that its name says. */
static double
value(const struct stats *s, int metric)
{
	double v = (double)s->counters.value[metric];

	return metric == METRIC_COMMIT_MICROSECONDS ? v * MICROSECOND : v;
}

/* "alertspool_requests_total" is "requests". */
static void
short_family(char out[static NUMBER_SIZE], const char *family)
{
	static const char prefix[] = "alertspool_", suffix[] = "_total";
	size_t n;

	if (strncmp(family, prefix, strlen(prefix)) == 0)
		family += strlen(prefix);
	n = strlen(family);
	if (n > strlen(suffix) &&
	    strcmp(family + n - strlen(suffix), suffix) == 0)
		n -= strlen(suffix);
	snprintf(out, NUMBER_SIZE, "%.*s", (int)n, family);
}

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
	char records[NUMBER_SIZE], bytes[STYLE_SIZE], oldest[STYLE_SIZE] = "";

	snprintf(records, sizeof(records), "%" PRIu64, d->records);
	if (terminal)
		style_bytes(bytes, d->bytes);
	else
		snprintf(bytes, sizeof(bytes), "%" PRIu64, d->bytes);
	if (terminal && d->has_oldest)
		style_age(oldest, age(s, d));
	else if (d->has_oldest)
		timestamp_format(oldest, d->oldest, TIMESTAMP_SHORTEST);
	return table_add(table,
	    (struct table_cell[]){
		{spool_state_word(state),
		    d->records > 0 ? style_state(state) : TABLE_PLAIN},
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

	short_family(family, row->family);
	snprintf(name, sizeof(name), "%s%s%.30s", family,
	    row->value != NULL ? " " : "",
	    row->value != NULL ? row->value : "");
	snprintf(total, sizeof(total), "%.*f",
	    metric == METRIC_COMMIT_MICROSECONDS ? 3 : 0, value(s, metric));
	if (s->seconds > 0)
		snprintf(rate, sizeof(rate), "%.1f",
		    value(s, metric) * HOUR / s->seconds);
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
	char when[TIMESTAMP_SIZE], ago[STYLE_SIZE];
	uint64_t commits = s->counters.value[METRIC_COMMITS];

	if (s->counters.since == 0) {
		printf("\nNothing was counted yet.\n");
		return;
	}
	timestamp_format(when,
	    (struct timespec){.tv_sec = (time_t)s->counters.since}, 0);
	style_age(ago, s->now - (time_t)s->counters.since);
	printf("\nCounted since %s (%s)", when, ago);
	if (commits > 0)
		printf("; a commit took %.2f ms on average",
		    value(s, METRIC_COMMIT_MICROSECONDS) * 1000 /
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

/* ---- JSON ----------------------------------------------------------- */

static void
add_number(struct buf *out, const char *key, uint64_t number)
{
	jsonw_key(out, key);
	buf_addf(out, "%" PRIu64, number);
}

static void
add_time(struct buf *out, const char *key, bool set, struct timespec t)
{
	char text[TIMESTAMP_SIZE];

	if (set)
		timestamp_format(text, t, TIMESTAMP_SHORTEST);
	jsonw_key(out, key);
	jsonw_text(out, set ? text : NULL);
}

static void
add_states(struct buf *out, const struct stats *s)
{
	jsonw_key(out, "states");
	buf_addc(out, '{');
	for (int i = 0; i < SPOOL_STATES; i++) {
		const struct depth *d = &s->depth[i];

		jsonw_key(out, spool_state_word((enum spool_state)i));
		buf_addc(out, '{');
		add_number(out, "records", d->records);
		add_number(out, "bytes", d->bytes);
		add_time(out, "oldest_received_at", d->has_oldest, d->oldest);
		jsonw_key(out, "oldest_age_seconds");
		if (d->has_oldest)
			buf_addf(out, "%" PRId64, age(s, d));
		else
			buf_adds(out, "null");
		jsonw_key(out, "oldest_is_exact");
		buf_adds(out, d->exact ? "true" : "false");
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

/* All counters times a factor, {"requests":{"stored":…},…,"body_bytes":…};
 * whole numbers for a factor of 1. */
static void
add_counters(struct buf *out, const char *key, const struct stats *s,
    double factor)
{
	const char *family = "";

	jsonw_key(out, key);
	buf_addc(out, '{');
	for (int i = 0; i < METRICS; i++) {
		const struct metrics_row *row =
		    metrics_describe((enum metric)i);
		bool labelled = row->label != NULL, last;
		char name[NUMBER_SIZE];

		last = i + 1 == METRICS ||
		    strcmp(metrics_describe((enum metric)(i + 1))->family,
			row->family) != 0;
		short_family(name, row->family);
		if (strcmp(family, row->family) != 0) {
			jsonw_key(out, name);
			buf_adds(out, labelled ? "{" : "");
		}
		family = row->family;
		if (labelled)
			jsonw_key(out, row->value);
		if (factor == 1 && i != METRIC_COMMIT_MICROSECONDS)
			buf_addf(out, "%" PRIu64, s->counters.value[i]);
		else
			jsonw_real(out, value(s, i) * factor);
		buf_adds(out, labelled && last ? "}" : "");
	}
	buf_addc(out, '}');
}

static void
add_json(struct buf *out, const struct stats *s)
{
	bool since = s->counters.since != 0;
	struct buf directory = BUF_INIT;

	/* A path may hold any bytes; escaped it is UTF-8. */
	escape_terminal(&directory, s->directory, strlen(s->directory));
	buf_addc(out, '{');
	jsonw_key(out, "spool");
	jsonw_text(out, directory.data);
	out->failed = out->failed || directory.failed;
	buf_free(&directory);
	add_time(out, "time", true, (struct timespec){.tv_sec = s->now});
	add_states(out, s);
	add_time(out, "counters_since", since,
	    (struct timespec){.tv_sec = (time_t)s->counters.since});
	add_counters(out, "counters", s, 1);
	if (s->seconds > 0) {
		add_counters(out, "per_hour", s, HOUR / s->seconds);
		add_counters(out, "per_second", s, 1 / s->seconds);
	} else {
		buf_adds(out, ",\"per_hour\":null,\"per_second\":null");
	}
	buf_adds(out, "}\n");
}

/* ---- Prometheus ----------------------------------------------------- */

static uint64_t
gauge_records(const struct stats *s, int state)
{
	return s->depth[state].records;
}

static uint64_t
gauge_bytes(const struct stats *s, int state)
{
	return s->depth[state].bytes;
}

static uint64_t
gauge_age(const struct stats *s, int state)
{
	return (uint64_t)age(s, &s->depth[state]);
}

static const struct {
	const char *name, *help;
	uint64_t (*value)(const struct stats *, int state);
} gauges[] = {
    {"alertspool_records", "Records in the spool, by state.", gauge_records},
    {"alertspool_oldest_record_age_seconds",
	"Age of the record that was received first, by state; 0: none.",
	gauge_age},
    {"alertspool_spool_bytes", "Bytes of the records' files, by state.",
	gauge_bytes},
};

static void
add_gauges(struct buf *out, const struct stats *s)
{
	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n", gauges[g].name,
		    gauges[g].help, gauges[g].name);
		for (int i = 0; i < SPOOL_STATES; i++)
			buf_addf(out, "%s{state=\"%s\"} %" PRIu64 "\n",
			    gauges[g].name,
			    spool_state_word((enum spool_state)i),
			    gauges[g].value(s, i));
	}
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
		add_json(&text, s);
	} else {
		metrics_prometheus(&text, &s->counters);
		add_gauges(&text, s);
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
	if (cli_spool(cli, SPOOL_READ, &spool, error) == -1)
		return -1;
	s.directory = cli->settings.directory;
	rc = gather(&s, spool, error);
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
	"than these came in late may an older one be missed. --json tells "
	"with\n"
	"\"oldest_is_exact\".\n"
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
