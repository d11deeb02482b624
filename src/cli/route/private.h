/* SPDX-License-Identifier: ISC */
/*
 * private: what router.c (a look), wanted.c (which queues want what), late.c (what comes
 * after its alert ended) and give.c (by hand) share.
 */
#ifndef ALERTSPOOL_ROUTE_PRIVATE_H
#define ALERTSPOOL_ROUTE_PRIVATE_H

#include "cli/route/router.h"
#include "lib/base/buf.h"
#include "lib/base/number_set.h"
#include "lib/spool/batch.h"

#define ROUTER_LOOK_MAX 256 /* records of one look */

/* A queue that records are given to. */
struct target {
	const struct queue_settings *settings; /* borrowed */
	struct spool *spool;	 /* NULL: it is not made yet (preview) */
	uint64_t routed;	 /* not counted yet */
	struct number_set given; /* alerts, of a preview */
};

/* What becomes of a record of this look. */
enum fate {
	FATE_ROUTED,
	FATE_BURIED, /* it is no record */
	FATE_GONE    /* somebody else has it */
};

struct router {
	struct spool *spool;
	const char *path;
	const char *who;
	struct target *target; /* owned */
	size_t n;
	struct queue *queue;
	struct spool_batch batch;
	struct number_set ended; /* alerts with a close or cancel in done/ */
	bool knows_ended, moves; /* it works on the spool, and moves records */
	struct timespec done_mtime; /* when that was learnt */
	time_t learnt_at;
	struct router_counts counts;

	/* of one look */
	struct queue_item item[ROUTER_LOOK_MAX];
	enum fate fate[ROUTER_LOOK_MAX];
	size_t items;
	bool *wanted; /* owned: of each item, for each target */
};

/* Does this target want this item? */
bool *router_wanted(struct router *, size_t item, size_t target);

/* Open the queue, made first if it is missing. 0 or -1. */
int router_open_target(struct router *, struct target *, struct error *);

/* Which targets get a copy of a record, of those that want the item it is copied for. */
enum router_copies {
	COPY_ITEMS,	  /* all */
	COPY_ENDS_BEFORE, /* that take its event, and leave out what has ended */
	COPY_ENDS_AFTER	  /* that take its event, and handle it all the same */
};

/* Add copies of a record, as it lies in this state, to the batch. 0 or -1. */
int router_copy(struct router *, size_t item, const struct spool_entry *,
    enum router_copies, struct error *);

/* Copy all items, with the closes and cancels that late ones need, and commit. 0 or -1. */
int router_copy_items(struct router *, struct error *);

/* Write what was counted into the counters of queues and spool. */
void router_count(struct router *, uint64_t unmatched);

/* Decide for all items of the look, whose alerts are held: by the conditions; else a
 * queue that has a record of the alert gets the later ones, too. "locks": nothing is
 * missed that a runner of the queue moves meanwhile. 0 or -1. */
int router_decide(struct router *, bool locks, struct error *);

#endif
