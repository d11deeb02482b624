/* SPDX-License-Identifier: ISC */
/*
 * gateway_fcgi: requests of FastCGI connections.
 *
 * A process holds several connections, and returns a request only when it is complete, so
 * a slow peer costs memory and not a worker. One request a connection: connections are
 * not kept. One gateway a process; single-threaded.
 */
#ifndef ALERTSPOOL_RESPONDER_GATEWAY_FCGI_H
#define ALERTSPOOL_RESPONDER_GATEWAY_FCGI_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/gateway.h"

struct error;
struct fcgi; /* opaque */

/* Is this descriptor a listening socket? */
bool fcgi_is_listening(int fd);

/* Prepare to accept. listen_fd is set to non-blocking. A request has timeout_ms to be
 * complete, and its body is kept up to max_body. 0 and *fcgi, or -1 with
 * ERROR_UNAVAILABLE. */
int fcgi_open(struct fcgi **, int listen_fd, int64_t timeout_ms,
    int64_t max_body, struct error *);

enum fcgi_event {
	FCGI_REQUEST,	  /* *gateway is the request; call fcgi_finish() */
	FCGI_INTERRUPTED, /* a signal, or a while without a request */
	FCGI_EXHAUSTED,	  /* not now, for example without descriptors: errno */
	FCGI_BROKEN	  /* permanent: descriptor gone, library refuses */
};

/* Wait for the next request that is complete, or that never will be: its body then ends
 * in an error. Returns on every handled signal, and every few seconds, so that the caller
 * checks its flags. */
enum fcgi_event fcgi_accept(struct fcgi *, const struct gateway **gateway);

/* Release the connection. It is closed at once if the peer has sent everything, otherwise
 * when it falls silent; nobody waits for that. */
void fcgi_finish(struct fcgi *);

/* Accept no more connections, and continue with the held ones: are there any? */
bool fcgi_leave(struct fcgi *);

void fcgi_close(struct fcgi *);

#endif
