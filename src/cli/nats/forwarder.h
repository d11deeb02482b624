/* SPDX-License-Identifier: ISC */
/* forwarder: publishes a spool to a stream, for "forward URL" and "run QUEUE". */
#ifndef ALERTSPOOL_NATS_FORWARDER_H
#define ALERTSPOOL_NATS_FORWARDER_H

#include "cli/frame/cli.h"
#include "cli/worker/worker.h"

/* Read the options of forward, open the spool (or the queue in options->rules.queue), and
 * work until it ends, like worker_run(). The exit code, or -1. */
int forwarder_run(struct cli *, const char *url, struct worker_options *,
    struct error *);

#endif
