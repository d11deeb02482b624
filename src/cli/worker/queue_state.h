/* SPDX-License-Identifier: ISC */
/*
 * queue_state: how many records of a queue, or the spool itself, wait, run and are dead,
 * and whether it rests.
 */
#ifndef ALERTSPOOL_WORKER_QUEUE_STATE_H
#define ALERTSPOOL_WORKER_QUEUE_STATE_H

#include <stdbool.h>

#include "cli/records/depth.h"
#include "cli/records/queue_list.h"
#include "cli/worker/rest.h"
#include "lib/spool/metrics.h"

struct queue_state {
	const char *name; /* borrowed */
	struct depth depth[SPOOL_STATES];
	struct metrics counters;
	bool rests;
	struct rest rest; /* while it rests */
};

/* The state of an open queue; a queue without a spool is empty. 0 or -1. */
int queue_state_read(struct queue_state *, const struct queue_entry *,
    struct error *);

/* The same for all queues, in one array, owned by the caller; NULL without queues. 0, or
 * -1 with *states NULL. */
int queue_states_read(struct queue_state **states, const struct queue_list *,
    struct error *);

#endif
