/* SPDX-License-Identifier: ISC */
/*
 * outlet: standard output or standard error, written only when it takes bytes.
 *
 * Text waits in memory until poll(2) says that a little of it can be written
 * without blocking; the descriptor itself stays as it is, because others share
 * it. Who produces text stops doing so while outlet_is_full(), so memory is
 * bounded.
 */
#ifndef ALERTSPOOL_OUTPUT_OUTPUT_QUEUE
#define ALERTSPOOL_OUTPUT_OUTPUT_QUEUE

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

struct outlet {
	int fd;
	bool terminal;
	int failed;	 /* errno of a write; what comes later is dropped */
	struct buf text; /* append whole lines here */
	size_t sent;	 /* bytes of text that are written */
};

void outlet_init(struct outlet *, int fd);
void outlet_free(struct outlet *);

/* Is there text that waits; and so much that no more should be made? */
bool outlet_is_waiting(const struct outlet *);
bool outlet_is_full(const struct outlet *);

/* Write what can be written now. 0, or -1 with errno in failed. */
int outlet_flush(struct outlet *);

#endif
