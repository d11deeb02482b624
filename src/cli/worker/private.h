/* SPDX-License-Identifier: ISC */
/*
 * private: the state of a worker, for worker.c (the loop) and begin.c (what is begun
 * when); nobody else includes it.
 */
#ifndef ALERTSPOOL_WORKER_PRIVATE_H
#define ALERTSPOOL_WORKER_PRIVATE_H

#include "cli/output/progress.h"
#include "cli/worker/prefetch.h"
#include "cli/worker/worker.h"
#include "lib/base/error.h"

#define WORKER_RESCAN_MS 30000 /* between looks: an event may get lost */

struct worker {
	const struct worker_options *options;
	struct context context;
	struct prefetch prefetch;
	const struct worker_ops *ops;
	void *state;
	size_t active;
	size_t capacity;      /* for so many at a time */
	int64_t room_at;      /* when to ask again */
	int64_t look_after;   /* while something is active */
	struct pollfd *polls; /* AT_OPS, and those of ops */
	struct progress progress;
	struct error error; /* why nothing new is begun */
	int signals;	    /* signals_open() */
	unsigned int stops; /* signals to stop that came in */
	bool interrupted;   /* records are given back */
	uint64_t begun;	    /* context.claimed at the last look */
	uint64_t ended;	    /* records that had left the queue then */
	bool replaced;	    /* a directory of the spool was */
	int64_t gone_since; /* the spool is not where it was; 0: it is */
	size_t started;	    /* records that were begun */
	bool rests;	    /* one that does not follow ends for a rest */
};

/* Nothing new is begun any more? */
bool worker_is_ending(const struct worker *);

/* As many records as may be begun were? */
bool worker_is_limited(const struct worker *);

/* Begin with as many records as there is room for, after one look at most. */
void worker_begin(struct worker *, int64_t now);

#endif
