/* SPDX-License-Identifier: ISC */
/*
 * refusals: keeps a flood of refused requests out of the log.
 *
 * Each minute, a process writes the first lines of each kind of refusal, and then one
 * line with the number of the others. Counters are not affected.
 */
#ifndef ALERTSPOOL_RESPONDER_REFUSALS_H
#define ALERTSPOOL_RESPONDER_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#define REFUSALS_LINES 20 /* of one kind, in a minute */
#define REFUSALS_KINDS 5
#define REFUSALS_MS 60000

/* the end of the minute; 0: no minute has begun */
struct refusals {
	int64_t until; /* the end of the minute; 0: none has begun */
	struct {
		const char *
		    outcome; /* Should the answer to a request that ended now (clock_ms())
				      * get a line? */
		unsigned int lines;
		uint64_t unwritten;
	} kind[REFUSALS_KINDS];
};

/* Write the lines with the numbers, if the minute is over or at_once is set. */
bool refusals_want(struct refusals *, int status, const char *outcome,
    int64_t now);

/* Write the lines with the numbers, if the minute is over or at_once. */
void refusals_sum(struct refusals *, int64_t now, bool at_once);

#endif
