/* SPDX-License-Identifier: ISC */
/*
 * http: a gateway's request as a value, and a response's value as bytes.
 *
 * A request owns copies of everything in it. A repeated parameter is one value joined by
 * ", ", as from servers that join headers. Reading never judges: an error of the body is
 * a value, too.
 */
#ifndef ALERTSPOOL_RESPONDER_HTTP_H
#define ALERTSPOOL_RESPONDER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "responder/gateway.h"

/* Limit for the bytes of all parameters together (struct http_request). */
#define HTTP_PARAMS_MAX (64 * 1024)

enum http_body {
	HTTP_BODY_WHOLE,
	HTTP_BODY_BAD_LENGTH, /* CONTENT_LENGTH is not a number */
	HTTP_BODY_TOO_LARGE, /* more than the limit; not read, or only in part */
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
	bool forwarded;	  /* a proxy's header says that it was forwarded */
	bool unread;	  /* more of the body may still arrive */
	bool params_over; /* over HTTP_PARAMS_MAX, so none are kept */
};

/*
 * Read the parameters and, for POST, the body: CONTENT_LENGTH bytes, or to the end if
 * that is unset (mod_cgid and a chunked body). A body that announces more than max_body
 * is not read. 0, or -1 when there is no memory. Free with http_request_free() either
 * way.
 */
int http_read(struct http_request *, const struct gateway *, int64_t max_body);

void http_request_free(struct http_request *);

/* The number in CONTENT_LENGTH: -1 if none is announced (absent, empty, or the "-1" of
 * servers that do not know it), -2 if it is not a number. A number that does not fit
 * becomes larger than any limit. */
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
