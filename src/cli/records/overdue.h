/* SPDX-License-Identifier: ISC */
/*
 * overdue: counts records that nobody works on, though somebody should, by their mtime.
 */
#ifndef ALERTSPOOL_RECORDS_OVERDUE_H
#define ALERTSPOOL_RECORDS_OVERDUE_H

#include <stdint.h>

#include "lib/spool/spool.h"

struct error;

/* Limits for a warning, in seconds. */
#define OVERDUE_STALE 300	  /* since a lease expired */
#define OVERDUE_WAITING (60 * 60) /* in new/, and due, by default */

struct overdue {
	uint64_t stale; /* in cur/: the lease expired a while ago */
	uint64_t ahead; /* a lease or deferral ends later than allowed */
	uint64_t due;	/* in new/, due for longer than allowed */
	char example_stale[NAME_SIZE], example_ahead[NAME_SIZE]; /* or "" */
};

/* Examine all records of this state, new or cur; in new/ they may be due for this many
 * seconds. 0, or -1 with ERROR_IO and the findings so far. */
int overdue_read(struct overdue *, const struct spool *, enum spool_state,
    time_t waiting, struct error *);

#endif
