/* SPDX-License-Identifier: ISC */
/*
 * http: a gateway's request as a value, and a response's value as bytes.
 *
 * A request owns copies of all it holds. A parameter that came more than once
 * is one value joined by ", ", as servers that join headers give it. Reading
 * never judges: what is wrong with a body is a value, too.
 */
#ifndef ALERTSPOOL_RESPONDER_HTTP_H
#define ALERTSPOOL_RESPONDER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "responder/gateway.h"

/* Bytes of all the parameters together that are read (struct http_request). */
#define HTTP_PARAMS_MAX (64 * 1024)

enum http_body {
	HTTP_BODY_WHOLE,
	HTTP_BODY_BAD_LENGTH, /* CONTENT_LENGTH is no number */
	HTTP_BODY_TOO_LARGE, /* more than the limit; not read, or not to its end */
	HTTP_BODY_SHORT,     /* fewer bytes than CONTENT_LENGTH */
	HTTP_BODY_LONG,	     /* more bytes than CONTENT_LENGTH */
	HTTP_BODY_BROKEN     /* the stream ended in an error or a time-out */
};

/* Strings are NULL when the parameter was absent. */
struct http_request {
	const char *method;
	const char *path; /* PATH_INFO */
	const char *query;
	const char *remote_addr;
	const char *content_length;
	const char *content_type;
	const char *content_encoding;
	const char *user_agent;
	const char *event;	/* X-MMS-Event */
	const char *signature;	/* X-MMS-Signature */
	const char *request_id; /* X-Mms-Request-Id */
	struct buf values;	/* where they lie */
	enum http_body body_is;
	struct buf body;
	bool forwarded;	  /* a proxy says that it passed this on */
	bool unread;	  /* bytes of the body may still come */
	bool params_over; /* over HTTP_PARAMS_MAX, and so none are there */
};

/*
 * Read the parameters and, for POST, the body: CONTENT_LENGTH bytes, or to the
 * end where that is unset (mod_cgid and a chunked body). A body that announces
 * more than max_body is not read. 0, or -1 when there is no memory. Free with
 * http_request_free() either way.
 */
int http_read(struct http_request *, const struct gateway *, int64_t max_body);

void http_request_free(struct http_request *);

/* The number in CONTENT_LENGTH: -1 when none is announced (absent, empty, or the
 * "-1" of servers that do not know it), -2 when it is no number. What does not fit
 * is more than any limit. */
int64_t http_announced_length(const char *text);

struct http_response {
	int status;
	const char *content_type;
	const char *allow; /* Allow header, or NULL */
	int retry_after;   /* seconds; 0: no header */
	struct buf body;
	bool head; /* headers only */
};

void http_response_free(struct http_response *);

/* "Forbidden" for 403 and so on; static. */
const char *http_reason(int status);

/* Write the response as CGI (RFC 3875 section 6, "Status:" first). 0, or -1
 * when the peer is gone or there is no memory. */
int http_write(const struct http_response *, const struct gateway *);

#endif
