/* SPDX-License-Identifier: ISC */
/*
 * client: one HTTP request as the sender makes it, by libcurl.
 *
 * TLS is verified, redirects are not followed, no proxy is used, and none of the user's
 * curl settings are read. A build without libcurl has client_send(), too, and it fails.
 */
#ifndef ALERTSPOOL_HTTP_CLIENT_H
#define ALERTSPOOL_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buf.h"

struct error;

#define CLIENT_TIMEOUT 15 /* seconds in total */

struct client_request {
	const char *url;
	bool get; /* GET, without a body, instead of POST */
	const void *body;
	size_t len;
	const char *event;     /* X-MMS-Event; NULL: none */
	const char *signature; /* X-MMS-Signature; NULL: none */
	const char *extra;     /* "Name: value", one more header; or NULL */
};

#define CLIENT_PEER_SIZE 64

struct client_answer {
	int status;
	struct buf body;	     /* the beginning, enough to show */
	struct buf location;	     /* the target of a redirect */
	char peer[CLIENT_PEER_SIZE]; /* the address that answered, as text */
};

/*
 * 0 and the answer, whatever its status; or -1: ERROR_BUSY when nobody answered in time,
 * ERROR_IO when something other than HTTP happened, such as an untrusted certificate,
 * ERROR_UNAVAILABLE without libcurl. Free the answer with client_answer_free() either
 * way.
 */
int client_send(const struct client_request *, struct client_answer *,
    struct error *);

void client_answer_free(struct client_answer *);

/* Append the headers as "Name: value" lines, each ended by line_end. */
void client_headers(struct buf *, const struct client_request *,
    const char *line_end);

#endif
