/* SPDX-License-Identifier: ISC */
/*
 * job: one record in a runner, from the claim to ack, retry or dead letter.
 *
 *	claim		new/ or cur/ to cur/, with a lease that is renewed after
 *			a third of it while the handler runs
 *	attempt		noted before the start, so that a handler that crashes
 *			the machine is not tried without end
 *	handler		exit 0: done/; 65 with a witness (blame.h): dead/; 75:
 *			new/ again, and the spool rests; anything else, a signal
 *			or the time-out: new/ again, not before its delay is
 *			over, or dead/ after the last attempt
 *
 * The alert of the record is held (queue.h) from before the start until the job is over,
 * and is released here. Nothing here waits.
 */
#ifndef ALERTSPOOL_HANDLER_JOB_H
#define ALERTSPOOL_HANDLER_JOB_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "cli/handler/process.h"
#include "cli/output/line_relay.h"
#include "cli/worker/place.h"
#include "cli/worker/worker.h"

struct error;

enum job_stop {
	JOB_GOES_ON,
	JOB_TIMED_OUT,
	JOB_LOST,	/* another process has the record now */
	JOB_INTERRUPTED /* the runner must end at once */
};

struct job {
	struct place place;
	struct process handler;
	char short_id[SHORT_ID_SIZE];
	char last[LINE_RELAY_LAST_SIZE]; /* line that the handler printed */
	struct line_relay out, err;
	enum job_stop stop; /* why it is being stopped */
	int status;	    /* as of waitpid(2), when it has ended */
	bool after_unknown; /* the last start has no result */
	int64_t timeout_at, kill_at, flush_at; /* like those of the place */
};

/* Common to all jobs of one worker: the state of job_ops, at first all zero. */
struct jobs {
	bool begun;	  /* the next is set */
	sigset_t ignored; /* process_ignored() */
};

/* The operations of run for the worker's loop. */
extern const struct worker_ops job_ops;

#endif
