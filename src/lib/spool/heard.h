/* SPDX-License-Identifier: ISC */
/*
 * heard: when each source had its last delivery: the mtime of an empty file in the
 * spool's directory "heard".
 *
 * No guarantee depends on it: failures are ignored, and nothing is flushed.
 */
#ifndef ALERTSPOOL_SPOOL_HEARD_H
#define ALERTSPOOL_SPOOL_HEARD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct buf;
struct error;

#define HEARD_DIRECTORY "heard"

struct heard; /* opaque: holds the directory */

/* Open the directory below that of the spool, created if missing. 0 and *heard, or -1
 * with ERROR_IO, ERROR_DENIED or ERROR_CREATE. */
int heard_open(struct heard **, int spool_root, struct error *);

/* NULL is fine. */
void heard_close(struct heard *);

/* Note a delivery of this source now, at most once a second: now_ms is from clock_ms().
 * NULL for heard is fine. */
void heard_touch(struct heard *, const char *source, int64_t now_ms);

/* When was the last delivery of the source? False: never, or unknown. */
bool heard_last(int spool_root, const char *source, time_t *t);

/* Append the gauge of a source in Prometheus text format 0.0.4, 0 for never; with the
 * header lines before the first of its family. */
void heard_prometheus(struct buf *, int spool_root, const char *source,
    bool first);

#endif
