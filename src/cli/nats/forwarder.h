/* SPDX-License-Identifier: ISC */
/*
 * forwarder: empties a spool into a stream, for "forward URL" and "run QUEUE".
 */
#ifndef ALERTSPOOL_NATS_FORWARDER_H
#define ALERTSPOOL_NATS_FORWARDER_H

#include "cli/frame/cli.h"
#include "cli/worker/worker.h"

/* Read the options of forward, open the spool (or the queue that options->rules.queue
 * names), and work until it ends, as worker_run() does. The exit code, or -1. */
int forwarder_run(struct cli *, const char *url, struct worker_options *,
    struct error *);

#endif
