/* SPDX-License-Identifier: ISC */
/*
 * output_queue: standard output or standard error, written only when it accepts bytes.
 *
 * Text waits in memory until poll(2) reports that some of it can be written without
 * blocking. The descriptor's flags stay unchanged, because other processes share them.
 * Code that makes text stops while output_queue_is_full(), so memory is bounded.
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
	int failed;	 /* errno of a failed write; later text is dropped */
	struct buf text; /* append whole lines here */
	size_t sent;	 /* bytes of text already written */
};

void output_queue_init(struct output_queue *, int fd);
void output_queue_free(struct output_queue *);

/* Is there text waiting; and so much that no more should be made? */
bool output_queue_is_waiting(const struct output_queue *);
bool output_queue_is_full(const struct output_queue *);

/* The descriptor and events for poll(2): none unless text waits. */
struct pollfd output_queue_poll(const struct output_queue *);

/* Write what can be written now. 0, or -1 with errno in failed. */
int output_queue_flush(struct output_queue *);

#endif
