/* SPDX-License-Identifier: ISC */
/*
 * spool_watch: events when the queue of a spool may have changed (inotify(7)).
 *
 * Only a hint: events coalesce and overflow, so the caller must also look from time to
 * time.
 */
#ifndef ALERTSPOOL_WORKER_SPOOL_WATCH_H
#define ALERTSPOOL_WORKER_SPOOL_WATCH_H

#include <stdint.h>

struct error;
struct spool;

enum spool_watch_news {
	SPOOL_WATCH_NOTHING, /* nothing relevant */
	SPOOL_WATCH_CHANGED, /* records came, or the first one of an alert left */
	SPOOL_WATCH_GONE     /* a watched directory was removed or moved */
};

/* A descriptor to wait for input on, or -1 with ERROR_UNAVAILABLE. */
int spool_watch_open(const struct spool *, struct error *);

/* Watch an open directory with an inotify descriptor, wherever its path leads now. The
 * watch, or -1 with errno; and the meaning of that errno, as ERROR_UNAVAILABLE and -1. */
int spool_watch_add(int fd, int dir, uint32_t mask);
int spool_watch_fail(struct error *);

/* Read all pending events. */
enum spool_watch_news spool_watch_read(int fd);

#endif
