/* SPDX-License-Identifier: ISC */
/*
 * prefetch: the records that a runner may begin with next, and when to look for
 * more of them.
 *
 * One look at the queue takes more than there are free places, so that looking
 * does not cost a pass over the spool for each record. Their alerts are held
 * meanwhile, though, so what was not begun in two seconds, or in the time of a
 * few looks where that is longer, is let go again, for other runners.
 */
#ifndef ALERTSPOOL_WORKER_PREFETCH_H
#define ALERTSPOOL_WORKER_PREFETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/spool/queue.h"

struct error;

#define PREFETCH_NEVER INT64_MAX

struct prefetch {
	struct queue_item *items; /* owned */
	size_t n, next;
	size_t size;		/* items allocated */
	struct queue_rest rest; /* of the last look */
	int64_t looked_at;	/* clock_ms() */
	int64_t hold_until;	/* when what is in hand is let go */
	int64_t look_at;	/* when to look again, or PREFETCH_NEVER */
	int64_t patience;	/* with alerts in other hands */
};

void prefetch_free(struct prefetch *);

/* The next record, or NULL. */
const struct queue_item *prefetch_next(struct prefetch *);

bool prefetch_is_empty(const struct prefetch *);

/* Let go of all that were not begun. */
void prefetch_drop(struct prefetch *, struct queue *);

/* Something changed: look as soon as there is room. Whoever changed it may
 * still hold the alert, and letting go is nothing that one is told of: as long
 * as alerts are in other hands, looks follow, the first ones soon. */
void prefetch_look_soon(struct prefetch *);

/* Look, for so many jobs at a time; nothing may be left. Sets look_at to the
 * moment when the next record becomes due, if one does. 0 or -1. */
int prefetch_look(struct prefetch *, struct queue *, size_t jobs,
    struct error *) __attribute__((warn_unused_result));

/* How many alerts wait for a moment to come or for somebody else. */
size_t prefetch_left(const struct prefetch *);

#endif
