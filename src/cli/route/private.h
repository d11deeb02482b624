/* SPDX-License-Identifier: ISC */
/*
 * private: shared by router.c (a look), wanted.c (which queues want a record), late.c
 * (records after their alert ended) and give.c (by hand).
 */
#ifndef ALERTSPOOL_ROUTE_PRIVATE_H
#define ALERTSPOOL_ROUTE_PRIVATE_H

#include "cli/route/router.h"
#include "lib/base/buf.h"
#include "lib/base/number_set.h"
#include "lib/spool/batch.h"

#define ROUTER_LOOK_MAX 256 /* records of one look */

/* A queue that records are copied into. */
struct target {
	const struct queue_settings *settings; /* borrowed */
	struct spool *spool; /* NULL: it does not exist yet (preview) */
	uint64_t routed;     /* not counted yet */
	struct number_set
	    given; /* for a preview: alerts that it would have got */
};

/* The fate of a record of this look. */
enum fate {
	FATE_ROUTED,
	FATE_BURIED, /* it is not valid */
	FATE_GONE    /* another process has it */
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
	struct timespec done_mtime; /* mtime of done/ when that was read */
	time_t learnt_at;
	struct router_counts counts;

	/* of one look */
	struct queue_item item[ROUTER_LOOK_MAX];
	enum fate fate[ROUTER_LOOK_MAX];
	size_t items;
	bool *wanted; /* owned: for each item and target */
};

/* Does this target want this item? */
bool *router_wanted(struct router *, size_t item, size_t target);

/* Open the queue, created first if missing. 0 or -1. */
int router_open_target(struct router *, struct target *, struct error *);

/* Which targets get a copy of a record, among those that want the item it is copied for. */
enum router_copies {
	COPY_ITEMS, /* all */
	COPY_ENDS_BEFORE, /* those that accept its event, and skip superseded records */
	COPY_ENDS_AFTER /* those that accept its event, and handle superseded records */
};

/* Add copies of a record in this state to the batch. 0 or -1. */
int router_copy(struct router *, size_t item, const struct spool_entry *,
    enum router_copies, struct error *);

/* Copy all items, with the closes and cancels for late ones, and commit. 0 or -1. */
int router_copy_items(struct router *, struct error *);

/* Add the counts to the counters of queues and spool. */
void router_count(struct router *, uint64_t unmatched);

/* Decide for all items of the look, whose alerts are held: by the conditions; besides, a
 * queue that has a record of the alert gets the later ones, too. "locks": lock alerts in
 * the queue, so that no record is missed that its runner moves meanwhile. 0 or -1. */
int router_decide(struct router *, bool locks, struct error *);

#endif
