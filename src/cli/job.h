/* SPDX-License-Identifier: ISC */
/*
 * job: one record's way through a runner, from the claim to ack, retry or dead
 * letter.
 *
 *	claim		new/ or cur/ to cur/, with a lease that is renewed at
 *			a third of it while the handler runs
 *	attempt		noted before the start, so that a handler that takes
 *			the machine down is not tried for ever
 *	handler		exit 0: done/; 65: dead/; anything else, a signal or
 *			the time-out: new/ again, not before its delay is over,
 *			or dead/ after the last attempt
 *
 * The alert of the record is held (queue.h) from before job_start() until the
 * job is over, and is freed here. Nothing here waits.
 */
#ifndef ALERTSPOOL_JOB_H
#define ALERTSPOOL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/claim.h"
#include "cli/handler.h"
#include "cli/relay.h"
#include "cli/work.h"

struct error;

enum job_stop {
	JOB_GOES_ON,
	JOB_TIMED_OUT,
	JOB_LOST,	/* somebody else has the record now */
	JOB_INTERRUPTED /* the runner is to end at once */
};

struct job {
	bool active;
	struct claim claim;
	struct handler handler;
	char short_id[SHORT_ID_SIZE];
	char last[RELAY_LAST_SIZE]; /* line that the handler printed */
	struct relay out, err;
	enum job_stop stop; /* why it is being stopped */
	/* Moments of clock_ms(); INT64_MAX: never. */
	int64_t renew_at, timeout_at, kill_at;
};

/*
 * Begin with a record whose alert is held. 1: its handler runs, and the job is
 * active. 0: there is nothing to run, because the record is gone, was buried or
 * is deferred, and its alert is free again. -1: likewise, and nothing more
 * should be begun.
 */
int job_start(struct job *, struct work *, const struct queue_item *,
    struct error *) __attribute__((warn_unused_result));

/* Do what is due by now: renew the lease, stop or kill the handler. */
void job_tick(struct job *, struct work *, int64_t now);

/* When job_tick() is to be called next. */
int64_t job_next(const struct job *);

/* Pass on some of what the handler printed to standard output, or error. */
void job_relay_out(struct job *);
void job_relay_err(struct job *);

/* Stop the handler: SIGTERM now, SIGKILL a little later. */
void job_interrupt(struct job *, const struct work *, int64_t now);

/*
 * Has the handler ended? Then the record is settled, its alert free, and the
 * job not active any more: 1. 0: it still runs. -1: settled as far as possible,
 * but nothing more should be begun.
 */
int job_settle(struct job *, struct work *, struct error *)
    __attribute__((warn_unused_result));

#endif
