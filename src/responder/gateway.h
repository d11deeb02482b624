/* SPDX-License-Identifier: ISC */
/*
 * gateway: one request, from CGI (RFC 3875) or FastCGI alike.
 *
 * Callbacks with a context; only http.c uses them, without knowing which kind it is.
 * Tests make one from memory.
 */
#ifndef ALERTSPOOL_RESPONDER_GATEWAY_H
#define ALERTSPOOL_RESPONDER_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct gateway {
	void *context;
	char *const *params; /* "NAME=value", NULL at the end; may repeat */

	bool params_over; /* there were too many, so none are kept */

	/* Read up to n bytes of the body: the number, 0 at its end, -1 when the stream
	 * broke or the time is up. */
	ssize_t (*read)(void *context, void *bytes, size_t n);

	/* Is there an unread byte of the body? May be NULL: only read() can tell. Must
	 * not block. */
	int (*pending)(void *context);

	/* Drop the rest of the body as it arrives: a server that is still sending may
	 * lose the answer when its pipe is closed. NULL: not needed. */
	void (*drain)(void *context);

	/* Write all: 0, or -1 when the peer is gone. */
	int (*write)(void *context, const void *bytes, size_t n);
};

#endif
