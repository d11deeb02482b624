/* SPDX-License-Identifier: ISC */
/*
 * deliveries: one pass over all names of the spool that counts them by state and by day,
 * and keeps the last ones of the alerts on the page; the same for a queue, of which only
 * what is done and dead counts.
 */
#ifndef ALERTSPOOL_REPORT_DELIVERIES_H
#define ALERTSPOOL_REPORT_DELIVERIES_H

#include <stddef.h>
#include <stdint.h>

#include "cli/records/alert_set.h"
#include "lib/spool/spool.h"

struct error;

#define DELIVERIES_LAST 20 /* kept for each alert */
#define DELIVERIES_DAY (24 * 60 * 60)
#define DELIVERIES_DAYS_MAX 90

/* The last records of an alert, in order, at most DELIVERIES_LAST. */
struct deliveries_of {
	struct spool_entry last[DELIVERIES_LAST];
	size_t n;
};

/* What was done and given up in these days, by the TIME of the records. */
struct deliveries_results {
	uint64_t done, dead;
	struct deliveries_of last_done; /* whatever their TIME */
};

struct deliveries {
	struct alert_set wanted;
	struct deliveries_of *of; /* owned; by the numbers of that set */
	time_t first;		  /* when the first day begins */
	size_t days;		  /* at most DELIVERIES_DAYS_MAX */
	uint64_t day[DELIVERIES_DAYS_MAX]; /* records with a TIME of this day */
	uint64_t state[SPOOL_STATES];	   /* records */
	struct deliveries_results results;
};

/* The days, and room for this many alerts. 0, or -1 without memory. Free with
 * deliveries_free() either way. */
int deliveries_begin(struct deliveries *, time_t first, size_t days,
    size_t alerts, struct error *);

/* Keep the last records of this record's alert, too, which may have been added already.
 * The name is borrowed. No more calls than there is room for. 0, or -1 without memory. */
int deliveries_want(struct deliveries *, const char *name, struct error *);

/* The pass. 0, or -1 with ERROR_IO. */
int deliveries_read(struct deliveries *, const struct spool *, struct error *);

/* The last records of this record's alert, which was added before. */
const struct deliveries_of *deliveries_find(struct deliveries *,
    const char *name);

void deliveries_free(struct deliveries *);

/* One pass over what is done and dead in a queue; first is when the days begin. 0, or -1
 * with ERROR_IO. */
int deliveries_results_read(struct deliveries_results *, const struct spool *,
    time_t first, struct error *);

/* When the last of them was moved to done/, as far as the newest records of done/ tell.
 * False if none is there. */
bool deliveries_last_done(const struct deliveries_results *,
    const struct spool *, time_t *);

#endif
