/* SPDX-License-Identifier: ISC */
/*
 * watch: being told that the queue of a spool may have changed (inotify(7)).
 *
 * A hint, never more: events coalesce and overflow, so whoever waits for one
 * looks by himself now and then.
 */
#ifndef ALERTSPOOL_WORKER_SPOOL_WATCH
#define ALERTSPOOL_WORKER_SPOOL_WATCH

struct error;
struct spool;

enum watch_news {
	WATCH_NOTHING, /* nothing that matters */
	WATCH_CHANGED, /* records came, or an alert's first one left */
	WATCH_GONE     /* a directory that is watched was removed or moved */
};

/* A descriptor to wait for input on, or -1 with ERROR_UNAVAILABLE. */
int watch_open(const struct spool *, struct error *);

/* Read all events that are there. */
enum watch_news watch_read(int fd);

#endif
