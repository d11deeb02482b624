/* SPDX-License-Identifier: ISC */
/* stats: makes one pass over each directory and reads the counters once. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/records/stats.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

#define HOUR 3600.0
#define MICROSECONDS 1e6 /* in a second */

int
stats_gather(struct stats *s, const struct spool *spool, struct error *error)
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
	/* If the clock was set back, there is no time to divide by. */
	if (s->counters.since != 0 && (time_t)s->counters.since < s->now)
		s->seconds = (double)(s->now - (time_t)s->counters.since);
	return 0;
}

int64_t
stats_age(const struct stats *s, const struct depth *d)
{
	int64_t seconds = s->now - d->oldest.tv_sec;

	return d->has_oldest && seconds > 0 ? seconds : 0;
}

double
stats_value(const struct stats *s, int metric)
{
	double v = (double)s->counters.value[metric];

	return metric == METRIC_COMMIT_MICROSECONDS ? v / MICROSECONDS : v;
}

void
stats_family(char out[static STATS_NAME_SIZE], const char *family)
{
	static const char prefix[] = "alertspool_", suffix[] = "_total";
	size_t n;

	if (strncmp(family, prefix, strlen(prefix)) == 0)
		family += strlen(prefix);
	n = strlen(family);
	if (n > strlen(suffix) &&
	    strcmp(family + n - strlen(suffix), suffix) == 0)
		n -= strlen(suffix);
	snprintf(out, STATS_NAME_SIZE, "%.*s", (int)n, family);
}

/* ---- JSON ----------------------------------------------------------- */

void
stats_json_number(struct buf *out, const char *key, uint64_t number)
{
	json_write_key(out, key);
	buf_addf(out, "%" PRIu64, number);
}

void
stats_json_moment(struct buf *out, const char *key, bool set, struct timespec t)
{
	char text[TIMESTAMP_SIZE];

	if (set)
		timestamp_format(text, t, TIMESTAMP_SHORTEST);
	json_write_key(out, key);
	json_write_text(out, set ? text : NULL);
}

static void
add_states(struct buf *out, const struct stats *s)
{
	json_write_key(out, "states");
	buf_addc(out, '{');
	for (int i = 0; i < SPOOL_STATES; i++) {
		const struct depth *d = &s->depth[i];

		json_write_key(out, spool_state_word((enum spool_state)i));
		buf_addc(out, '{');
		stats_json_number(out, "records", d->records);
		stats_json_number(out, "bytes", d->bytes);
		stats_json_moment(out, "oldest_received_at", d->has_oldest,
		    d->oldest);
		json_write_key(out, "oldest_age_seconds");
		if (d->has_oldest)
			buf_addf(out, "%" PRId64, stats_age(s, d));
		else
			buf_adds(out, "null");
		json_write_key(out, "oldest_is_exact");
		buf_adds(out, d->exact ? "true" : "false");
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

/* All counters times a factor, {"requests":{"stored":…},…,"body_bytes":…}; whole numbers
 * for a factor of 1. */
static void
add_counters(struct buf *out, const char *key, const struct stats *s,
    double factor)
{
	const char *family = "";

	json_write_key(out, key);
	buf_addc(out, '{');
	for (int i = 0; i < METRICS; i++) {
		const struct metrics_row *row =
		    metrics_describe((enum metric)i);
		bool labelled = row->label != NULL, last;
		char name[STATS_NAME_SIZE];

		last = i + 1 == METRICS ||
		    strcmp(metrics_describe((enum metric)(i + 1))->family,
			row->family) != 0;
		stats_family(name, row->family);
		if (strcmp(family, row->family) != 0) {
			json_write_key(out, name);
			buf_adds(out, labelled ? "{" : "");
		}
		family = row->family;
		if (labelled)
			json_write_key(out, row->value);
		if (factor == 1 && i != METRIC_COMMIT_MICROSECONDS)
			buf_addf(out, "%" PRIu64, s->counters.value[i]);
		else
			json_write_real(out, stats_value(s, i) * factor);
		buf_adds(out, labelled && last ? "}" : "");
	}
	buf_addc(out, '}');
}

void
stats_json(struct buf *out, const struct stats *s)
{
	bool since = s->counters.since != 0;
	struct buf directory = BUF_INIT;

	/* A path may hold any bytes; escaped it is UTF-8. */
	escape_terminal(&directory, s->directory, strlen(s->directory));
	buf_addc(out, '{');
	json_write_key(out, "spool");
	json_write_text(out, directory.data);
	out->failed = out->failed || directory.failed;
	buf_free(&directory);
	stats_json_moment(out, "time", true,
	    (struct timespec){.tv_sec = s->now});
	add_states(out, s);
	stats_json_moment(out, "counters_since", since,
	    (struct timespec){.tv_sec = (time_t)s->counters.since});
	add_counters(out, "counters", s, 1);
	if (s->seconds > 0) {
		add_counters(out, "per_hour", s, HOUR / s->seconds);
		add_counters(out, "per_second", s, 1 / s->seconds);
	} else {
		buf_adds(out, ",\"per_hour\":null,\"per_second\":null");
	}
}

/* ---- Prometheus ----------------------------------------------------- */

static uint64_t
gauge_records(const struct stats *s, const struct depth *d)
{
	(void)s;
	return d->records;
}

static uint64_t
gauge_bytes(const struct stats *s, const struct depth *d)
{
	(void)s;
	return d->bytes;
}

static uint64_t
gauge_age(const struct stats *s, const struct depth *d)
{
	return (uint64_t)stats_age(s, d);
}

static const struct gauge {
	const char *name, *help;
	uint64_t (*value)(const struct stats *, const struct depth *);
} gauges[] = {
    {"alertspool_records", "Records in the spool and its queues, by state.",
	gauge_records},
    {"alertspool_oldest_record_age_seconds",
	"Age of the record that was received first, by state; 0: none.",
	gauge_age},
    {"alertspool_spool_bytes", "Bytes of the records' files, by state.",
	gauge_bytes},
};

static void
add_gauge(struct buf *out, const struct gauge *gauge, const struct stats *s,
    const struct stats_depth *of)
{
	for (int i = 0; i < SPOOL_STATES; i++) {
		buf_addf(out, "%s{", gauge->name);
		if (of->queue != NULL)
			buf_addf(out, "queue=\"%s\",", of->queue);
		buf_addf(out, "state=\"%s\"} %" PRIu64 "\n",
		    spool_state_word((enum spool_state)i),
		    gauge->value(s, &of->depth[i]));
	}
}

void
stats_gauges(struct buf *out, const struct stats *s,
    const struct stats_depth *of, size_t n)
{
	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		buf_addf(out, "# HELP %s %s\n# TYPE %s gauge\n", gauges[g].name,
		    gauges[g].help, gauges[g].name);
		for (size_t i = 0; i < n; i++)
			add_gauge(out, &gauges[g], s, &of[i]);
	}
}

/* A sample is NAME VALUE or NAME{LABELS} VALUE on a line; comments stay unchanged. */
void
stats_add_labels(struct buf *out, const char *text, const char *labels)
{
	while (*text != '\0') {
		const size_t n = strcspn(text, "\n") + 1;
		const size_t name = strcspn(text, "{ ");

		if (*text == '#') {
			buf_add(out, text, n);
		} else {
			buf_add(out, text, name);
			buf_addf(out, "{%s%s", labels,
			    text[name] == '{' ? "," : "}");
			if (text[name] == '{')
				buf_add(out, text + name + 1, n - name - 1);
			else
				buf_add(out, text + name, n - name);
		}
		text += n;
	}
}
