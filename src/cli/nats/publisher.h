/* SPDX-License-Identifier: ISC */
/*
 * publisher: a broker as what a runner gives its records to.
 *
 * Connects when there is room asked for, looks whether the stream fits, and
 * connects anew when the client library gave up. As long as the broker does
 * not answer, one record at a time finds out whether it does again, so that an
 * outage does not go through the whole spool.
 */
#ifndef ALERTSPOOL_NATS_PUBLISHER_H
#define ALERTSPOOL_NATS_PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/worker/worker.h"

struct error;
struct nats_options;

struct publisher; /* opaque */

struct publisher_options {
	const struct nats_options *target;
	size_t batch;
	bool follow; /* wait for the broker for ever */
};

/* Nothing is connected yet. The options are borrowed. 0 or -1. */
int publisher_open(struct publisher **, const struct publisher_options *,
    struct error *);

void publisher_close(struct publisher *);

/* What forward does in the worker's loop. */
extern const struct worker_ops publisher_ops;

/* Words to put behind the error that ended a run, or NULL. */
const char *publisher_advice(const struct publisher *);

#endif
