/* SPDX-License-Identifier: ISC */
/*
 * summary: one line about an alert, made from its fields if the sender wrote no text for
 * people.
 */
#ifndef ALERTSPOOL_ALERT_SUMMARY_H
#define ALERTSPOOL_ALERT_SUMMARY_H

struct alert;
struct buf;

/* Append a number as people write it: at most two decimals, or three digits for numbers
 * below one. */
void alert_summary_number(struct buf *, double value);

/*
 * Append "FTS process CPU is 1.27 % on shop-shard-00-01" for a metric, else "HOST_DOWN on
 * shop-shard-00-01", as far as the fields are known, perhaps nothing. An event type other
 * than a passed threshold stands before a metric, with a colon. Numbers are rounded. The
 * text is not cut, and may hold control characters. Call it when everything else of the
 * alert is known.
 */
void alert_summary(const struct alert *, struct buf *);

#endif
