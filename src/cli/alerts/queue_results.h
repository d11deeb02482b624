/* SPDX-License-Identifier: ISC */
/* queue_results: the result of one record in each queue. */
#ifndef ALERTSPOOL_ALERTS_QUEUE_RESULTS_H
#define ALERTSPOOL_ALERTS_QUEUE_RESULTS_H

#include "cli/alerts/life.h"
#include "cli/records/queue_list.h"
#include "lib/base/buf.h"

/* Call add_line() with a line for each queue that has a record of this name: "pager: done,
 * 2 tries, ack 2026-…: why". 0 or -1. */
typedef int queue_results_line(void *context, const struct buf *line,
    struct error *);
int queue_results_each(const struct queue_list *, const char *name,
    queue_results_line *, void *context, struct error *);

/* Append a JSON object: for each queue that has it, state, tries, result, when, reason. 0
 * or -1. */
int queue_results_json(struct buf *, const struct queue_list *,
    const char *name, struct error *);

#endif
