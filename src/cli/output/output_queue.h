/* SPDX-License-Identifier: ISC */
/*
 * output_queue: standard output or standard error, written only when it takes bytes.
 *
 * Text waits in memory until poll(2) says that a little of it can be written
 * without blocking; the descriptor itself stays as it is, because others share
 * it. Who produces text stops doing so while output_queue_is_full(), so memory is
 * bounded.
 */
#ifndef ALERTSPOOL_OUTPUT_OUTPUT_QUEUE_H
#define ALERTSPOOL_OUTPUT_OUTPUT_QUEUE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

struct output_queue {
	int fd;
	bool terminal;
	int failed;	 /* errno of a write; what comes later is dropped */
	struct buf text; /* append whole lines here */
	size_t sent;	 /* bytes of text that are written */
};

void output_queue_init(struct output_queue *, int fd);
void output_queue_free(struct output_queue *);

/* Is there text that waits; and so much that no more should be made? */
bool output_queue_is_waiting(const struct output_queue *);
bool output_queue_is_full(const struct output_queue *);

/* What to wait for with poll(2): nothing unless text waits. */
struct pollfd output_queue_poll(const struct output_queue *);

/* Write what can be written now. 0, or -1 with errno in failed. */
int output_queue_flush(struct output_queue *);

#endif
