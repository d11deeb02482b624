/* SPDX-License-Identifier: ISC */
/*
 * worker: processes the queue of a spool, several records at a time.
 *
 * One thread, one loop: it waits together for the ops (run: handlers; forward: a broker),
 * signals, time, and events of the spool. SIGTERM, SIGINT or SIGHUP: nothing new is
 * started, and it ends when everything started has ended; a second one stops that, and
 * the records are given back.
 */
#ifndef ALERTSPOOL_WORKER_WORKER_H
#define ALERTSPOOL_WORKER_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/worker/context.h"

struct error;
struct pollfd;

#define WORKER_JOBS_MAX 1024

struct worker_options {
	const char *directory; /* of the spool */
	struct worker_rules rules;
	size_t jobs;
	bool follow;
	size_t limit; /* of started records; 0: no limit */
};

/* The operations on records; a place is a struct place and more. Only capacity() may
 * wait. */
struct worker_ops {
	const char *noun;	 /* what is in a place: "handler" */
	size_t place_size;	 /* bytes of a place */
	size_t polls, job_polls; /* descriptors to wait on: for all, for each */
	bool
	    rests; /* the worker handles rests of the spool (rest.h); else the ops limit
		    * themselves by capacity() */

	/*
	 * Start with a record whose alert is held, in an empty place. 1: the place is
	 * active. 0: there is nothing to do, because the record is gone, was buried or is
	 * deferred, and its alert is released again. -1: likewise, and nothing more should
	 * be started.
	 */
	int (*start)(void *state, void *place, struct context *,
	    const struct queue_item *, struct error *);

	/* Is it over? Then the record is finished, its alert released, and the place
	 * free: 1. 0: not yet. -1: finished as far as possible, but nothing more should
	 * be started. */
	int (*poll_done)(void *state, void *place, struct context *,
	    struct error *);

	/* Do what is due by now, and return the next deadline. */
	void (
	    *on_timer)(void *state, void *place, struct context *, int64_t now);
	int64_t (*next)(const void *place);

	/* End soon. */
	void (*interrupt)(void *place, struct context *, int64_t now);

	/* Fill in the descriptors, and handle their events. */
	void (*set_polls)(void *state, const struct context *, struct pollfd *);
	void (
	    *take_polls)(void *state, struct context *, const struct pollfd *);

	/* Returns how many places may be active, given that `active` are now. May lower
	 * *when, the next time to ask. With an error, nothing more should be started.
	 * NULL: all places. */
	size_t (*capacity)(void *state, struct context *, size_t active,
	    int64_t *when, struct error *);
};

/*
 * Run until the queue is empty, or without end (follow), or until a signal. Takes over
 * the spool, which is open for writing. The exit code: EX_OK; EX_TEMPFAIL when a record
 * waits for its time or for another process, or records were given back; or -1 with an
 * error. Signals stay blocked: the process is about to end.
 */
int worker_run(struct spool *, const struct worker_options *,
    const struct worker_ops *, void *state, struct error *);

#endif
