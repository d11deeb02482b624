/* SPDX-License-Identifier: ISC */
/*
 * private: the state of a worker, shared by worker.c (the loop) and begin.c (starting
 * records) only.
 */
#ifndef ALERTSPOOL_WORKER_PRIVATE_H
#define ALERTSPOOL_WORKER_PRIVATE_H

#include "cli/output/progress.h"
#include "cli/worker/place.h"
#include "cli/worker/prefetch.h"
#include "cli/worker/worker.h"
#include "lib/base/error.h"

#define WORKER_RESCAN_MS 30000 /* between looks, because an event may be lost */

struct worker {
	const struct worker_options *options;
	struct context context;
	struct places places;
	struct prefetch prefetch;
	const struct worker_ops *ops;
	void *state;
	size_t active;
	size_t capacity;      /* for this many at a time */
	int64_t room_at;      /* when to ask again */
	int64_t look_after;   /* while something is active */
	struct pollfd *polls; /* AT_OPS, and those of ops */
	struct progress progress;
	struct error error; /* why nothing new is started */
	int signals;	    /* signals_open() */
	unsigned int stops; /* number of stop signals received */
	bool interrupted;   /* records are given back */
	uint64_t begun;	    /* context.claimed at the last look */
	uint64_t ended;	    /* records that had left the queue then */
	bool replaced;	    /* a directory of the spool was replaced */
	int64_t gone_since; /* the spool is not at its path; 0: it is */
	size_t started;	    /* records that were begun */
	bool rests;	    /* without --follow it ends when the spool rests */
};

/* Is nothing new started any more? */
bool worker_is_ending(const struct worker *);

/* Were as many records started as allowed? */
bool worker_is_limited(const struct worker *);

/* Start as many records as there is room for, after at most one look. */
void worker_begin(struct worker *, int64_t now);

#endif
