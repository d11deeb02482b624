/* SPDX-License-Identifier: ISC */
/*
 * tally: the line below a table of alerts: how many there are, what could not be
 * delivered, and when something was received last.
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

/* Is one open, not acknowledged, that is so bad or worse? What has no severity never
 * is. */
bool tally_is_bad(const struct tally *, enum severity_rank);

/* Count dead/ and bad/, and look when any source was heard of. 0, or -1 with
 * ERROR_IO. */
int tally_read(struct tally *, const struct spool *, const struct settings *,
    struct error *);

/* Append the line, without a newline, and broken where it is wider than the screen:
 * "25 open (6 CRITICAL, 19 WARNING), 3 acknowledged; not delivered: 10 dead; last
 * delivery 3m ago". */
void tally_line(struct buf *, const struct tally *, time_t now, int width);

#endif
