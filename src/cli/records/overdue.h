/* SPDX-License-Identifier: ISC */
/*
 * overdue: how many records nobody works on, though somebody should, by their mtime.
 */
#ifndef ALERTSPOOL_RECORDS_OVERDUE_H
#define ALERTSPOOL_RECORDS_OVERDUE_H

#include <stdint.h>

#include "lib/spool/spool.h"

struct error;

/* Times that are worth a word, in seconds. */
#define OVERDUE_STALE 300	  /* since a lease ran out */
#define OVERDUE_WAITING (60 * 60) /* in new/, and due, as a rule */

struct overdue {
	uint64_t stale; /* in cur/: the lease ran out a while ago */
	uint64_t ahead; /* a lease or deferral further off than can be */
	uint64_t due;	/* in new/, and that for longer than may be */
	char example_stale[NAME_SIZE], example_ahead[NAME_SIZE]; /* or "" */
};

/* Look at all records of this state, new or cur; in new/ they may be due for so many
 * seconds. 0, or -1 with ERROR_IO and what was found so far. */
int overdue_read(struct overdue *, const struct spool *, enum spool_state,
    time_t waiting, struct error *);

#endif
