/* SPDX-License-Identifier: ISC */
/*
 * tally: the line below a table of alerts: how many there are, how many records could not
 * be delivered, and when the last delivery was received.
 */
#ifndef ALERTSPOOL_ALERTS_TALLY_H
#define ALERTSPOOL_ALERTS_TALLY_H

#include "cli/alerts/fold.h"

struct settings;

struct tally {
	size_t state[FOLD_STATES];
	size_t open[SEVERITY_RANKS]; /* of those that are open */
	size_t without_id;	     /* records that belong to no alert */
	size_t dead, bad;	     /* records */
	struct fold_time heard;	     /* the last delivery */
};

/* Count an alert. */
void tally_add(struct tally *, const struct fold *);

/* Is one of this severity or worse open and not acknowledged? Unrated alerts never count.
 *  */
bool tally_is_bad(const struct tally *, enum severity_rank);

/* Count dead/ and bad/, and find the last delivery of any source. 0, or -1 with ERROR_IO.
 *  */
int tally_read(struct tally *, const struct spool *, const struct settings *,
    struct error *);

/* Append the line, without a newline, and broken if it is wider than the screen: "25 open
 * (6 CRITICAL, 19 WARNING), 3 acknowledged; not delivered: 10 dead; last delivery 3m
 * ago". */
void tally_line(struct buf *, const struct tally *, time_t now, int width);

#endif
