/* SPDX-License-Identifier: ISC */
/*
 * work: what all jobs of one runner share.
 */
#ifndef ALERTSPOOL_WORKER_CONTEXT
#define ALERTSPOOL_WORKER_CONTEXT

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cli/output/output_queue.h"
#include "lib/spool/metrics.h"
#include "lib/spool/queue.h"

struct error;

#define SHORT_ID_SIZE 13 /* digits of DIGEST, as "list" shows, and a NUL */

/* What the operator wants; times are milliseconds. */
struct work_rules {
	const char *verb;     /* "run": who works */
	char *const *command; /* ends with NULL */
	int64_t timeout;
	int64_t lease;
	int64_t backoff;     /* after the first failure */
	int64_t backoff_max; /* and at most */
	unsigned int max_attempts;
};

struct work {
	const struct work_rules *rules;
	struct spool *spool;
	struct queue *queue;
	int counters;		      /* metrics_open_add() */
	struct metrics_delta counted; /* not written yet */
	bool has_counted;
	int watch;  /* watch_open(); -1: none */
	char *path; /* absolute, of the spool directory */
	char *who;  /* in histories */
	struct outlet out, err;
	uint64_t claimed, done, dead; /* records */
	uint64_t failed;	      /* attempts */
};

/* Nothing but rules; free with work_close(), whatever was opened by then. */
void work_init(struct work *, const struct work_rules *);

/* Take over an open spool, instead of the one before, whose path is given. A
 * watch that cannot be had is told. 0 or -1. */
int work_open(struct work *, struct spool *, const char *path, bool watch,
    struct error *) __attribute__((warn_unused_result));

void work_close(struct work *);

/* Add a line for the operator to standard error, about the record of this id or
 * about none (NULL). */
void work_say(struct work *, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Add one to a counter that all processes share; written, with what else was
 * counted, by work_flush(). */
void work_count(struct work *, enum metric);
void work_flush(struct work *);

/* The moment so many milliseconds from now. */
struct timespec work_after(int64_t ms);

/* The first digits of an id's DIGEST, which mean the record as well. */
void work_short_id(const char *id, char out[static SHORT_ID_SIZE]);

#endif
