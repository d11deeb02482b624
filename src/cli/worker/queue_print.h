/* SPDX-License-Identifier: ISC */
/*
 * queue_print: the state of queues, for a person, a program, and Prometheus.
 */
#ifndef ALERTSPOOL_WORKER_QUEUE_PRINT_H
#define ALERTSPOOL_WORKER_QUEUE_PRINT_H

#include "cli/worker/queue_state.h"
#include "lib/base/buf.h"

/* Print a table, a line a queue: waiting, running, dead, oldest wait, resting since and
 * why. Width 0: columns separated by TAB. 0 or -1. */
int queue_print_table(const struct queue_state *, size_t n, int width,
    struct error *);

/* Append a JSON object of queues by their names. */
void queue_print_json(struct buf *, const struct queue_state *, size_t n);

/* Append the gauge of rests in Prometheus text format 0.0.4; nothing without queues. */
void queue_print_rests(struct buf *, const struct queue_state *, size_t n);

/* Print a line with the numbers of waiting and dead records of a queue; nothing if both
 * are 0. 0 or -1. */
int queue_print_left(const struct queue_entry *, struct error *);

/* Seconds since the oldest waiting record came into the queue's spool; 0: none. */
int64_t queue_oldest_wait(const struct queue_state *);

#endif
