/* SPDX-License-Identifier: ISC */
/*
 * spool_watch: in new/, a record comes by link (a commit), by rename (release, requeue)
 * or by a copy. In cur/ only leaving matters: the next record of that alert may be due
 * then. Our own claims raise no event, so that a runner does not wake itself. A removed
 * directory that we have open raises no event, so its parent is watched, too.
 *
 * The directories are watched through the spool's descriptors, so the open spool is
 * watched, wherever its path leads now.
 */
#include "config.h"

#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cli/worker/spool_watch.h"
#include "lib/base/error.h"
#include "lib/spool/spool.h"

#define GONE (IN_DELETE_SELF | IN_MOVE_SELF)
#define ROOT (IN_DELETE | IN_MOVED_FROM | GONE)
#define NEW \
	(IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | \
	    GONE)
#define CUR (IN_MOVED_FROM | IN_DELETE | GONE)

int
spool_watch_add(int fd, int dir, uint32_t mask)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	return inotify_add_watch(fd, path, mask | IN_ONLYDIR);
}

/* All processes of a user share both limits, so this process may not be the cause. */
int
spool_watch_fail(struct error *error)
{
	switch (errno) {
	case EMFILE:
		return error_sys(error, ERROR_UNAVAILABLE,
		    "inotify: this user has too many instances, and the sysctl "
		    "fs.inotify.max_user_instances must be raised, or this "
		    "process too many files (ulimit -n)");
	case ENOSPC:
		return error_sys(error, ERROR_UNAVAILABLE,
		    "inotify: this user has too many watches; raise the sysctl "
		    "fs.inotify.max_user_watches");
	default:
		return error_sys(error, ERROR_UNAVAILABLE, "inotify");
	}
}

int
spool_watch_open(const struct spool *spool, struct error *error)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1)
		return spool_watch_fail(error);
	if (spool_watch_add(fd, spool_root(spool), ROOT) != -1 &&
	    spool_watch_add(fd, spool_dir(spool, SPOOL_NEW), NEW) != -1 &&
	    spool_watch_add(fd, spool_dir(spool, SPOOL_CUR), CUR) != -1)
		return fd;
	spool_watch_fail(error);
	close(fd);
	return -1;
}

static enum spool_watch_news
judge_event(const struct inotify_event *event)
{
	enum spool_state state;

	if (event->mask & (GONE | IN_IGNORED | IN_UNMOUNT))
		return SPOOL_WATCH_GONE;
	/* Other directories than the states' come and go, such as history. */
	if ((event->mask & IN_ISDIR) && (event->mask & ROOT))
		return spool_state_parse(event->name, &state)
		    ? SPOOL_WATCH_GONE
		    : SPOOL_WATCH_NOTHING;
	/* Ignore dot-names, which are unfinished; an overflow has no name. */
	if (event->len > 0 && event->name[0] == '.')
		return SPOOL_WATCH_NOTHING;
	return SPOOL_WATCH_CHANGED;
}

enum spool_watch_news
spool_watch_read(int fd)
{
	alignas(struct inotify_event) char events[16 * 1024];
	enum spool_watch_news news = SPOOL_WATCH_NOTHING, one;
	ssize_t n;

	for (;;) {
		n = read(fd, events, sizeof(events));
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return news;
		for (const char *p = events; p < events + n;) {
			const struct inotify_event *event = (const void *)p;

			one = judge_event(event);
			if (one > news)
				news = one;
			p += sizeof(*event) + event->len;
		}
	}
}
