/* SPDX-License-Identifier: ISC */
/*
 * spool_watch: being told that the queue of a spool may have changed (inotify(7)).
 *
 * A hint, never more: events coalesce and overflow, so whoever waits for one
 * looks by himself now and then.
 */
#ifndef ALERTSPOOL_WORKER_SPOOL_WATCH_H
#define ALERTSPOOL_WORKER_SPOOL_WATCH_H

#include <stdint.h>

struct error;
struct spool;

enum spool_watch_news {
	SPOOL_WATCH_NOTHING, /* nothing that matters */
	SPOOL_WATCH_CHANGED, /* records came, or an alert's first one left */
	SPOOL_WATCH_GONE /* a directory that is watched was removed or moved */
};

/* A descriptor to wait for input on, or -1 with ERROR_UNAVAILABLE. */
int spool_watch_open(const struct spool *, struct error *);

/* Of an inotify descriptor: watch a directory that is open, whatever its path leads
 * to by now. The watch, or -1 with errno; and what that errno means, as
 * ERROR_UNAVAILABLE and -1. */
int spool_watch_add(int fd, int dir, uint32_t mask);
int spool_watch_fail(struct error *);

/* Read all events that are there. */
enum spool_watch_news spool_watch_read(int fd);

#endif
