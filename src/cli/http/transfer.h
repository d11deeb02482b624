/* SPDX-License-Identifier: ISC */
/*
 * transfer: requests with a password over a kept connection, by libcurl.
 *
 * TLS is verified and redirects are not followed. Proxies are those of the environment,
 * as for curl, but http uses none: it is only for this host. Memory that libcurl frees is
 * wiped, because passwords and tokens pass through it. A build without libcurl has
 * transfer_open(), too, and it fails.
 */
#ifndef ALERTSPOOL_HTTP_TRANSFER_H
#define ALERTSPOOL_HTTP_TRANSFER_H

#include <stddef.h>

#include "lib/base/buf.h"

struct error;

#define TRANSFER_TIMEOUT 30		 /* seconds for each answer */
#define TRANSFER_MOST ((size_t)16 << 20) /* bytes of an answer */

enum transfer_proof { TRANSFER_NO_PROOF, TRANSFER_BASIC, TRANSFER_DIGEST };

struct transfer_request {
	const char *method; /* GET, POST or PATCH */
	const char *url;
	const char *const *headers; /* "Name: value"; ends with NULL */
	const void *body;	    /* of POST and PATCH */
	size_t len;
	enum transfer_proof proof;
	const char *user, *password; /* of BASIC and DIGEST */
};

struct transfer_answer {
	int status;
	struct buf body;
	long
	    retry_after; /* seconds to wait, as the server asks; 0: not asked */
};

struct transfer; /* opaque */

/* ca_file has the trusted certificates, NULL: those of the system. 0 and *transfer, or -1
 * with ERROR_UNAVAILABLE. */
int transfer_open(struct transfer **, const char *ca_file, struct error *);

/* NULL is fine. */
void transfer_close(struct transfer *);

/*
 * 0 and the answer, whatever its status; or -1: ERROR_BUSY when there was none in time,
 * or only a part; ERROR_INPUT when it has over TRANSFER_MOST bytes; ERROR_IO when
 * something other than HTTP happened, such as an untrusted certificate. Free the answer
 * with transfer_answer_free() either way, which wipes it.
 */
int transfer_send(struct transfer *, const struct transfer_request *,
    struct transfer_answer *, struct error *);

void transfer_answer_free(struct transfer_answer *);

#endif
