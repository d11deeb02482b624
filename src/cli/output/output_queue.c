/* SPDX-License-Identifier: ISC */
/*
 * output_queue: when poll(2) reports POLLOUT, a pipe takes PIPE_BUF bytes at once, and a
 * socket or terminal takes some, so single writes of at most that much do not block.
 * O_NONBLOCK would do it, too, but belongs to the open file that a shell and its other
 * children share.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/output/output_queue.h"

#define FULL ((size_t)256 * 1024)

void
output_queue_init(struct output_queue *o, int fd)
{
	*o = (struct output_queue){.fd = fd, .terminal = isatty(fd) == 1};
}

void
output_queue_free(struct output_queue *o)
{
	buf_free(&o->text);
	o->sent = 0;
}

bool
output_queue_is_waiting(const struct output_queue *o)
{
	return o->sent < o->text.len;
}

bool
output_queue_is_full(const struct output_queue *o)
{
	return o->text.len - o->sent >= FULL;
}

static bool
takes_bytes(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

struct pollfd
output_queue_poll(const struct output_queue *o)
{
	return (struct pollfd){.fd = output_queue_is_waiting(o) ? o->fd : -1,
	    .events = POLLOUT};
}

int
output_queue_flush(struct output_queue *o)
{
	ssize_t put;

	if (o->text.failed && o->failed == 0)
		o->failed = ENOMEM;
	while (o->failed == 0 && output_queue_is_waiting(o) &&
	    takes_bytes(o->fd)) {
		size_t n = o->text.len - o->sent;

		put = write(o->fd, o->text.data + o->sent,
		    n < PIPE_BUF ? n : PIPE_BUF);
		if (put > 0)
			o->sent += (size_t)put;
		else if (put == -1 && errno == EAGAIN)
			break; /* another process made it non-blocking */
		else if (put == -1 && errno != EINTR)
			o->failed = errno;
	}
	if (o->failed != 0 || !output_queue_is_waiting(o)) {
		buf_reset(&o->text);
		o->sent = 0;
	}
	return o->failed != 0 ? -1 : 0;
}
