/* SPDX-License-Identifier: ISC */
/*
 * worker: works off the queue of a spool, several records at a time.
 *
 * One thread, one loop: what the records are given to (run: handlers; forward: a
 * broker), signals, time, and news from the spool are waited for together.
 * SIGTERM, SIGINT or SIGHUP: nothing new is begun, and it ends when what was
 * begun has; the second one stops that, and the records are given back.
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
	size_t limit; /* of records that are begun; 0: none */
};

/*
 * What is done with records: places are numbered from 0 to jobs - 1, and each
 * has one record or none. Nothing here waits, but for room().
 */
struct worker_ops {
	const char *noun; /* what is in a place: "handler" */
	size_t polls;	  /* descriptors to wait on, for all together */
	bool
	    rests; /* a rest of the spool (rest.h) is the worker's business; else
		     * what is active alone asks for less by capacity() */

	/* Is there a record in this place? */
	bool (*is_active)(const void *state, size_t place);

	/*
	 * Begin with a record whose alert is held. 1: the place is active. 0:
	 * there is nothing to do, because the record is gone, was buried or is
	 * deferred, and its alert is free again. -1: likewise, and nothing more
	 * should be begun.
	 */
	int (*start)(void *state, size_t place, struct context *,
	    const struct queue_item *, struct error *);

	/* Is it over? Then the record is settled, its alert free, and the place
	 * not active any more: 1. 0: not yet. -1: settled as far as possible,
	 * but nothing more should be begun. */
	int (*poll_done)(void *state, size_t place, struct context *,
	    struct error *);

	/* Do what is due by now, and when is the next time? */
	void (*on_timer)(void *state, size_t place, struct context *,
	    int64_t now);
	int64_t (*next)(const void *state, size_t place);

	/* Come to an end soon. */
	void (*interrupt)(void *state, size_t place, struct context *,
	    int64_t now);

	/* Fill in what to wait on, and look what came. */
	void (*set_polls)(void *state, const struct context *, struct pollfd *);
	void (
	    *take_polls)(void *state, struct context *, const struct pollfd *);

	/* How many may be active, with so many that are; when to ask again is
	 * lowered to. With an error, nothing more should be begun. NULL: as
	 * many as there are places. */
	size_t (*capacity)(void *state, struct context *, size_t active,
	    int64_t *when, struct error *);
};

/*
 * Run until the queue is empty, or for ever (follow), or until a signal. Takes
 * over the spool, which is open for writing. The exit code: EX_OK; EX_TEMPFAIL
 * when something waits for its moment or for somebody else, or records were
 * given back; or -1 with an error. Signals stay blocked: the process is about to
 * end.
 */
int worker_run(struct spool *, const struct worker_options *,
    const struct worker_ops *, void *state, struct error *);

#endif
