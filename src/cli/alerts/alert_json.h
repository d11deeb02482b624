/* SPDX-License-Identifier: ISC */
/*
 * alert_json: an alert as one line of JSON, for "alertspool alerts --json".
 */
#ifndef ALERTSPOOL_ALERTS_ALERT_JSON_H
#define ALERTSPOOL_ALERTS_ALERT_JSON_H

#include "cli/alerts/fold.h"

struct queue_marks;

/* Append the line with its newline, with the states in queues of the alert of this
 * number; for a record that cannot be read, from names. Memory failing marks the buffer. */
void alert_json(struct buf *, const struct fold *, const struct alert_fold *,
    const struct record_view *newest, const struct queue_marks *,
    size_t number);

/* Print a line of JSON; on a terminal characters that could steer it become \u escapes. 0
 * or -1. */
int alert_json_print(const struct buf *line, bool terminal, struct error *);

/* Add a member with this time in seconds, or null. */
void alert_json_time(struct buf *, const char *key, struct fold_time);

#endif
