/* SPDX-License-Identifier: ISC */
/*
 * gateway_fcgi: many connections, one complete request at a time.
 *
 * Accepting: the processes that share the socket wait in epoll_wait(2) with
 * EPOLLEXCLUSIVE, so the kernel wakes one of them for a connection. A process that holds
 * its maximum does not wait for more.
 *
 * Reading: libfcgi has neither limits nor time-outs, and it reads from one peer at a
 * time. So fcgi_stream.c collects each request, and libfcgi gets the parameters of
 * complete ones through fcgi_library.c. The body comes from memory.
 *
 * Closing: a peer that is still sending may lose the answer when the connection is
 * closed. So the sending side is shut, and input is dropped as long as it keeps coming.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "responder/fcgi_library.h"
#include "responder/fcgi_stream.h"
#include "responder/gateway_fcgi.h"

#define TICK_MS 2000   /* the longest time until a flag is seen */
#define ANSWER_MS 1000 /* for the peer to take the answer */
#define SILENT_MS 250  /* silence after which a sending peer is given up */
#define DRAIN_MAX (16 * 1024 * 1024)
#define BACK_OFF_MS 50 /* for example when descriptors run out */
#define CHUNK 65536
/* The number of held connections is limited by what they may send. */
#define HELD_BYTES (8 * 1024 * 1024)
#define HELD_MIN 4
#define HELD_MAX 64

struct conn {
	int fd;		  /* -1: a free place */
	bool polled;	  /* epoll watches it */
	bool draining;	  /* it was answered */
	bool broken;	  /* the peer left, or the time is up */
	int64_t deadline; /* of the request, or of the silence */
	int64_t drain_until;
	size_t drained;
	struct fcgi_stream stream;
};

struct fcgi {
	struct fcgi_library *library;
	struct gateway gateway;
	int listen_fd;
	int epoll;
	bool door;    /* epoll watches for new connections … */
	bool leaving; /* … and will not any more */
	int64_t timeout_ms;
	int64_t max_body;
	size_t max, held;
	struct conn *conn; /* max of them */
	struct conn *now;  /* the request that was returned */
	size_t at;	   /* bytes of its body already read */
	char chunk[CHUNK];
};

/* ---- connections ---------------------------------------------------------- */

static void
conn_close(struct fcgi *f, struct conn *c)
{
	close(c->fd); /* epoll forgets it */
	fcgi_stream_free(&c->stream);
	c->fd = -1;
	f->held--;
}

static int
conn_poll(struct fcgi *f, struct conn *c)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};

	if (!c->polled &&
	    epoll_ctl(f->epoll, EPOLL_CTL_ADD, c->fd, &event) == -1)
		return -1;
	c->polled = true;
	return 0;
}

static struct conn *
conn_open(struct fcgi *f, int fd)
{
	struct conn *c = f->conn;

	while (c->fd != -1)
		c++; /* one is free, or the socket would not be watched */
	*c = (struct conn){.fd = fd, .deadline = clock_ms() + f->timeout_ms};
	fcgi_stream_init(&c->stream, f->max_body);
	f->held++;
	return c;
}

/* Send all within this many milliseconds: 0, or -1. */
static int
send_all(int fd, const char *p, size_t n, int64_t wait_ms)
{
	const int64_t deadline = clock_ms() + wait_ms;
	struct pollfd out = {.fd = fd, .events = POLLOUT};
	ssize_t put;

	while (n > 0) {
		put = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put == -1 && errno == EAGAIN && clock_ms() < deadline)
			(void)poll(&out, 1, (int)(deadline - clock_ms()));
		else if (put == -1 && errno != EINTR)
			return -1;
		if (put > 0) {
			p += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

/* From now on it may be silent for this long. */
static void
set_silence(struct conn *c)
{
	c->deadline = clock_ms() + SILENT_MS;
	if (c->deadline > c->drain_until)
		c->deadline = c->drain_until;
}

/* Read what is available, at most a chunk. */
static void
conn_read(struct fcgi *f, struct conn *c)
{
	ssize_t got = recv(c->fd, f->chunk, sizeof(f->chunk), MSG_DONTWAIT);

	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		c->broken = true;
	} else if (c->draining) {
		c->drained += (size_t)got;
		c->broken = c->drained > DRAIN_MAX;
		set_silence(c);
	} else {
		fcgi_stream_feed(&c->stream, f->chunk, (size_t)got);
		/* An answer of the protocol; a peer that does not take it does not
		 * matter. */
		(void)send_all(c->fd, c->stream.reply.data, c->stream.reply.len,
		    0);
		buf_reset(&c->stream.reply);
	}
}

/* Can it be returned now? A connection without parameters, or one that was answered, ends
 * here when there is nothing to wait for. */
static bool
conn_is_ready(struct fcgi *f, struct conn *c)
{
	enum fcgi_progress progress = fcgi_stream_progress(&c->stream);

	if (c->draining || progress == FCGI_FAILED ||
	    (c->broken && !c->stream.params_end)) {
		if (!c->draining || c->broken)
			conn_close(f, c);
		return false;
	}
	if (c->broken || progress != FCGI_MORE)
		return true;
	if (conn_poll(f, c) == -1)
		conn_close(f, c);
	return false;
}

/* ---- the gateway's callbacks ---------------------------------------------- */

static ssize_t
read_body(void *context, void *bytes, size_t n)
{
	struct fcgi *f = context;
	const struct buf *body = &f->now->stream.body;
	const size_t left = body->len - f->at;

	if (left == 0)
		return f->now->broken ? -1 : 0;
	if (n > left)
		n = left;
	memcpy(bytes, body->data + f->at, n);
	f->at += n;
	return (ssize_t)n;
}

static int
body_goes_on(void *context)
{
	const struct fcgi *f = context;

	return f->at < f->now->stream.body.len;
}

static int
write_answer(void *context, const void *bytes, size_t n)
{
	struct fcgi *f = context;
	struct buf records = BUF_INIT;
	int rc = fcgi_library_answer(f->library, bytes, n, &records);

	if (rc == 0)
		rc = send_all(f->now->fd, records.data, records.len, ANSWER_MS);
	buf_free(&records);
	return rc;
}

/* ---- opening -------------------------------------------------------------- */

bool
fcgi_is_listening(int fd)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) ==
	    0 &&
	    listening != 0;
}

static int
open_door(struct fcgi *f)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
	const bool open = !f->leaving && f->held < f->max;

	if (open == f->door)
		return 0;
	if (epoll_ctl(f->epoll, open ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
		f->listen_fd, &event) == -1)
		return -1;
	f->door = open;
	return 0;
}

static size_t
count_places(int64_t max_body)
{
	const int64_t n = HELD_BYTES / (max_body + FCGI_PARAMS_MAX);

	if (n < HELD_MIN)
		return HELD_MIN;
	return n > HELD_MAX ? HELD_MAX : (size_t)n;
}

static int
prepare(struct fcgi *f, struct error *error)
{
	const int flags = fcntl(f->listen_fd, F_GETFL);

	f->conn = calloc(f->max, sizeof(*f->conn));
	if (f->conn == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "FastCGI");
	for (size_t i = 0; i < f->max; i++)
		f->conn[i].fd = -1;
	if (fcgi_library_open(&f->library, error) == -1)
		return -1;
	f->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (f->epoll == -1 || flags == -1 ||
	    fcntl(f->listen_fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    open_door(f) == -1)
		return error_sys(error, ERROR_UNAVAILABLE,
		    "the listening socket cannot be used");
	return 0;
}

int
fcgi_open(struct fcgi **fcgi, int listen_fd, int64_t timeout_ms,
    int64_t max_body, struct error *error)
{
	struct fcgi *f = calloc(1, sizeof(*f));

	*fcgi = NULL;
	if (f == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "FastCGI");
	f->listen_fd = listen_fd;
	f->epoll = -1;
	f->timeout_ms = timeout_ms;
	f->max_body = max_body;
	f->max = count_places(max_body);
	f->gateway = (struct gateway){
	    .context = f,
	    .read = read_body,
	    .pending = body_goes_on,
	    .write = write_answer,
	};
	if (prepare(f, error) == -1) {
		fcgi_close(f);
		return -1;
	}
	*fcgi = f;
	return 0;
}

/* ---- requests ------------------------------------------------------------- */

/* Is the failure temporary, or will it last? */
static enum fcgi_event
accept_failed(void)
{
	const int sys = errno;

	switch (sys) {
	case EBADF:
	case EINVAL:
	case ENOTSOCK:
	case EOPNOTSUPP:
		return FCGI_BROKEN;
	case EINTR:
	case EAGAIN:
	case ECONNABORTED:
		return FCGI_INTERRUPTED;
	default:
		poll(NULL, 0, BACK_OFF_MS);
		errno = sys;
		return FCGI_EXHAUSTED;
	}
}

/* The connection with the earliest deadline, or NULL. */
static struct conn *
next_due(const struct fcgi *f)
{
	struct conn *due = NULL;

	for (size_t i = 0; f->held > 0 && i < f->max; i++)
		if (f->conn[i].fd != -1 &&
		    (due == NULL || f->conn[i].deadline < due->deadline))
			due = &f->conn[i];
	return due;
}

/* Wait for a connection with input or a passed deadline: *ready, with its input read.
 * Otherwise the reason. */
static enum fcgi_event
wait_for_one(struct fcgi *f, struct conn **ready)
{
	struct conn *due = next_due(f);
	const int64_t left = due != NULL ? due->deadline - clock_ms() : TICK_MS;
	struct epoll_event event;
	int n, fd;

	n = epoll_wait(f->epoll, &event, 1,
	    left < 0 ? 0 : (int)(left < TICK_MS ? left : TICK_MS));
	if (n == -1)
		return accept_failed();
	if (due != NULL && due->deadline <= clock_ms()) {
		due->broken = true;
		*ready = due;
		return FCGI_REQUEST;
	}
	if (n == 0)
		return FCGI_INTERRUPTED;
	*ready = event.data.ptr;
	if (*ready == NULL) {
		fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd == -1)
			return accept_failed();
		*ready = conn_open(f, fd);
	}
	conn_read(f, *ready);
	return FCGI_REQUEST;
}

/* Return a request: 0, or -1 if libfcgi refuses it. */
static int
hand_out(struct fcgi *f, struct conn *c)
{
	char *const *params = fcgi_library_begin(f->library, &c->stream);

	if (params == NULL) {
		fcgi_library_end(f->library);
		conn_close(f, c);
		return -1;
	}
	f->now = c;
	f->at = 0;
	f->gateway.params = params;
	f->gateway.params_over = c->stream.params_over;
	return 0;
}

enum fcgi_event
fcgi_accept(struct fcgi *f, const struct gateway **gateway)
{
	enum fcgi_event event;
	struct conn *c = NULL;

	do {
		if (open_door(f) == -1)
			return accept_failed();
		event = wait_for_one(f, &c);
		if (event != FCGI_REQUEST)
			return event;
	} while (!conn_is_ready(f, c) || hand_out(f, c) == -1);
	*gateway = &f->gateway;
	return FCGI_REQUEST;
}

void
fcgi_finish(struct fcgi *f)
{
	struct conn *c = f->now;

	fcgi_library_end(f->library);
	f->now = NULL;
	if (c->broken || c->stream.body_end || shutdown(c->fd, SHUT_WR) == -1 ||
	    conn_poll(f, c) == -1) {
		conn_close(f, c);
		return;
	}
	c->draining = true;
	c->drain_until = clock_ms() + f->timeout_ms;
	set_silence(c);
}

bool
fcgi_leave(struct fcgi *f)
{
	f->leaving = true;
	return f->held > 0;
}

void
fcgi_close(struct fcgi *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; f->epoll != -1 && i < f->max; i++)
		if (f->conn[i].fd != -1)
			conn_close(f, &f->conn[i]);
	fcgi_library_close(f->library);
	if (f->epoll != -1)
		close(f->epoll);
	free(f->conn);
	free(f);
}
