/* SPDX-License-Identifier: ISC */
/*
 * gateway_fcgi: requests of a FastCGI connection, by libfcgi.
 *
 * libfcgi knows no time-outs, so connections are accepted here and each gets
 * one timer: when it fires before the body is complete, the connection is shut
 * down and libfcgi sees its end. One request a connection: a connection that
 * the peer would keep is closed, because an idle one would hold a worker.
 * One gateway a process; single-threaded; uses SIGALRM.
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

/*
 * Make libfcgi ready in this process, and see whether a connection can be
 * handed to it; *handed_over tells. When not (another libfcgi than the ones
 * known), it must accept by itself, and nothing can be timed out: worth a
 * warning. listen_fd is set to blocking. 0 and *fcgi, or -1 with
 * ERROR_UNAVAILABLE.
 */
int fcgi_open(struct fcgi **, int listen_fd, int64_t timeout_ms,
    bool *handed_over, struct error *);

enum fcgi_event {
	FCGI_REQUEST,	  /* *gateway is the request; call fcgi_finish() */
	FCGI_INTERRUPTED, /* a signal, a time-out, a peer that left */
	FCGI_EXHAUSTED,	  /* not now, for want of descriptors, say: errno */
	FCGI_BROKEN /* no use going on: descriptor gone, library refuses */
};

/* Wait for the next request. Returns on every signal that is handled, and every
 * few seconds, so that the caller looks at its flags. */
enum fcgi_event fcgi_accept(struct fcgi *, const struct gateway **gateway);

/* The body is complete: what follows is no longer cut off. */
void fcgi_body_done(struct fcgi *);

/* Send the end of the answer and close the connection, within a second. */
void fcgi_finish(struct fcgi *);

void fcgi_close(struct fcgi *);

#endif
