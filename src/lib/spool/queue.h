/* SPDX-License-Identifier: ISC */
/*
 * queue: which records may be processed now, in what order.
 *
 * The records of an alert in new/ and cur/ form a queue in the order of their names; only
 * its first may be taken, and only when it is due. Taking holds the alert's lock until
 * queue_free(), and reads all names after locking, so that two takers never work on one
 * alert and none overtakes an earlier record. Memory is bounded: a few hundred bytes for
 * each alert that is asked for, and 16 for each that is deferred or leased.
 */
#ifndef ALERTSPOOL_SPOOL_QUEUE_H
#define ALERTSPOOL_SPOOL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/spool/spool.h"

struct error;

/* Deferrals and leases end within this time; one that lies further ahead comes from a
 * wrong clock, and counts as due. */
#define QUEUE_AHEAD_MAX (24 * 60 * 60)

enum queue_status {
	QUEUE_DUE,	/* in new/, or in cur/ with an expired lease */
	QUEUE_DEFERRED, /* in new/, not before its mtime */
	QUEUE_LEASED	/* in cur/ */
};

/* Judge one record by its place, mtime and history. A record that is gone is
 * QUEUE_LEASED, with an mtime of 0: another process has it. 0, or -1 with ERROR_IO if it
 * cannot be judged. */
int queue_judge(const struct spool *, const struct spool_entry *,
    struct timespec now, enum queue_status *, struct timespec *mtime,
    struct error *) __attribute__((warn_unused_result));

struct queue; /* opaque: the alerts that this process holds */

/* The spool is borrowed and must be open for writing. 0 or -1. */
int queue_open(struct queue **, struct spool *, struct error *);

/* Frees the memory; alerts that are still held are unlocked when the spool is closed. */
void queue_close(struct queue *);

struct queue_item {
	struct spool_entry entry;
	struct timespec
	    mtime; /* as judged: the mtime for spool_move() to expect */
};

/* Other findings. Only the last is always complete, the others are if nothing was taken. */
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
	size_t least; /* this many, */
	size_t share; /* and one in this many of all; 0: none, */
	size_t most;  /* but no more than this */
};

/*
 * Take due records in order, each the first of an alert that is not held yet, as many as
 * wished or available. The alert of each is held afterwards. 0 with *n items, or -1.
 */
int queue_take(struct queue *, struct timespec now, const struct queue_wish *,
    struct queue_item *items, size_t *n, struct queue_rest *, struct error *)
    __attribute__((warn_unused_result));

/* Unlock the alert of this record. */
void queue_free(struct queue *, const char *name);

#endif
