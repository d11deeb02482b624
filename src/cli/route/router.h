/* SPDX-License-Identifier: ISC */
/*
 * router: copies each record of a spool into the queues that want it,
 * alertspool-spool(5), QUEUES.
 *
 * A record goes to done/ only when its copy is durable in each of them. If a queue has
 * the name already, it has the record, so that any step can be repeated.
 */
#ifndef ALERTSPOOL_ROUTE_ROUTER_H
#define ALERTSPOOL_ROUTE_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/settings/queues.h"
#include "lib/spool/queue.h"

struct error;
struct settings;

/* Does every record find a queue? If a queue has a condition on severity, something must
 * accept alerts without one: "default" in [severity], or a queue with "-" or without that
 * condition. 0, or -1 with ERROR_SETTINGS. */
int router_check(const struct settings *, const struct queues *,
    struct error *);

/* Print a line for the operator on standard error, about the record of this name or none
 * (NULL). */
void router_say(const char *name, const char *text);

struct router_counts {
	uint64_t routed;    /* records */
	uint64_t copies;    /* copies made */
	uint64_t unmatched; /* records */
};

struct router; /* opaque */

/* The spool, which is open for writing, and the settings are borrowed. Each look opens
 * the queues, and creates missing ones. "who" goes into histories. 0 or -1. */
int router_open(struct router **, struct spool *, const char *path,
    const struct queues *, const char *who, struct error *);
void router_close(struct router *);

/* Route records that are due and the first of their alert, up to a few hundred. 1; 0 when
 * there was none, and *rest is what waits; -1 with an error: no record of this look left
 * the spool without its copies, and the next look repeats it. */
int router_look(struct router *, struct queue_rest *rest, struct error *)
    __attribute__((warn_unused_result));

struct router_counts router_counted(const struct router *);

/* Print a line for each record in new/: its ID, and its queues. Changes nothing; the
 * spool may be open for reading. 0 or -1. */
int router_preview(struct router *, struct error *);

/* Copy this record, whatever its state and the conditions are, to one queue: into new/,
 * or from done/ or dead/ of the queue back to new/ if it is there. 1; 0 when it waits or
 * is being processed there already; -1. */
int router_give(struct router *, const struct spool_entry *, const char *queue,
    struct error *) __attribute__((warn_unused_result));

#endif
