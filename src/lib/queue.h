/* SPDX-License-Identifier: ISC */
/*
 * queue: which records may be worked on now, in what order.
 *
 * The records of an alert in new/ and cur/ form a queue in the order of their
 * names; only its first may be taken, and only when it is due. Taking holds the
 * alert's lock until queue_free(), and looks again after the lock is held, so
 * that two takers never work on one alert and none overtakes an earlier record.
 * Memory is bounded: 16 bytes for each alert that is waiting.
 */
#ifndef ALERTSPOOL_QUEUE_H
#define ALERTSPOOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/spool.h"

struct error;

/* Deferrals and leases lie at most so far ahead; what is further is a clock
 * that was wrong, and counts as due. */
#define QUEUE_AHEAD_MAX (24 * 60 * 60)

enum queue_status {
	QUEUE_DUE,	/* in new/, or in cur/ with a lease that ran out */
	QUEUE_DEFERRED, /* in new/, not before its mtime */
	QUEUE_LEASED	/* in cur/ */
};

/* Judge one record by its place, mtime and history; mtime may be NULL. A record
 * that is gone is QUEUE_LEASED: somebody has it. */
enum queue_status queue_judge(const struct spool *, const struct spool_entry *,
    struct timespec now, struct timespec *mtime);

struct queue; /* opaque: the alerts that this process holds */

/* The spool is borrowed and must be open for writing. 0 or -1. */
int queue_open(struct queue **, struct spool *, struct error *);

/* Frees the memory; alerts that are still held are let go when the spool is
 * closed. */
void queue_close(struct queue *);

struct queue_item {
	struct spool_entry entry;
	struct timespec mtime; /* as judged: what spool_move() should expect */
};

/* What a look at the queue found besides. Counts are complete only when fewer
 * items were taken than asked for. */
struct queue_rest {
	size_t deferred; /* alerts whose first record is deferred */
	size_t leased;	 /* … is leased */
	size_t busy;	 /* … is due, but another process holds the alert */
	size_t behind;	 /* records that wait behind the first of their alert */
	size_t seen;	 /* records looked at */
	size_t there;	 /* records there are, about; always complete */
	bool has_next;	 /* the next is set */
	struct timespec next; /* when the next deferral or lease ends */
};

/*
 * Take at most max records that are due, each the first of an alert that is not
 * held yet, in order. The alert of each is held afterwards. 0 with *n items, or
 * -1.
 */
int queue_take(struct queue *, struct timespec now, size_t max,
    struct queue_item *items, size_t *n, struct queue_rest *, struct error *)
    __attribute__((warn_unused_result));

/* Let go of the alert of this record. */
void queue_free(struct queue *, const char *name);

#endif
