/* SPDX-License-Identifier: ISC */
/*
 * Accepting: the listening socket gets a receive time-out, for two reasons.
 * accept(2) on such a socket returns EINTR for every signal (signal(7)), though
 * all handlers are installed with SA_RESTART and thus harmless to reads of a
 * body; and a signal that comes just before accept(2) is noticed soon. Blocked
 * accepts are woken one at a time by the kernel, oldest first, which spreads
 * requests over the workers without a lock.
 *
 * Handing over: libfcgi takes an accepted connection when ipcFd is set before
 * FCGX_Accept_r() and keepConnection keeps it from closing it first. Both lie
 * below the header's "don't use", so fcgi_open() tries it on a socket pair.
 *
 * Cutting off: SIGALRM shuts the connection of the moment down for reading.
 * The answer can still be written. The timer is not set for every request: one
 * that fires too early for the connection of the moment is set again.
 *
 * Closing: answer and end of request go in one write, and a connection of which
 * all was read is then simply closed. libfcgi would wait for the peer to close
 * first; that is needed where a part of the body is unread, because the peer may
 * lose the answer otherwise.
 */
#include "config.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "responder/gateway_fcgi.h"

#define ACCEPT_SECONDS 2    /* the longest a flag goes unseen */
#define CLOSE_MS 1000	    /* for the peer to take the answer */
#define CLOSE_POLL_MS "250" /* of it, without any sign of life */
#define BACK_OFF_MS 50	    /* when descriptors run out, say */

struct fcgi {
	FCGX_Request request;
	struct gateway gateway;
	int listen_fd;
	int64_t timeout_ms;
	bool hands_over;
	bool inherits; /* accepted sockets inherit the receive time-out (TCP) */
};

/* For the signal handler: the connection that the timer cuts off, or -1, and
 * when. The deadline is only looked at while there is one. */
static volatile sig_atomic_t cut_fd = -1;
static volatile sig_atomic_t was_cut;
static volatile sig_atomic_t ticking; /* the timer will fire */
static volatile int64_t deadline;

static void
set_timer(int64_t ms)
{
	struct itimerval timer = {
	    .it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000},
	};

	ticking = 1;
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void
cut_off(int signal)
{
	int saved = errno;
	int64_t left;

	(void)signal;
	ticking = 0;
	if (cut_fd != -1) {
		left = deadline - clock_ms();
		if (left > 0) {
			set_timer(left);
		} else {
			was_cut = 1;
			shutdown(cut_fd, SHUT_RD);
		}
	}
	errno = saved;
}

/* A timer that ticks was set for an earlier deadline, unless this one is for
 * closing. */
static void
arm(int fd, int64_t ms, bool closing)
{
	deadline = clock_ms() + ms;
	was_cut = 0;
	cut_fd = fd;
	if (!ticking || closing)
		set_timer(ms);
}

static void
disarm(void)
{
	cut_fd = -1;
}

/* ---- the gateway's callbacks ---------------------------------------- */

static ssize_t
read_body(void *context, void *bytes, size_t n)
{
	struct fcgi *f = context;
	int got =
	    FCGX_GetStr(bytes, n > 1 << 20 ? 1 << 20 : (int)n, f->request.in);

	if (got == 0 && (FCGX_GetError(f->request.in) != 0 || was_cut))
		return -1;
	return got;
}

static int
write_answer(void *context, const void *bytes, size_t n)
{
	struct fcgi *f = context;

	if (FCGX_PutStr(bytes, (int)n, f->request.out) != (int)n)
		return -1;
	/* The last stream that is closed sends the end of the request. */
	FCGX_FClose(f->request.err);
	return FCGX_FClose(f->request.out);
}

/* ---- opening -------------------------------------------------------- */

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
take_connection(struct fcgi *f, int fd)
{
	if (FCGX_InitRequest(&f->request, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return -1;
	f->request.ipcFd = fd;
	f->request.keepConnection = 1; /* or it would be closed at once */
	return FCGX_Accept_r(&f->request);
}

/* Does libfcgi take a connection that was accepted elsewhere? Ask with the
 * smallest request there is. */
static bool
try_hand_over(struct fcgi *f)
{
	static const unsigned char hello[] = {
	    1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, /* begin */
	    1, 4, 0, 1, 0, 4, 0, 0, 1, 1, 'A', 'b',	    /* A=b */
	    1, 4, 0, 1, 0, 0, 0, 0, 1, 5, 0, 1, 0, 0, 0, 0, /* no more */
	};
	const char *value = NULL;
	int pair[2];
	bool works;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return false;
	works = write(pair[1], hello, sizeof(hello)) == (ssize_t)sizeof(hello);
	close(pair[1]);
	if (!works) {
		close(pair[0]);
		return false;
	}
	works = take_connection(f, pair[0]) == 0;
	if (works)
		value = FCGX_GetParam("A", f->request.envp);
	works = works && value != NULL && strcmp(value, "b") == 0;
	f->request.keepConnection = 0;
	FCGX_Finish_r(&f->request);
	return works;
}

static int
prepare_socket(struct fcgi *f, struct error *error)
{
	struct timeval wait = {.tv_sec = ACCEPT_SECONDS};
	int flags = fcntl(f->listen_fd, F_GETFL);
	int domain = AF_UNIX;
	socklen_t len = sizeof(domain);

	if (flags == -1 ||
	    fcntl(f->listen_fd, F_SETFL, flags & ~O_NONBLOCK) == -1 ||
	    setsockopt(f->listen_fd, SOL_SOCKET, SO_RCVTIMEO, &wait,
		sizeof(wait)) == -1 ||
	    getsockopt(f->listen_fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) ==
		-1)
		return error_sys(error, ERROR_UNAVAILABLE,
		    "the listening socket cannot be used");
	f->inherits = domain != AF_UNIX;
	return 0;
}

int
fcgi_open(struct fcgi **fcgi, int listen_fd, int64_t timeout_ms,
    bool *handed_over, struct error *error)
{
	struct sigaction alarm = {.sa_handler = cut_off,
	    .sa_flags = SA_RESTART};
	struct fcgi *f = calloc(1, sizeof(*f));

	*fcgi = NULL;
	if (f == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "FastCGI");
	f->listen_fd = listen_fd;
	f->timeout_ms = timeout_ms;
	f->gateway = (struct gateway){
	    .context = f,
	    .read = read_body,
	    .write = write_answer,
	};
	/* Read once, by FCGX_Init(). */
	if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", CLOSE_POLL_MS, 1) == -1 ||
	    sigaction(SIGALRM, &alarm, NULL) == -1 || FCGX_Init() != 0) {
		error_sys(error, ERROR_UNAVAILABLE, "libfcgi");
		goto fail;
	}
	if (prepare_socket(f, error) == -1)
		goto fail;
	f->hands_over = try_hand_over(f);
	*handed_over = f->hands_over;
	if (!f->hands_over &&
	    FCGX_InitRequest(&f->request, listen_fd,
		FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		error_set(error, ERROR_UNAVAILABLE, "libfcgi");
		goto fail;
	}
	*fcgi = f;
	return 0;
fail:
	free(f);
	return -1;
}

/* ---- requests ------------------------------------------------------- */

/* Was the failed accept about this moment, or will it fail for ever? */
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

static enum fcgi_event
accept_and_hand_over(struct fcgi *f)
{
	struct timeval none = {0};
	int fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1)
		return accept_failed();
	if (f->inherits)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none));
	arm(fd, f->timeout_ms, false);
	if (take_connection(f, fd) != 0) {
		/* libfcgi closed it, then failed to accept another. */
		disarm();
		return FCGI_INTERRUPTED;
	}
	return FCGI_REQUEST;
}

static enum fcgi_event
library_accept(struct fcgi *f)
{
	int rc = FCGX_Accept_r(&f->request);

	if (rc == 0)
		return FCGI_REQUEST;
	errno = rc < 0 && rc > -4096 ? -rc : EBADF;
	return accept_failed();
}

enum fcgi_event
fcgi_accept(struct fcgi *f, const struct gateway **gateway)
{
	enum fcgi_event event =
	    f->hands_over ? accept_and_hand_over(f) : library_accept(f);

	if (event != FCGI_REQUEST)
		return event;
	f->request.keepConnection = 0; /* whatever the peer would like */
	/* A broken stream of parameters leaves some of them, and no error. */
	if (FCGX_GetError(f->request.in) != 0 || was_cut) {
		fcgi_finish(f);
		return FCGI_INTERRUPTED;
	}
	f->gateway.params = f->request.envp;
	*gateway = &f->gateway;
	return FCGI_REQUEST;
}

void
fcgi_body_done(struct fcgi *f)
{
	(void)f;
	disarm();
}

void
fcgi_finish(struct fcgi *f)
{
	bool simply = f->hands_over && FCGX_HasSeenEOF(f->request.in) != 0 &&
	    FCGX_GetError(f->request.in) == 0;

	if (simply)
		f->request.keepConnection = 1;
	else if (f->hands_over)
		arm(f->request.ipcFd, CLOSE_MS, true);
	FCGX_Finish_r(&f->request); /* closes it when anything failed */
	disarm();
	if (simply && f->request.ipcFd != -1) {
		close(f->request.ipcFd);
		f->request.ipcFd = -1;
	}
}

void
fcgi_close(struct fcgi *f)
{
	if (f == NULL)
		return;
	disarm();
	if (!f->hands_over)
		FCGX_Free(&f->request, 1);
	free(f);
}
