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
#include "cli/worker/claim.h"
#include "cli/worker/context.h"
#include "cli/worker/worker.h"

struct error;

enum job_stop {
	JOB_GOES_ON,
	JOB_TIMED_OUT,
	JOB_LOST,	/* another process has the record now */
	JOB_INTERRUPTED /* the runner must end at once */
};

struct job {
	bool active;
	struct claim claim;
	struct process handler;
	char short_id[SHORT_ID_SIZE];
	char last[LINE_RELAY_LAST_SIZE]; /* line that the handler printed */
	struct line_relay out, err;
	enum job_stop stop; /* why it is being stopped */
	int status;	    /* as of waitpid(2), when ended_at is set */
	bool after_unknown; /* the last start has no result */
	/* Moments of clock_ms(); INT64_MAX: never. */
	int64_t renew_at, timeout_at, kill_at, flush_at;
	int64_t ended_at; /* when the handler had ended; 0: it is running */
	int64_t end_at;	  /* do not check before */
};

/* All jobs of one worker: the state of job_ops(). */
struct jobs {
	struct job *job; /* owned */
	size_t n;
	bool begun;	  /* the next is set */
	sigset_t ignored; /* process_ignored() */
};

/* 0 or -1; free with jobs_free() either way. */
int jobs_init(struct jobs *, size_t n, struct error *);
void jobs_free(struct jobs *);

/* The operations of run for the worker's loop. */
struct worker_ops job_ops(const struct jobs *);

#endif
