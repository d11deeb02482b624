/* SPDX-License-Identifier: ISC */
/*
 * summary: one line that says what an alert is about, made of its fields where
 * the sender wrote no text for people.
 */
#ifndef ALERTSPOOL_ALERT_SUMMARY_H
#define ALERTSPOOL_ALERT_SUMMARY_H

struct alert;
struct buf;

/* Append a number as people write it: two decimals at most, three digits of what is
 * less than one. */
void alert_summary_number(struct buf *, double value);

/*
 * Append "FTS process CPU is 1.27 % on shop-shard-00-01" for a metric, else
 * "HOST_DOWN on shop-shard-00-01": as much of it as the fields say, perhaps
 * nothing. An event type that says more than that a threshold was passed stands
 * before a metric, with a colon. Numbers are rounded. The text is not cut, and may
 * hold control characters. Call when everything else of the alert is known.
 */
void alert_summary(const struct alert *, struct buf *);

#endif
