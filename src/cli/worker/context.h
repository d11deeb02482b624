/* SPDX-License-Identifier: ISC */
/* context: shared by all jobs of one runner. */
#ifndef ALERTSPOOL_WORKER_CONTEXT_H
#define ALERTSPOOL_WORKER_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cli/output/output_queue.h"
#include "cli/worker/blame.h"
#include "lib/spool/metrics.h"
#include "lib/spool/queue.h"

struct error;
struct places;

#define SHORT_ID_SIZE 13 /* digits of DIGEST, as "list" shows, and a NUL */

/* The operator's rules; times are milliseconds. */
struct worker_rules {
	const char *verb;     /* "run": for histories and messages */
	char *const *command; /* ends with NULL */
	int64_t timeout;
	int64_t lease;
	int64_t backoff;     /* after the first failure */
	int64_t backoff_max; /* and at most */
	unsigned int max_attempts;
	int64_t give_up_after; /* longest time of trying; 0: no limit */
	bool skips_superseded; /* and does not handle superseded records */
	const char *queue;     /* its name; NULL: the spool itself */
};

struct context {
	const struct worker_rules *rules;
	struct spool *spool;
	struct queue *queue;
	int counters;		      /* metrics_open_add() */
	struct metrics_delta counted; /* not written yet */
	bool has_counted;
	int watch;  /* spool_watch_open(); -1: none */
	char *path; /* absolute, of the spool directory */
	char *who;  /* in histories */
	struct output_queue out, err;
	uint64_t claimed, done, dead; /* records */
	uint64_t failed;	      /* attempts */
	uint64_t superseded;	      /* records; they count as done, too */
	struct blame blame;
	const struct places *places; /* borrowed: all records of the worker */
};

/* Sets only the rules; free with context_close(), whatever was opened. */
void context_init(struct context *, const struct worker_rules *);

/* Take over an open spool, instead of the one before, with its path. If no watch is
 * possible, that is reported. 0 or -1. */
int context_open(struct context *, struct spool *, const char *path, bool watch,
    struct error *) __attribute__((warn_unused_result));

void context_close(struct context *);

/* Add a line for the operator to standard error, about the record of this id or about
 * none (NULL). */
void context_say(struct context *, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Does text wait for standard output or standard error? */
bool context_has_output(const struct context *);

/* Add one to a counter that all processes share; context_flush() writes all of them. */
void context_count(struct context *, enum metric);
void context_flush(struct context *);

/* The moment this many milliseconds from now. */
struct timespec context_after(int64_t ms);

/* The first digits of an id's DIGEST, which identify the record as well. */
void context_short_id(const char *id, char out[static SHORT_ID_SIZE]);

#endif
