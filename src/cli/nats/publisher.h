/* SPDX-License-Identifier: ISC */
/*
 * publisher: gives a runner's records to a broker.
 *
 * Connects when it is asked for capacity, checks that the stream fits, and connects again
 * when the client library gave up. While the broker does not answer, only one record at a
 * time is published, as a test, so that an outage does not use up attempts of the whole
 * spool.
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
	bool follow; /* wait for the broker without end */
};

/* Nothing is connected yet. The options are borrowed. 0 or -1. */
int publisher_open(struct publisher **, const struct publisher_options *,
    struct error *);

void publisher_close(struct publisher *);

/* The operations of forward for the worker's loop. */
extern const struct worker_ops publisher_ops;

/* Advice to append to the error that ended a run, or NULL. */
const char *publisher_advice(const struct publisher *);

#endif
