/* SPDX-License-Identifier: ISC */
/*
 * tally: counts that could not be added yet, because there is no spool or another process
 * holds the lock of its counters.
 *
 * It lies in memory that a process shares with all its children, so a worker that ends
 * because its spool is gone leaves its counts to its successors.
 */
#ifndef ALERTSPOOL_RESPONDER_TALLY_H
#define ALERTSPOOL_RESPONDER_TALLY_H

#include <stdint.h>

#include "lib/spool/metrics.h"

struct tally; /* opaque */

/* An empty one, or NULL without memory: then counts that cannot be added at once are
 * lost. It lives as long as the process. */
struct tally *tally_open(void);

/* Keep for later. */
void tally_keep(struct tally *, const struct metrics_delta *);

/* Add everything kept, and this, to the counters behind fd, or keep it all (-1 for no
 * counters; lock as for metrics_add()). Returns how many requests were answered while
 * there were no counters and are counted now. */
uint64_t tally_count(struct tally *, int fd, int lock,
    const struct metrics_delta *);

#endif
