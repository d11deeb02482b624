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
	bool knows_ended;
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

/* Add a copy of a record, as it lies in this state, to the batch for each target that
 * wants this item (of its alert) and takes its event. 0 or -1. */
int router_copy(struct router *, size_t item, const struct spool_entry *,
    struct error *);

/* The same for all items, then commit. 0 or -1. */
int router_copy_items(struct router *, struct error *);

/* Add what late items need: the closes and cancels in done/. 0 or -1. */
int router_copy_late(struct router *, struct error *);

/* Write what was counted into the counters of queues and spool. */
void router_count(struct router *, uint64_t unmatched);

/* Decide for all items of the look, whose alerts are held: by the conditions; else a
 * queue that has a record of the alert gets the later ones, too. "locks": nothing is
 * missed that a runner of the queue moves meanwhile. 0 or -1. */
int router_decide(struct router *, bool locks, struct error *);

#endif
