/* SPDX-License-Identifier: ISC */
/*
 * gateway: how one request reaches us, CGI (RFC 3875) or FastCGI alike.
 *
 * Callbacks over a context; http.c is their only user and never sees which kind
 * it is. Tests make one out of memory.
 */
#ifndef ALERTSPOOL_RESPONDER_GATEWAY_H
#define ALERTSPOOL_RESPONDER_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct gateway {
	void *context;
	char *const *params; /* "NAME=value", NULL at the end; may repeat */

	bool params_over; /* there were more than may be, so there are none */

	/* Read up to n bytes of the body: the number, 0 at its end, -1 when the
	 * stream broke or the request's time is up. */
	ssize_t (*read)(void *context, void *bytes, size_t n);

	/* Is there a byte of the body that was not read? May be NULL: only
	 * read() can tell. Must not block. */
	int (*pending)(void *context);

	/* Drop what is left of the body, as long as it keeps coming: a server that
	 * is still sending may lose an answer when its pipe is closed. NULL: not
	 * needed. */
	void (*drain)(void *context);

	/* Write all: 0, or -1 when the peer is gone. */
	int (*write)(void *context, const void *bytes, size_t n);
};

#endif
