/* SPDX-License-Identifier: ISC */
/* queue_marks: the states of alerts in the queues of a spool. */
#ifndef ALERTSPOOL_ALERTS_QUEUE_MARKS_H
#define ALERTSPOOL_ALERTS_QUEUE_MARKS_H

#include "cli/records/alert_set.h"
#include "cli/records/queue_list.h"
#include "lib/base/buf.h"

struct error;

struct queue_marks {
	struct queue_list list;
	struct alert_set alerts; /* numbers are the caller's */
	unsigned char
	    *states; /* owned: SPOOL_IN() bits, for each number and queue */
};

#define QUEUE_MARKS_INIT {.list = QUEUE_LIST_INIT, .alerts = ALERT_SET_INIT}

/* Open the queues. 0 or -1. Free with queue_marks_free() either way. */
int queue_marks_open(struct queue_marks *, const struct spool *,
    const char *path, const struct queues *, struct error *);

/* Add the alert of this record, whose name must stay valid. 0 or -1. */
int queue_marks_ask(struct queue_marks *, const char *name, size_t number,
    struct error *);

/* Look through the names in all queues, once, for alerts with numbers below n. 0 or -1. */
int queue_marks_read(struct queue_marks *, size_t n, struct error *);

/* The worst state of an alert in a queue: "dead", "waiting", "running" or "done"; NULL:
 * the queue has no record of it. */
const char *queue_marks_word(const struct queue_marks *, size_t number,
    size_t queue);

/* Append "pager✓ chat✗": done, dead or, "…", on its way. */
void queue_marks_text(const struct queue_marks *, size_t number, struct buf *);

/* Append a JSON object: the word for each queue that has the alert. */
void queue_marks_json(const struct queue_marks *, size_t number, struct buf *);

void queue_marks_free(struct queue_marks *);

#endif
