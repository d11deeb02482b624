/* SPDX-License-Identifier: ISC */
/*
 * prefetch: the records that a runner may start next, and when to look for more.
 *
 * One look at the queue takes more records than there are free places, so that not every
 * record costs a pass over the spool. Their alerts are held meanwhile, so records that
 * were not started within two seconds, or within the time of a few looks if that is
 * longer, are released again for other runners.
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
	int64_t hold_until;	/* when the prefetched records are released */
	int64_t look_at;	/* when to look again, or PREFETCH_NEVER */
	int64_t patience;	/* while other processes hold alerts */
};

void prefetch_free(struct prefetch *);

/* The next record, or NULL. */
const struct queue_item *prefetch_next(struct prefetch *);

bool prefetch_is_empty(const struct prefetch *);

/* Release all that were not started. */
void prefetch_drop(struct prefetch *, struct queue *);

/* Something changed: look as soon as there is room. Another process may still hold the
 * alert's lock, and we get no notice when it is released. So as long as others hold
 * alerts, more looks follow, the first ones soon. */
void prefetch_look_soon(struct prefetch *);

/* Look, for this many jobs at a time; no prefetched record may be left. Sets look_at to
 * the moment when the next record becomes due, if one does. 0 or -1. */
int prefetch_look(struct prefetch *, struct queue *, size_t jobs,
    struct error *) __attribute__((warn_unused_result));

/* How many alerts wait for their time or for another process. */
size_t prefetch_left(const struct prefetch *);

#endif
