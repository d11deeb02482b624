/* SPDX-License-Identifier: ISC */
/*
 * sample: test alerts, shaped like those of Atlas, Cloud Manager and Ops Manager, made
 * from a table.
 */
#ifndef ALERTSPOOL_SENDER_SAMPLE_H
#define ALERTSPOOL_SENDER_SAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/record/name.h"

struct buf;

struct sample {
	const char *name;
	const char *summary;	/* one line */
	const char *event_type; /* eventTypeName */
	enum transition event;	/* its usual event */
	const char *type_name;	/* typeName, or NULL */
	const char *headline;	/* of humanReadable */
	unsigned int fields;	/* its groups of fields */
	const char *metric;	/* metricName, or NULL */
	double value;
	const char *units;
};

/* The n-th sample, or NULL if n is too large. The first is the default. */
const struct sample *sample_get(size_t n);

/* The sample of this name, or NULL. */
const struct sample *sample_find(const char *name);

/*
 * Append the sample's body as this event (not TRANSITION_UNKNOWN) of an alert whose
 * latest moment is now. Each number makes a different alert. Memory failing marks the
 * buffer.
 */
void sample_body(struct buf *, const struct sample *, enum transition,
    time_t now, uint64_t number);

#endif
