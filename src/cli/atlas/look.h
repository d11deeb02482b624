/* SPDX-License-Identifier: ISC */
/*
 * look: what the names in the spool tell now about a few alerts. The caller holds their
 * locks, so nobody moves their records meanwhile.
 */
#ifndef ALERTSPOOL_ATLAS_LOOK_H
#define ALERTSPOOL_ATLAS_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/spool/spool.h"

struct error;

struct look {
	char alert[NAME_ALERT_MAX + 1]; /* set by the caller */
	bool wanted;			/* likewise; else it is skipped */

	size_t records;		   /* in new, cur, done and dead */
	struct spool_entry newest; /* if there are any */
	uint64_t decider;	   /* from alert_decide() */
	bool ended;		   /* by a close or cancel */
};

/* Read all names once for these n alerts. 0, or -1 with ERROR_IO. */
int look_read(struct look *, size_t n, const struct spool *, struct error *);

#endif
