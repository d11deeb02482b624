/* SPDX-License-Identifier: ISC */
/*
 * Reading takes one walk over the parameters, so that repeated ones are seen
 * (libfcgi's own look-up gives the first and hides the rest), then the body
 * into one buffer of its announced size. Writing gives one buffer to the
 * gateway, so that an answer is whole or absent.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "responder/http.h"

#define DRAIN_MAX (16 * 1024 * 1024)
#define DRAIN_CHUNK 16384

/* Where each parameter goes. HTTP_CONTENT_LENGTH, which nginx passes, too, is
 * another thing and never looked at. */
static const struct {
	const char *name;
	size_t offset;
} parameters[] = {
    {"REQUEST_METHOD", offsetof(struct http_request, method)},
    {"PATH_INFO", offsetof(struct http_request, path)},
    {"QUERY_STRING", offsetof(struct http_request, query)},
    {"REMOTE_ADDR", offsetof(struct http_request, remote_addr)},
    {"CONTENT_LENGTH", offsetof(struct http_request, content_length)},
    {"CONTENT_TYPE", offsetof(struct http_request, content_type)},
    {"HTTP_USER_AGENT", offsetof(struct http_request, user_agent)},
    {"HTTP_X_MMS_EVENT", offsetof(struct http_request, event)},
    {"HTTP_X_MMS_SIGNATURE", offsetof(struct http_request, signature)},
    {"HTTP_X_MMS_REQUEST_ID", offsetof(struct http_request, request_id)},
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

static char **
field(struct http_request *r, size_t i)
{
	return (char **)((char *)r + parameters[i].offset);
}

/* Set a field to the value, or append it to the one that is there. */
static int
take_value(char **to, const char *value)
{
	struct buf joined = BUF_INIT;

	if (*to != NULL) {
		buf_adds(&joined, *to);
		buf_adds(&joined, ", ");
	}
	buf_adds(&joined, value);
	if (joined.failed) {
		buf_free(&joined);
		return -1;
	}
	free(*to);
	*to = joined.data;
	return 0;
}

static int
take_parameter(struct http_request *r, const char *parameter)
{
	const char *value = strchr(parameter, '=');
	size_t len;

	if (value == NULL)
		return 0;
	len = (size_t)(value - parameter);
	for (size_t i = 0; i < PARAMETERS; i++)
		if (strlen(parameters[i].name) == len &&
		    memcmp(parameters[i].name, parameter, len) == 0)
			return take_value(field(r, i), value + 1);
	return 0;
}

/* The announced length; -1 when none is announced, -2 when it is no number.
 * What does not fit is more than any limit. */
static int64_t
announced_length(const char *text)
{
	int64_t length = 0;

	if (text == NULL || *text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -2;
		if (length > (INT64_MAX - 9) / 10)
			length = INT64_MAX / 10 - 1; /* stays huge */
		length = length * 10 + (*text - '0');
	}
	return length;
}

/* Read until there are limit bytes, or the end. */
static int
read_up_to(struct http_request *r, const struct gateway *g, int64_t limit)
{
	ssize_t n;

	if (buf_reserve(&r->body, (size_t)limit) == -1)
		return -1;
	while ((int64_t)r->body.len < limit) {
		n = g->read(g->context, r->body.data + r->body.len,
		    (size_t)limit - r->body.len);
		if (n <= 0) {
			if (n < 0)
				r->body_is = HTTP_BODY_BROKEN;
			break;
		}
		r->body.len += (size_t)n;
		r->body.data[r->body.len] = '\0';
	}
	return 0;
}

static bool
more_to_read(const struct gateway *g)
{
	char byte;

	if (g->pending != NULL)
		return g->pending(g->context) != 0;
	return g->read(g->context, &byte, 1) > 0;
}

static int
read_body(struct http_request *r, const struct gateway *g, int64_t max_body)
{
	int64_t length = announced_length(r->content_length);

	if (length == -2)
		r->body_is = HTTP_BODY_BAD_LENGTH;
	if (length > max_body)
		r->body_is = HTTP_BODY_TOO_LARGE;
	if (r->body_is != HTTP_BODY_WHOLE) {
		r->left = DRAIN_MAX;
		return 0;
	}
	if (read_up_to(r, g, length == -1 ? max_body + 1 : length) == -1)
		return -1;
	if (r->body_is != HTTP_BODY_WHOLE)
		return 0;
	if ((int64_t)r->body.len > max_body) {
		r->body_is = HTTP_BODY_TOO_LARGE;
		r->left = DRAIN_MAX;
	} else if (length != -1 && (int64_t)r->body.len < length) {
		r->body_is = HTTP_BODY_SHORT;
	} else if (length != -1 && more_to_read(g)) {
		r->body_is = HTTP_BODY_LONG;
	}
	return 0;
}

int
http_read(struct http_request *r, const struct gateway *g, int64_t max_body)
{
	memset(r, 0, sizeof(*r));
	for (char *const *p = g->params; *p != NULL; p++)
		if (take_parameter(r, *p) == -1)
			return -1;
	if (r->method != NULL && strcmp(r->method, "POST") == 0)
		return read_body(r, g, max_body);
	if (announced_length(r->content_length) > 0)
		r->left = DRAIN_MAX; /* a body that nobody asked for */
	return 0;
}

void
http_drain(struct http_request *r, const struct gateway *g)
{
	char chunk[DRAIN_CHUNK];
	ssize_t n;

	for (; r->left > 0; r->left -= n) {
		n = g->read(g->context, chunk, sizeof(chunk));
		if (n <= 0)
			break;
	}
}

void
http_request_free(struct http_request *r)
{
	for (size_t i = 0; i < PARAMETERS; i++)
		free(*field(r, i));
	buf_free(&r->body);
	memset(r, 0, sizeof(*r));
}

void
http_response_free(struct http_response *r)
{
	buf_free(&r->body);
}

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
	    {200, "OK"},
	    {202, "Accepted"},
	    {400, "Bad Request"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {413, "Content Too Large"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

int
http_write(const struct http_response *r, const struct gateway *g)
{
	struct buf out = BUF_INIT;
	int rc = -1;

	buf_addf(&out, "Status: %d %s\r\nContent-Type: %s\r\n", r->status,
	    http_reason(r->status), r->content_type);
	if (r->allow != NULL)
		buf_addf(&out, "Allow: %s\r\n", r->allow);
	if (r->retry_after > 0)
		buf_addf(&out, "Retry-After: %d\r\n", r->retry_after);
	buf_addf(&out, "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n",
	    r->body.len);
	if (!r->head)
		buf_add(&out, r->body.data, r->body.len);
	if (!out.failed && !r->body.failed)
		rc = g->write(g->context, out.data, out.len);
	buf_free(&out);
	return rc;
}
