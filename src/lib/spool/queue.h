/* SPDX-License-Identifier: ISC */
/*
 * queue: which records may be worked on now, in what order.
 *
 * The records of an alert in new/ and cur/ form a queue in the order of their
 * names; only its first may be taken, and only when it is due. Taking holds the
 * alert's lock until queue_free(), and reads all names after the lock is held,
 * so that two takers never work on one alert and none overtakes an earlier
 * record. Memory is bounded: a few hundred bytes for each alert that is asked
 * for, and 16 for each that is deferred or leased.
 */
#ifndef ALERTSPOOL_SPOOL_QUEUE_H
#define ALERTSPOOL_SPOOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/spool/spool.h"

struct error;

/* Deferrals and leases lie at most so far ahead; what is further is a clock
 * that was wrong, and counts as due. */
#define QUEUE_AHEAD_MAX (24 * 60 * 60)

enum queue_status {
	QUEUE_DUE,	/* in new/, or in cur/ with a lease that ran out */
	QUEUE_DEFERRED, /* in new/, not before its mtime */
	QUEUE_LEASED	/* in cur/ */
};

/* Judge one record by its place, mtime and history. One that is gone is
 * QUEUE_LEASED, with an mtime of 0: somebody has it. 0, or -1 with ERROR_IO when
 * nobody can tell. */
int queue_judge(const struct spool *, const struct spool_entry *,
    struct timespec now, enum queue_status *, struct timespec *mtime,
    struct error *) __attribute__((warn_unused_result));

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

/* What was found besides. Only the last is always complete, the others are when
 * nothing was taken. */
struct queue_rest {
	size_t deferred; /* alerts whose first record is deferred */
	size_t leased;	 /* … is leased */
	size_t busy;	 /* … is due, but another process holds the alert */
	size_t behind;	 /* records that wait behind the first of their alert */
	bool has_next;	 /* the next is set */
	struct timespec next; /* when the next deferral or lease ends */
	size_t there;	      /* records in new/ and cur/ */
};

/* How many to take. */
struct queue_wish {
	size_t least; /* so many, */
	size_t share; /* and one in so many of those there are; 0: none, */
	size_t most;  /* but no more than this */
};

/*
 * Take records that are due, each the first of an alert that is not held yet,
 * in order, as many as are wished or there are. The alert of each is held
 * afterwards. 0 with *n items, or -1.
 */
int queue_take(struct queue *, struct timespec now, const struct queue_wish *,
    struct queue_item *items, size_t *n, struct queue_rest *, struct error *)
    __attribute__((warn_unused_result));

/* Let go of the alert of this record. */
void queue_free(struct queue *, const char *name);

#endif
