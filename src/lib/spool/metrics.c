/* SPDX-License-Identifier: ISC */
/*
 * metrics: the file is one struct image of 64-bit little-endian words: a magic that names
 * the layout, its creation time, the counters, a check sum. A reader takes no lock: a
 * copy read during a write fails the check sum and is read again. A writer that finds a
 * wrong sum resets the file.
 *
 * Adding a counter changes the size and with it the magic: the old file is then reset,
 * which Prometheus recognises as a counter reset.
 */
#include "config.h"

#include <endian.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/spool/metrics.h"

#define METRICS_FILE "metrics"
#define FILE_MODE 0640
#define LOCK_WAIT_MS 10
#define READ_TRIES 3
#define MAGIC (UINT64_C(0x414c455254530000) + METRICS) /* "ALERTS", size */

enum { WORD_MAGIC, WORD_SINCE, WORD_VALUE, WORD_SUM = WORD_VALUE + METRICS };
#define WORDS (WORD_SUM + 1)

/* The public name of each counter. Rows of one family are adjacent. */
static const struct metrics_row table[METRICS] = {
#define REQUESTS "alertspool_requests_total", "outcome"
#define REQUESTS_HELP "Requests answered, by outcome."
    [METRIC_STORED] = {REQUESTS, "stored", REQUESTS_HELP},
    [METRIC_DUPLICATE] = {REQUESTS, "duplicate", REQUESTS_HELP},
    [METRIC_QUARANTINED] = {REQUESTS, "quarantined", REQUESTS_HELP},
    [METRIC_BAD_REQUEST] = {REQUESTS, "bad_request", REQUESTS_HELP},
    [METRIC_FORBIDDEN] = {REQUESTS, "forbidden", REQUESTS_HELP},
    [METRIC_NOT_FOUND] = {REQUESTS, "not_found", REQUESTS_HELP},
    [METRIC_METHOD_NOT_ALLOWED] = {REQUESTS, "method_not_allowed",
	REQUESTS_HELP},
    [METRIC_TOO_LARGE] = {REQUESTS, "too_large", REQUESTS_HELP},
    [METRIC_UNAVAILABLE] = {REQUESTS, "unavailable", REQUESTS_HELP},
#define SIGNATURE "alertspool_signature_verdicts_total", "verdict"
#define SIGNATURE_HELP "Signatures judged, by verdict."
    [METRIC_SIGNATURE_VALID] = {SIGNATURE, "valid", SIGNATURE_HELP},
    [METRIC_SIGNATURE_NOT_REQUIRED] = {SIGNATURE, "not_required",
	SIGNATURE_HELP},
    [METRIC_SIGNATURE_MISSING] = {SIGNATURE, "missing", SIGNATURE_HELP},
    [METRIC_SIGNATURE_MALFORMED] = {SIGNATURE, "malformed", SIGNATURE_HELP},
    [METRIC_SIGNATURE_REPEATED] = {SIGNATURE, "repeated", SIGNATURE_HELP},
    [METRIC_SIGNATURE_WRONG] = {SIGNATURE, "wrong", SIGNATURE_HELP},
#define TOKEN "alertspool_token_verdicts_total", "verdict"
#define TOKEN_HELP "Tokens judged, by verdict."
    [METRIC_TOKEN_VALID] = {TOKEN, "valid", TOKEN_HELP},
    [METRIC_TOKEN_NOT_REQUIRED] = {TOKEN, "not_required", TOKEN_HELP},
    [METRIC_TOKEN_MISSING] = {TOKEN, "missing", TOKEN_HELP},
    [METRIC_TOKEN_MALFORMED] = {TOKEN, "malformed", TOKEN_HELP},
    [METRIC_TOKEN_REPEATED] = {TOKEN, "repeated", TOKEN_HELP},
    [METRIC_TOKEN_WRONG] = {TOKEN, "wrong", TOKEN_HELP},
    [METRIC_BODY_BYTES] = {"alertspool_body_bytes_total", NULL, NULL,
	"Bytes of authentic bodies."},
    [METRIC_COMMIT_MICROSECONDS] = {"alertspool_commit_seconds_total", NULL,
	NULL, "Seconds spent in commits."},
    [METRIC_COMMITS] = {"alertspool_commits_total", NULL, NULL,
	"Commits begun."},
#define MOVES "alertspool_moves_total", "move"
#define MOVES_HELP "Records moved by the command line, by move."
    [METRIC_CLAIMED] = {MOVES, "claim", MOVES_HELP},
    [METRIC_ACKED] = {MOVES, "ack", MOVES_HELP},
    [METRIC_RELEASED] = {MOVES, "release", MOVES_HELP},
    [METRIC_BURIED] = {MOVES, "bury", MOVES_HELP},
    [METRIC_REQUEUED] = {MOVES, "requeue", MOVES_HELP},
    [METRIC_CLEANED] = {MOVES, "clean", MOVES_HELP},
    [METRIC_SUPERSEDED] = {MOVES, "supersede", MOVES_HELP},
    [METRIC_ROUTED] = {"alertspool_routed_total", NULL, NULL,
	"Records that route copied into this queue."},
    [METRIC_UNMATCHED] = {"alertspool_unmatched_total", NULL, NULL,
	"Records that no queue wants."},
#define ATTEMPTS "alertspool_attempts_total", "result"
#define ATTEMPTS_HELP "Handlers run, by result."
    [METRIC_ATTEMPT_OK] = {ATTEMPTS, "ok", ATTEMPTS_HELP},
    [METRIC_ATTEMPT_RETRY] = {ATTEMPTS, "retry", ATTEMPTS_HELP},
    [METRIC_ATTEMPT_REFUSED] = {ATTEMPTS, "refused", ATTEMPTS_HELP},
    [METRIC_ATTEMPT_TIMEOUT] = {ATTEMPTS, "timeout", ATTEMPTS_HELP},
    [METRIC_ATTEMPT_NOT_NOW] = {ATTEMPTS, "not_now", ATTEMPTS_HELP},
#define FORWARD "alertspool_forwarded_total", "result"
#define FORWARD_HELP "Messages to the broker, by result."
    [METRIC_FORWARD_STORED] = {FORWARD, "stored", FORWARD_HELP},
    [METRIC_FORWARD_DUPLICATE] = {FORWARD, "duplicate", FORWARD_HELP},
    [METRIC_FORWARD_REFUSED] = {FORWARD, "refused", FORWARD_HELP},
    [METRIC_FORWARD_UNKNOWN] = {FORWARD, "unknown", FORWARD_HELP},
    [METRIC_LOG_LINES_DROPPED] = {"alertspool_log_lines_dropped_total", NULL,
	NULL, "Log lines of the responder that standard error did not take."},
};

static uint64_t
sum(const uint64_t *words)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a, by words */

	for (int i = 0; i < WORD_SUM; i++) {
		hash ^= words[i];
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

enum content { UNREADABLE, DAMAGED, WHOLE };

/* A file that cannot be read now is not damaged. */
static enum content
load_counters(int fd, uint64_t *words)
{
	uint64_t image[WORDS];
	ssize_t n = file_pread_full(fd, image, sizeof(image), 0);

	if (n == -1)
		return UNREADABLE;
	if (n < (ssize_t)sizeof(image))
		return DAMAGED;
	for (int i = 0; i < WORDS; i++)
		words[i] = le64toh(image[i]);
	return words[WORD_MAGIC] == MAGIC && words[WORD_SUM] == sum(words)
	    ? WHOLE
	    : DAMAGED;
}

/* A store that fails half-way leaves a wrong sum, so the next one resets the file. */
static void
store(int fd, uint64_t *words)
{
	uint64_t image[WORDS];
	ssize_t n;

	words[WORD_SUM] = sum(words);
	for (int i = 0; i < WORDS; i++)
		image[i] = htole64(words[i]);
	for (size_t at = 0; at < sizeof(image); at += (size_t)n) {
		n = pwrite(fd, (char *)image + at, sizeof(image) - at,
		    (off_t)at);
		if (n <= 0)
			break;
	}
}

int
metrics_open_add(int spool_root)
{
	return file_open_regular(spool_root, METRICS_FILE, O_RDWR | O_CREAT,
	    FILE_MODE);
}

int
metrics_open_read(int spool_root)
{
	return file_open_regular(spool_root, METRICS_FILE, O_RDONLY, 0);
}

int
metrics_add(int fd, int lock, const struct metrics_delta *delta)
{
	uint64_t words[WORDS] = {0};
	enum content content;

	if (fd == -1)
		return 0;
	if (lock_byte(lock, METRICS_LOCK_BYTE, LOCK_WAIT_MS) == -1)
		return -1;
	content = load_counters(fd, words);
	if (content == DAMAGED) {
		memset(words, 0, sizeof(words));
		words[WORD_MAGIC] = MAGIC;
		words[WORD_SINCE] = (uint64_t)time(NULL);
	}
	for (int i = 0; i < METRICS; i++)
		words[WORD_VALUE + i] += delta->add[i];
	if (content != UNREADABLE)
		store(fd, words);
	unlock_byte(lock, METRICS_LOCK_BYTE);
	return content != UNREADABLE ? 0 : -1;
}

void
metrics_read(int fd, struct metrics *m)
{
	uint64_t words[WORDS];

	memset(m, 0, sizeof(*m));
	if (fd == -1)
		return;
	for (int i = 0; i < READ_TRIES; i++) {
		if (load_counters(fd, words) != WHOLE)
			continue;
		m->since = words[WORD_SINCE];
		memcpy(m->value, words + WORD_VALUE, sizeof(m->value));
		return;
	}
}

static void
add_family(struct buf *out, const char *family, const char *type,
    const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", family, help, family,
	    type);
}

const struct metrics_row *
metrics_describe(enum metric metric)
{
	return &table[metric];
}

/* Is it counted where records are processed, not where they come in? */
static bool
is_of_queues(enum metric metric)
{
	return metric >= METRIC_CLAIMED && metric < METRIC_LOG_LINES_DROPPED &&
	    metric != METRIC_UNMATCHED;
}

static void
add_sample(struct buf *out, enum metric metric, const struct metrics_set *set)
{
	const struct metrics_row *row = &table[metric];
	uint64_t value = set->metrics->value[metric];
	const char *between = "{";

	buf_adds(out, row->family);
	if (set->queue != NULL) {
		buf_addf(out, "{queue=\"%s\"", set->queue);
		between = ",";
	}
	if (row->label != NULL)
		buf_addf(out, "%s%s=\"%s\"", between, row->label, row->value);
	if (set->queue != NULL || row->label != NULL)
		buf_addc(out, '}');
	if (metric == METRIC_COMMIT_MICROSECONDS)
		buf_addf(out, " %" PRIu64 ".%06" PRIu64 "\n", value / 1000000,
		    value % 1000000);
	else
		buf_addf(out, " %" PRIu64 "\n", value);
}

void
metrics_prometheus(struct buf *out, const struct metrics_set *sets, size_t n)
{
	const char *family = "";

	for (int i = 0; i < METRICS; i++) {
		if (strcmp(family, table[i].family) != 0) {
			family = table[i].family;
			add_family(out, family, "counter", table[i].help);
		}
		for (size_t k = 0; k < n; k++)
			if (sets[k].queue == NULL ||
			    is_of_queues((enum metric)i))
				add_sample(out, (enum metric)i, &sets[k]);
	}
	add_family(out, "alertspool_counters_start_time_seconds", "gauge",
	    "When the counters started, in seconds since 1970.");
	buf_addf(out, "alertspool_counters_start_time_seconds %" PRIu64 "\n",
	    sets[0].metrics->since);
}
