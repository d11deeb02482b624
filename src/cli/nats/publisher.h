/* SPDX-License-Identifier: ISC */
/*
 * forwarder: a broker as what a runner gives its records to.
 *
 * Connects when there is room asked for, looks whether the stream fits, and
 * connects anew when the client library gave up. As long as the broker does
 * not answer, one record at a time finds out whether it does again, so that an
 * outage does not go through the whole spool.
 */
#ifndef ALERTSPOOL_NATS_PUBLISHER
#define ALERTSPOOL_NATS_PUBLISHER

#include <stdbool.h>
#include <stddef.h>

#include "cli/worker/worker.h"

struct error;
struct target;

struct forwarder; /* opaque */

struct forwarder_options {
	const struct target *target;
	size_t batch;
	bool follow; /* wait for the broker for ever */
};

/* Nothing is connected yet. The options are borrowed. 0 or -1. */
int forwarder_open(struct forwarder **, const struct forwarder_options *,
    struct error *);

void forwarder_close(struct forwarder *);

/* The trade of a forwarder. */
extern const struct trade forwarder_trade;

/* Words to put behind the error that ended a run, or NULL. */
const char *forwarder_advice(const struct forwarder *);

#endif
