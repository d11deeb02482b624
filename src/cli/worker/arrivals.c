/* SPDX-License-Identifier: ISC */
/*
 * arrivals: a commit is a link (IN_CREATE), a move is a rename. A rename within the
 * watched states is two adjacent events with one cookie.
 *
 * After an overflow the ctime shows what is new: link and rename set it.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdalign.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cli/worker/arrivals.h"
#include "cli/worker/spool_watch.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"

#define GONE (IN_DELETE_SELF | IN_MOVE_SELF)
#define ARRIVES (IN_CREATE | IN_MOVED_TO)

int
arrivals_open(struct arrivals *a, const struct spool *spool,
    unsigned int states, struct error *error)
{
	*a = (struct arrivals){.spool = spool, .states = states};
	for (int i = 0; i < SPOOL_STATES; i++)
		a->watch[i] = -1;
	a->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (a->fd == -1)
		return spool_watch_fail(error);
	/* A removed directory that is open raises no event itself; its parent does. */
	if (spool_watch_add(a->fd, spool_root(spool),
		IN_DELETE | IN_MOVED_FROM | GONE) == -1)
		return spool_watch_fail(error);
	clock_gettime(CLOCK_REALTIME_COARSE,
	    &a->last); /* the clock of ctimes */
	for (int i = 0; i < SPOOL_STATES; i++) {
		if ((states & SPOOL_IN(i)) == 0)
			continue;
		a->watch[i] = spool_watch_add(a->fd,
		    spool_dir(spool, (enum spool_state)i),
		    ARRIVES | IN_MOVED_FROM | GONE);
		if (a->watch[i] == -1)
			return spool_watch_fail(error);
	}
	return 0;
}

void
arrivals_close(struct arrivals *a)
{
	if (a->fd != -1)
		close(a->fd);
	a->fd = -1;
}

int
arrivals_wait(const struct arrivals *a, struct error *error)
{
	struct pollfd fds[] = {
	    {.fd = a->fd, .events = POLLIN},
	    {.fd = STDOUT_FILENO}, /* errors are always reported */
	};
	int n;

	do {
		n = poll(fds, 2, -1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		return error_sys(error, ERROR_IO, "poll");
	return fds[1].revents == 0;
}

/* ---- events --------------------------------------------------------- */

/* The state of this watch, or SPOOL_STATES for the spool itself. */
static enum spool_state
watched_state(const struct arrivals *a, int watch)
{
	int i = 0;

	while (i < SPOOL_STATES && a->watch[i] != watch)
		i++;
	return (enum spool_state)i;
}

static bool
is_gone(const struct arrivals *a, const struct inotify_event *event)
{
	enum spool_state state;

	if (event->mask & (GONE | IN_IGNORED | IN_UNMOUNT))
		return true;
	return watched_state(a, event->wd) == SPOOL_STATES && event->len > 0 &&
	    spool_state_parse(event->name, &state);
}

/* The state that the event's record came into, or SPOOL_STATES. */
static enum spool_state
arrival_state(struct arrivals *a, const struct inotify_event *event)
{
	const enum spool_state state = watched_state(a, event->wd);
	const uint32_t left = a->cookie;

	a->cookie = state != SPOOL_STATES && (event->mask & IN_MOVED_FROM)
	    ? event->cookie
	    : 0;
	if ((event->mask & IN_ISDIR) || !(event->mask & ARRIVES) ||
	    (left != 0 && event->cookie == left))
		return SPOOL_STATES;
	return state;
}

static int
visit(struct arrivals *a, const char *name, enum spool_state state,
    spool_visitor *visitor, void *context)
{
	struct error unknown = ERROR_INIT;
	struct stat st;

	if (!name_parse(name, NULL))
		return 0;
	if (spool_stat(a->spool, state, name, &st, &unknown) == 1 &&
	    timestamp_compare(st.st_ctim, a->last) > 0)
		a->last = st.st_ctim;
	return visitor(context, name, state);
}

/* Events were lost: find what came since the last arrival. */
static int
look_through(struct arrivals *a, spool_visitor *visitor, void *context,
    struct error *error)
{
	const struct timespec since = a->last;
	struct spool_scan *scan;
	struct spool_entry entry;
	struct stat st;
	int rc;

	if (spool_scan_open(&scan, a->spool, a->states, SPOOL_ASCENDING,
		error) == -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1) {
		rc = spool_stat(a->spool, entry.state, entry.name, &st, error);
		if (rc == 1 && timestamp_compare(st.st_ctim, since) >= 0)
			rc =
			    visit(a, entry.name, entry.state, visitor, context);
		else if (rc == 1)
			rc = 0;
		if (rc != 0)
			break;
	}
	spool_scan_close(scan);
	return rc;
}

int
arrivals_read(struct arrivals *a, spool_visitor *visitor, void *context,
    struct error *error)
{
	alignas(struct inotify_event) char events[16 * 1024];
	ssize_t n;
	int rc = 0;

	while (rc == 0 && (n = read(a->fd, events, sizeof(events))) > 0)
		for (const char *p = events; p < events + n && rc == 0;) {
			const struct inotify_event *event = (const void *)p;
			enum spool_state state;

			p += sizeof(*event) + event->len;
			if (event->mask & IN_Q_OVERFLOW) {
				rc = look_through(a, visitor, context, error);
				continue;
			}
			if (is_gone(a, event))
				return error_set(error, ERROR_UNAVAILABLE,
				    "the spool, or a part of it, was removed "
				    "or "
				    "moved away");
			state = arrival_state(a, event);
			if (state != SPOOL_STATES)
				rc = visit(a, event->name, state, visitor,
				    context);
		}
	return rc;
}
