/* SPDX-License-Identifier: ISC */
/* stats: alertspool stats prints numbers for a person, a program, or Prometheus. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/alerts/open_alerts.h"
#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/stats.h"
#include "cli/worker/queue_print.h"
#include "lib/base/timestamp.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"
#include "lib/spool/heard.h"

#define HOUR 3600.0

/* The queues of the spool; none for a queue itself. */
struct queues_here {
	struct queue_list list;
	struct queue_state *states; /* owned, as many */
};
#define NUMBER_SIZE 32

static const struct cli_option stats_options[] = {
    {"json", 'j', NULL, "one JSON object"},
    {"prometheus", 0, NULL, "Prometheus text format 0.0.4"},
    {"label", 0, "NAME=VALUE", "a label for each metric; may be repeated"},
    SESSION_QUEUE_OPTION,
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

/* On a terminal only counters above zero. */
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
print_tables(const struct stats *s, const struct queues_here *here,
    struct error *error)
{
	int width = table_width();

	if (print_depth(s, width, error) == -1)
		return -1;
	if (width > 0 && here->list.n > 0)
		putchar('\n');
	if (queue_print_table(here->states, here->list.n, width, error) == -1)
		return -1;
	if (width > 0)
		print_since(s);
	return print_counters(s, width, error);
}

/* ---- Prometheus ----------------------------------------------------- */

#define LABEL_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

/* Labels that metrics have already. */
static const char *const own_labels[] = {"move", "outcome", "queue", "result",
    "severity", "source", "state", "verdict"};

static bool
is_label_name(const char *name, size_t n)
{
	if (n == 0 || strspn(name, LABEL_LETTERS "0123456789") < n ||
	    strchr("0123456789", name[0]) != NULL ||
	    strncmp(name, "__", 2) == 0)
		return false;
	for (size_t i = 0; i < sizeof(own_labels) / sizeof(own_labels[0]); i++)
		if (strlen(own_labels[i]) == n &&
		    memcmp(own_labels[i], name, n) == 0)
			return false;
	return true;
}

/* Is the name given again, from position i on? */
static bool
is_given_again(const struct cli *cli, const char *label, size_t i)
{
	const size_t n = strcspn(label, "=") + 1;
	const char *other;

	while ((other = cli_next(cli, "label", &i)) != NULL)
		if (strncmp(other, label, n) == 0)
			return true;
	return false;
}

static void
add_label_value(struct buf *labels, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			buf_adds(labels, "\\n");
			continue;
		}
		if (*value == '"' || *value == '\\')
			buf_addc(labels, '\\');
		buf_addc(labels, *value);
	}
}

/* The labels of the command line, in Prometheus's form; "" for none. */
static int
read_labels(const struct cli *cli, struct buf *labels, struct error *error)
{
	const char *text;
	size_t i = 0, bad;

	while ((text = cli_next(cli, "label", &i)) != NULL) {
		const size_t n = strcspn(text, "=");

		if (text[n] == '\0' || !is_label_name(text, n) ||
		    !utf8_valid(text, strlen(text), &bad))
			return error_set(error, ERROR_USAGE,
			    "option --label: \"%.60s\" is not NAME=VALUE with "
			    "a "
			    "name of letters, digits and _ that no metric has "
			    "as a label",
			    text);
		if (is_given_again(cli, text, i))
			return error_set(error, ERROR_USAGE,
			    "option --label: %.*s is given twice", (int)n,
			    text);
		buf_addf(labels, "%s%.*s=\"", labels->len > 0 ? "," : "",
		    (int)n, text);
		add_label_value(labels, text + n + 1);
		buf_addc(labels, '"');
	}
	return buf_check(labels, error);
}

/* Counters and gauges of the spool and its queues. */
static int
add_samples(struct buf *text, const struct stats *s,
    const struct queues_here *here, struct error *error)
{
	const size_t n = 1 + here->list.n;
	struct metrics_set *sets = calloc(n, sizeof(*sets));
	struct stats_depth *depths = calloc(n, sizeof(*depths));
	int rc = -1;

	if (sets == NULL || depths == NULL) {
		error_sys(error, ERROR_IO, "%zu queues", n);
		goto out;
	}
	sets[0] = (struct metrics_set){NULL, &s->counters};
	depths[0] = (struct stats_depth){NULL, s->depth};
	for (size_t i = 1; i < n; i++) {
		const struct queue_state *q = &here->states[i - 1];

		sets[i] = (struct metrics_set){q->name, &q->counters};
		depths[i] = (struct stats_depth){q->name, q->depth};
	}
	metrics_prometheus(text, sets, n);
	stats_gauges(text, s, depths, n);
	queue_print_rests(text, here->states, n - 1);
	rc = 0;
out:
	free(sets);
	free(depths);
	return rc;
}

static int
add_prometheus(struct cli *cli, const struct stats *s,
    const struct queues_here *here, const struct spool *spool, struct buf *out,
    struct error *error)
{
	struct buf text = BUF_INIT, labels = BUF_INIT;
	int rc = read_labels(cli, &labels, error);

	if (rc == 0)
		rc = add_samples(&text, s, here, error);
	for (size_t i = 0; i < cli->settings.nsources; i++)
		heard_prometheus(&text, spool_root(spool),
		    cli->settings.sources[i].name, i == 0);
	if (rc == 0)
		rc = open_alerts_prometheus(&text, spool, s->now, error);
	if (rc == 0)
		rc = buf_check(&text, error);
	if (rc == 0 && labels.len > 0)
		stats_add_labels(out, text.data, labels.data);
	else if (rc == 0)
		buf_add(out, text.data, text.len);
	buf_free(&labels);
	buf_free(&text);
	return rc;
}

/* ---- the verb ------------------------------------------------------- */

static void
add_json(struct buf *out, const struct stats *s, const struct queues_here *here)
{
	stats_json(out, s);
	json_write_key(out, "queues");
	queue_print_json(out, here->states, here->list.n);
	buf_adds(out, "}\n");
}

static int
read_queues(struct cli *cli, const struct spool *spool,
    struct queues_here *here, struct error *error)
{
	if (queue_list_open(&here->list, spool, cli->settings.directory,
		&cli->queues, SPOOL_READ, error) == -1)
		return -1;
	return queue_states_read(&here->states, &here->list, error);
}

static int
print(struct cli *cli, const struct stats *s, const struct queues_here *here,
    const struct spool *spool, struct error *error)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (cli_value(cli, "json") != NULL)
		add_json(&text, s, here);
	else if (cli_value(cli, "prometheus") != NULL)
		rc = add_prometheus(cli, s, here, spool, &text, error);
	else
		return print_tables(s, here, error);
	if (rc == 0)
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
	struct queues_here here = {.states = NULL};
	struct stats s = {.seconds = 0};
	struct spool *spool;
	int rc;

	if (json && prometheus)
		return error_set(error, ERROR_USAGE,
		    "--json and --prometheus exclude each other");
	if (!prometheus && cli_value(cli, "label") != NULL)
		return error_set(error, ERROR_USAGE,
		    "--label is for --prometheus");
	if (session_spool(cli, SPOOL_READ, &spool, error) == -1)
		return -1;
	s.directory = cli->settings.directory;
	rc = stats_gather(&s, spool, error);
	if (rc == 0 && session_queue(cli) == NULL)
		rc = read_queues(cli, spool, &here, error);
	if (rc == 0)
		rc = print(cli, &s, &here, spool, error);
	free(here.states);
	queue_list_close(&here.list);
	spool_close(spool);
	return rc;
}

const struct command command_stats = {
    .name = "stats",
    .arguments = "",
    .summary = "count records, bytes, requests and moves",
    .details =
	"For each state: the number of records, the bytes of their files,\n"
	"and when the oldest of them was received. Then the counters that\n"
	"the responder and all commands share (the file \"metrics\" in the\n"
	"spool), as a total since that file was created, and as an average\n"
	"per hour.\n"
	"\n"
	"On a terminal, ages and rounded sizes, and only counters above\n"
	"zero. Otherwise, lines of columns separated by TAB: state,\n"
	"records, bytes and the oldest received_at, \"-\" for none; then\n"
	"counter, total and rate per hour.\n"
	"\n"
	"To find the oldest record, records are read in the order of their\n"
	"names until no other can be older, at most 256 of a state. An\n"
	"older one is missed only if more than 256 came in late or a record\n"
	"could not be read; \"oldest_is_exact\" of --json is false then.\n"
	"\n"
	"With --prometheus, what the responder serves at -/metrics, and the\n"
	"gauges alertspool_records, alertspool_oldest_record_age_seconds\n"
	"and alertspool_spool_bytes, by state, alertspool_open_alerts, by\n"
	"severity, and alertspool_acknowledged_alerts: for the textfile\n"
	"collector of node_exporter, write it to a temporary file and\n"
	"rename that. --label distinguishes the metrics of several spools.\n"
	"\n"
	"Example:\n"
	"  alertspool stats --prometheus --label spool=eu >alerts.prom.new &&\n"
	"      mv alerts.prom.new alerts.prom\n",
    .options = stats_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = stats_run,
};
