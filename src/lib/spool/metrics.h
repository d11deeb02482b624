/* SPDX-License-Identifier: ISC */
/*
 * metrics: counters that all workers, CGI runs and the command line share, in the spool's
 * file "metrics".
 *
 * A row of little-endian 64-bit numbers after a header, changed by pread(2) and pwrite(2)
 * under a byte of the spool's lock file. Only the owner can take that byte, and tries for
 * at most 10 ms: readers of the counters cannot block them. A damaged file or one of
 * another version is reset. Counting never fails a request: what cannot be counted is
 * lost, unless the caller keeps it.
 */
#ifndef ALERTSPOOL_SPOOL_METRICS_H
#define ALERTSPOOL_SPOOL_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct error;

enum metric {
	METRIC_STORED,
	METRIC_DUPLICATE,
	METRIC_QUARANTINED,
	METRIC_BAD_REQUEST,	   /* 400 */
	METRIC_FORBIDDEN,	   /* 403 */
	METRIC_NOT_FOUND,	   /* 404 */
	METRIC_METHOD_NOT_ALLOWED, /* 405 */
	METRIC_TOO_LARGE,	   /* 413 */
	METRIC_UNAVAILABLE,	   /* 503 */
	METRIC_SIGNATURE_VALID,
	METRIC_SIGNATURE_NOT_REQUIRED,
	METRIC_SIGNATURE_MISSING,
	METRIC_SIGNATURE_MALFORMED,
	METRIC_SIGNATURE_REPEATED,
	METRIC_SIGNATURE_WRONG,
	METRIC_TOKEN_VALID,
	METRIC_TOKEN_NOT_REQUIRED,
	METRIC_TOKEN_MISSING,
	METRIC_TOKEN_MALFORMED,
	METRIC_TOKEN_REPEATED,
	METRIC_TOKEN_WRONG,
	METRIC_BODY_BYTES,
	METRIC_COMMIT_MICROSECONDS, /* spent in spool_put() */
	METRIC_COMMITS,
	METRIC_CLAIMED,
	METRIC_ACKED,
	METRIC_RELEASED,
	METRIC_BURIED,
	METRIC_REQUEUED,
	METRIC_CLEANED,
	METRIC_SUPERSEDED,
	METRIC_ROUTED,	   /* copies that came into this queue */
	METRIC_UNMATCHED,  /* records that no queue wants */
	METRIC_ATTEMPT_OK, /* handlers by their result */
	METRIC_ATTEMPT_RETRY,
	METRIC_ATTEMPT_REFUSED, /* exit 65 */
	METRIC_ATTEMPT_TIMEOUT,
	METRIC_ATTEMPT_NOT_NOW, /* exit 75 */
	METRIC_FORWARD_STORED,	/* messages by their result */
	METRIC_FORWARD_DUPLICATE,
	METRIC_FORWARD_REFUSED,
	METRIC_FORWARD_UNKNOWN,
	METRIC_LOG_LINES_DROPPED,
	METRICS
};

struct metrics_delta {
	uint64_t add[METRICS];
};

/* Open the counters in the spool's directory, to add to them (created if missing) or to
 * read. The descriptor, or -1 with errno. */
int metrics_open_add(int spool_root);
int metrics_open_read(int spool_root);

/* The byte that a writer of the counters holds, above those of alerts. */
#define METRICS_LOCK_BYTE (((int64_t)1 << 62) + 3)

/* Add to the counters (-1 is fine and counts nothing). lock is the spool's lock file,
 * open for writing; the lock belongs to that open file, so jobs that must exclude each
 * other need one each. 0, or -1 when nothing was added because the counters are locked or
 * cannot be read now. */
int metrics_add(int fd, int lock, const struct metrics_delta *);

struct metrics {
	uint64_t since; /* seconds since 1970: when the file was created */
	uint64_t value[METRICS];
};

/* Read a copy; all zero if there is none (fd -1), it is damaged, or it is being written
 * three times in a row. */
void metrics_read(int fd, struct metrics *);

/* The public name of a counter; all static. A family of one number has neither label nor
 * value. */
struct metrics_row {
	const char *family; /* "alertspool_requests_total" */
	const char *label;  /* "outcome" */
	const char *value;  /* "stored" */
	const char *help;
};

const struct metrics_row *metrics_describe(enum metric);

/* The counters of the spool (queue NULL) or of a queue. */
struct metrics_set {
	const char *queue;
	const struct metrics *metrics;
};

/* Append these counters, the spool's first, in Prometheus text format 0.0.4. A queue has
 * its name as the label queue, and only the counters of queues. */
void metrics_prometheus(struct buf *, const struct metrics_set *, size_t n);

#endif
