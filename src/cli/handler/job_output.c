/* SPDX-License-Identifier: ISC */
/* job_output: reads the output of handlers from their pipes. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/handler/job_output.h"

#define READ_MAX (16 * 1024) /* bytes of a pipe at a time */

/* Read at most this many bytes; the number read. At the end the pipe is closed. */
static size_t
relay_some(int *fd, struct line_relay *relay, size_t most)
{
	char bytes[READ_MAX];
	ssize_t n =
	    read(*fd, bytes, most < sizeof(bytes) ? most : sizeof(bytes));

	if (n > 0) {
		line_relay_add(relay, bytes, (size_t)n);
		return (size_t)n;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		line_relay_end(relay);
		close(*fd);
		*fd = -1;
	}
	return 0;
}

static bool
is_handler(const struct context *w, pid_t pid)
{
	const struct job *j;

	for (size_t i = 0; (j = places_next(w->places, &i)) != NULL;)
		if (j->handler.pid == pid)
			return true;
	return false;
}

/* As process 1 we are the parent of everything that handlers leave behind, and nobody
 * else waits for it. An ended handler is left for the next round, and so are orphans
 * behind it. */
static void
reap_orphans(const struct context *w)
{
	pid_t pid;

	while ((pid = process_any_ended()) > 0 && !is_handler(w, pid))
		process_forget(pid);
}

void
job_output_set_polls(void *state, const struct context *w, struct pollfd *polls)
{
	bool out = !output_queue_is_full(&w->out),
	     err = !output_queue_is_full(&w->err);

	(void)state;
	reap_orphans(w);
	for (size_t i = 0; i < w->places->n; i++) {
		const struct job *j = places_at(w->places, i);

		polls[2 * i] = (struct pollfd){.events = POLLIN,
		    .fd = j->place.active && out ? j->handler.out : -1};
		polls[2 * i + 1] = (struct pollfd){.events = POLLIN,
		    .fd = j->place.active && err ? j->handler.err : -1};
	}
}

void
job_output_take_polls(void *state, struct context *w,
    const struct pollfd *polls)
{
	(void)state;
	for (size_t i = 0; i < w->places->n; i++) {
		struct job *j = places_at(w->places, i);

		if (polls[2 * i].revents != 0)
			relay_some(&j->handler.out, &j->out, READ_MAX);
		if (polls[2 * i + 1].revents != 0)
			relay_some(&j->handler.err, &j->err, READ_MAX);
	}
}

static void
drain(int *fd, struct line_relay *relay)
{
	int left = 0, n;

	if (*fd == -1)
		return;
	if (ioctl(*fd, FIONREAD, &left) == -1)
		left = 0;
	for (; left > 0 && *fd != -1; left -= n) {
		n = (int)relay_some(fd, relay, (size_t)left);
		if (n == 0)
			break;
	}
	line_relay_end(relay);
}

void
job_output_drain(struct job *j)
{
	drain(&j->handler.out, &j->out);
	drain(&j->handler.err, &j->err);
}
