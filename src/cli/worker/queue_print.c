/* SPDX-License-Identifier: ISC */
/* queue_print: tables, JSON and gauges of queues. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/stats.h"
#include "cli/worker/queue_print.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

#define NUMBER_SIZE 32

static const struct table_column columns[] = {
    {"QUEUE", 5, 0},
    {"WAITING", 7, 1},
    {"RUNNING", 7, 3},
    {"DEAD", 4, 1},
    {"OLDEST", 6, 2},
    {"RESTING SINCE", 13, 2},
    {"WHY", 3, 4},
};

int64_t
queue_oldest_wait(const struct queue_state *q)
{
	int64_t age = time(NULL) - q->depth[SPOOL_NEW].oldest.tv_sec;

	return q->depth[SPOOL_NEW].has_oldest && age > 0 ? age : 0;
}

/* A moment: on a terminal as an age. */
static void
spell_moment(char *out, size_t size, bool set, struct timespec t, bool person)
{
	char text[TIMESTAMP_SIZE], age[FORMAT_SIZE];
	int64_t ago = time(NULL) - t.tv_sec;

	out[0] = '\0';
	if (!set)
		return;
	timestamp_format(text, t, 0);
	format_age(age, ago > 0 ? ago : 0);
	snprintf(out, size, "%s", person ? age : text);
}

static int
print_queue(struct table *table, const struct queue_state *q, bool person,
    struct error *error)
{
	const struct depth *d = q->depth;
	char name[NUMBER_SIZE + 16], waiting[NUMBER_SIZE], running[NUMBER_SIZE];
	char dead[NUMBER_SIZE], oldest[TIMESTAMP_SIZE], since[TIMESTAMP_SIZE];

	snprintf(name, sizeof(name), "%s%s", person ? "" : "queue ", q->name);
	snprintf(waiting, sizeof(waiting), "%" PRIu64, d[SPOOL_NEW].records);
	snprintf(running, sizeof(running), "%" PRIu64, d[SPOOL_CUR].records);
	snprintf(dead, sizeof(dead), "%" PRIu64, d[SPOOL_DEAD].records);
	spell_moment(oldest, sizeof(oldest), d[SPOOL_NEW].has_oldest,
	    d[SPOOL_NEW].oldest, person);
	spell_moment(since, sizeof(since), q->rests, q->rest.since, person);
	return table_add(table,
	    (struct table_cell[]){
		{name, TABLE_PLAIN},
		{waiting, TABLE_PLAIN},
		{running, TABLE_PLAIN},
		{dead,
		    d[SPOOL_DEAD].records > 0 ? format_state(SPOOL_DEAD)
					      : TABLE_PLAIN},
		{oldest, TABLE_PLAIN},
		{since, q->rests ? TABLE_YELLOW : TABLE_PLAIN},
		{q->rests ? q->rest.why : "", TABLE_PLAIN},
	    },
	    error);
}

int
queue_print_table(const struct queue_state *queues, size_t n, int width,
    struct error *error)
{
	struct table *table;
	int rc = 0;

	if (n == 0)
		return 0;
	if (table_open(&table, stdout, columns,
		sizeof(columns) / sizeof(columns[0]), width, table_colours(),
		error) == -1)
		return -1;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = print_queue(table, &queues[i], width > 0, error);
	if (rc == 0)
		table_end(table);
	table_close(table);
	return rc;
}

void
queue_print_json(struct buf *out, const struct queue_state *queues, size_t n)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < n; i++) {
		const struct queue_state *q = &queues[i];
		const struct depth *d = q->depth;

		json_write_key(out, q->name);
		buf_addc(out, '{');
		stats_json_number(out, "waiting", d[SPOOL_NEW].records);
		stats_json_number(out, "running", d[SPOOL_CUR].records);
		stats_json_number(out, "dead", d[SPOOL_DEAD].records);
		stats_json_number(out, "done", d[SPOOL_DONE].records);
		stats_json_moment(out, "oldest_received_at",
		    d[SPOOL_NEW].has_oldest, d[SPOOL_NEW].oldest);
		stats_json_moment(out, "resting_since", q->rests,
		    q->rest.since);
		stats_json_moment(out, "next_try", q->rests, q->rest.next);
		json_write_key(out, "why");
		json_write_text(out, q->rests ? q->rest.why : NULL);
		stats_json_number(out, "routed",
		    q->counters.value[METRIC_ROUTED]);
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

void
queue_print_rests(struct buf *out, const struct queue_state *queues, size_t n)
{
	time_t now = time(NULL);

	if (n == 0)
		return;
	buf_adds(out,
	    "# HELP alertspool_queue_resting_seconds For how long a queue has "
	    "rested; 0: it does not.\n"
	    "# TYPE alertspool_queue_resting_seconds gauge\n");
	for (size_t i = 0; i < n; i++) {
		int64_t since = now - queues[i].rest.since.tv_sec;

		if (!queues[i].rests)
			since = 0;
		else if (since < 1)
			since = 1;
		buf_addf(out,
		    "alertspool_queue_resting_seconds{queue=\"%s\"} %" PRId64
		    "\n",
		    queues[i].name, since);
	}
}

static int
count_name(void *counts, const char *name, enum spool_state state)
{
	if (name_parse(name, NULL))
		((size_t *)counts)[state]++;
	return 0;
}

int
queue_print_left(const struct queue_entry *queue, struct error *error)
{
	size_t n[SPOOL_STATES] = {0};
	size_t waiting;

	if (queue->spool == NULL)
		return 0;
	if (spool_walk(queue->spool,
		SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR) |
		    SPOOL_IN(SPOOL_DEAD),
		count_name, n, error) == -1)
		return -1;
	waiting = n[SPOOL_NEW] + n[SPOOL_CUR];
	if (waiting > 0 && n[SPOOL_DEAD] > 0)
		printf("(queue %s: %zu waiting, %zu dead: -q %s -s all)\n",
		    queue->name, waiting, n[SPOOL_DEAD], queue->name);
	else if (waiting > 0)
		printf("(queue %s: %zu waiting: -q %s)\n", queue->name, waiting,
		    queue->name);
	else if (n[SPOOL_DEAD] > 0)
		printf("(queue %s: %zu dead: -q %s -s dead)\n", queue->name,
		    n[SPOOL_DEAD], queue->name);
	return 0;
}
