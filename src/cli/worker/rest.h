/* SPDX-License-Identifier: ISC */
/*
 * rest: a spool whose destination does not answer rests. Then one record at a time is
 * tried, with growing pauses, until one succeeds.
 *
 * The file "rest" in the spool, alertspool-spool(5), applies to all runners and is shown
 * by stats, check and the page. If the moment in it is further ahead than any pause, or
 * the file is damaged, the next try is due now.
 */
#ifndef ALERTSPOOL_WORKER_REST_H
#define ALERTSPOOL_WORKER_REST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/buf.h"

struct error;
struct spool;

#define REST_FILE "rest"
#define REST_TEMPORARY \
	"." REST_FILE "." /* and a process id, until it is renamed */
#define REST_PAUSE_MIN_MS 1000
#define REST_PAUSE_MAX_MS 60000

/* The content of the file. */
struct rest {
	struct timespec since, next; /* by the system clock */
	int64_t pause;		     /* in milliseconds */
	char why[512];
};

/* The shortest and the longest pause, for a back-off of this many milliseconds. */
int64_t rest_pause_min(int64_t backoff);
int64_t rest_pause_max(int64_t backoff);

/* Read the file: 1; 0 when the spool does not rest; or -1 with ERROR_IO. */
int rest_read(struct rest *, const struct spool *, int64_t backoff,
    struct error *) __attribute__((warn_unused_result));

/* Write it: next is pause from now on. 0 or -1. */
int rest_write(const struct spool *, const struct rest *, struct error *)
    __attribute__((warn_unused_result));

/* Remove it. 0, even if there is none, or -1. */
int rest_end(const struct spool *, struct error *)
    __attribute__((warn_unused_result));

#endif
