/* SPDX-License-Identifier: ISC */
/*
 * gateway_cgi: reads wait in poll(2) for the rest of the request's time, so that a
 * stalled server cannot block the process. Whether the body is longer than CONTENT_LENGTH
 * is checked without waiting, because the server need not close the pipe.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "responder/gateway_cgi.h"

#define DRAIN_MAX (16 * 1024 * 1024)
#define DRAIN_CHUNK 16384
#define DRAIN_SILENT_MS \
	250 /* silence after which a sending server is given up */

extern char **environ;

struct cgi {
	struct gateway gateway;
	int64_t deadline; /* milliseconds of CLOCK_MONOTONIC */
};

static int
wait_readable(int64_t deadline)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t left;
	int ready;

	do {
		left = deadline - clock_ms();
		ready = poll(&in, 1, left > 0 ? (int)left : 0);
	} while (ready == -1 && errno == EINTR);
	return ready;
}

static ssize_t
cgi_read(void *context, void *bytes, size_t n)
{
	const struct cgi *cgi = context;
	ssize_t got;

	do {
		if (wait_readable(cgi->deadline) <= 0)
			return -1;
		got = read(STDIN_FILENO, bytes, n);
	} while (got == -1 && (errno == EINTR || errno == EAGAIN));
	return got;
}

static int
cgi_pending(void *context)
{
	char byte;

	(void)context;
	return wait_readable(0) == 1 && read(STDIN_FILENO, &byte, 1) == 1;
}

static void
cgi_drain(void *context)
{
	const struct cgi *cgi = context;
	char chunk[DRAIN_CHUNK];
	int64_t silent, left = DRAIN_MAX;
	ssize_t got;

	do {
		silent = clock_ms() + DRAIN_SILENT_MS;
		if (silent > cgi->deadline)
			silent = cgi->deadline;
		if (wait_readable(silent) <= 0)
			return;
		got = read(STDIN_FILENO, chunk, sizeof(chunk));
		left -= got;
	} while (got > 0 && left > 0);
}

static int
cgi_write(void *context, const void *bytes, size_t n)
{
	(void)context;
	return file_write_full(STDOUT_FILENO, bytes, n);
}

bool
cgi_is_request(void)
{
	const char *interface = getenv("GATEWAY_INTERFACE");

	return interface != NULL && *interface != '\0';
}

bool
cgi_arguments_are_query(void)
{
	const char *query = getenv("QUERY_STRING");

	return cgi_is_request() && query != NULL && *query != '\0' &&
	    strchr(query, '=') == NULL;
}

const struct gateway *
cgi_gateway(int64_t timeout_ms)
{
	static struct cgi cgi;

	cgi = (struct cgi){
	    .gateway =
		{
		    .context = &cgi,
		    .params = environ,
		    .read = cgi_read,
		    .pending = cgi_pending,
		    .drain = cgi_drain,
		    .write = cgi_write,
		},
	    .deadline = clock_ms() + timeout_ms,
	};
	return &cgi.gateway;
}
