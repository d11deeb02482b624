/* SPDX-License-Identifier: ISC */
/*
 * runner: works off the queue of a spool, several records at a time.
 *
 * One thread, one loop: handlers, their output, signals, time, and news from
 * the spool are waited for together. SIGTERM, SIGINT or SIGHUP: nothing new is
 * begun, and it ends when the handlers have; the second one stops them, and
 * their records are given back.
 */
#ifndef ALERTSPOOL_RUNNER_H
#define ALERTSPOOL_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/work.h"

struct error;

#define RUNNER_JOBS_MAX 1024

struct runner_options {
	const char *directory; /* of the spool */
	struct work_rules rules;
	size_t jobs;
	bool follow;
};

/*
 * Run until the queue is empty, or for ever (follow), or until a signal. Takes
 * over the spool, which is open for writing. The exit code: EX_OK; EX_TEMPFAIL
 * when something waits for its moment or for somebody else, or handlers were
 * stopped; or -1 with an error. Signals stay blocked: the process is about to end.
 */
int runner_run(struct spool *, const struct runner_options *, struct error *);

#endif
