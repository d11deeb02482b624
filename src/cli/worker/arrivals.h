/* SPDX-License-Identifier: ISC */
/*
 * arrivals: the names of records that come into some states of a spool, one by one as
 * they come (inotify(7)).
 *
 * A move from one of these states to another is not an arrival. If more came than the
 * kernel queues for a slow reader, the states are searched for new records, and a record
 * may be reported twice.
 */
#ifndef ALERTSPOOL_WORKER_ARRIVALS_H
#define ALERTSPOOL_WORKER_ARRIVALS_H

#include <stdint.h>

#include "lib/spool/spool.h"

struct error;

struct arrivals {
	const struct spool *spool; /* borrowed */
	unsigned int states;
	int fd;
	int watch[SPOOL_STATES]; /* -1: not watched */
	uint32_t cookie;	 /* of a record that has just left a state */
	struct timespec last;	 /* time of the last arrival; 0: the start */
};

#define ARRIVALS_INIT {.fd = -1}

/* Watch these states from now on. 0, or -1 with ERROR_UNAVAILABLE. */
int arrivals_open(struct arrivals *, const struct spool *, unsigned int states,
    struct error *);

void arrivals_close(struct arrivals *);

/* Wait for something to read. 1; 0 when the reader of standard output is gone; -1 with
 * ERROR_IO. */
int arrivals_wait(const struct arrivals *, struct error *);

/* Visit all records that have come; a record may have been moved since. 0; 1 when the
 * visitor ended it; -1 when the visitor failed, which reports that itself; or -1 with
 * ERROR_UNAVAILABLE when the spool was removed or moved away. */
int arrivals_read(struct arrivals *, spool_visitor *, void *context,
    struct error *);

#endif
