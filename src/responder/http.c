/* SPDX-License-Identifier: ISC */
/*
 * Reading takes one walk over the parameters, so that repeated ones are seen
 * (libfcgi's own look-up gives the first and hides the rest), then the body
 * into one buffer of its announced size. Writing gives one buffer to the
 * gateway, so that an answer is whole or absent.
 */
#include "config.h"

#include <string.h>

#include "lib/base/error.h"
#include "responder/http.h"

#define DRAIN_MAX (16 * 1024 * 1024)
#define DRAIN_CHUNK 16384

#define HEAD_ROOM 256
#define VALUES_ROOM 1024 /* what the values usually take */

#define PARAMETER(name, member) \
	{ \
		name, sizeof(name) - 1, offsetof(struct http_request, member) \
	}

/* Where each parameter goes. HTTP_CONTENT_LENGTH, which nginx passes, too, is
 * another thing and never looked at. */
static const struct {
	const char *name;
	size_t len;
	size_t offset;
} parameters[] = {
    PARAMETER("REQUEST_METHOD", method),
    PARAMETER("PATH_INFO", path),
    PARAMETER("QUERY_STRING", query),
    PARAMETER("REMOTE_ADDR", remote_addr),
    PARAMETER("CONTENT_LENGTH", content_length),
    PARAMETER("CONTENT_TYPE", content_type),
    PARAMETER("HTTP_USER_AGENT", user_agent),
    PARAMETER("HTTP_X_MMS_EVENT", event),
    PARAMETER("HTTP_X_MMS_SIGNATURE", signature),
    PARAMETER("HTTP_X_MMS_REQUEST_ID", request_id),
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* Add a value to the others, with its NUL; behind a copy of the one that came
 * before it, if one did. */
static void
take_value(struct buf *values, size_t *at, const char *value)
{
	const size_t before = *at;
	size_t n;

	*at = values->len;
	if (before != 0) {
		n = strlen(values->data + before);
		if (buf_reserve(values, n) == -1)
			return;
		buf_add(values, values->data + before, n);
		buf_adds(values, ", ");
	}
	buf_add(values, value, strlen(value) + 1);
}

static void
take_parameter(struct buf *values, size_t at[static PARAMETERS],
    const char *parameter)
{
	const char *value = strchr(parameter, '=');
	size_t len;

	if (value == NULL)
		return;
	len = (size_t)(value - parameter);
	for (size_t i = 0; i < PARAMETERS; i++)
		if (parameters[i].len == len &&
		    memcmp(parameters[i].name, parameter, len) == 0)
			take_value(values, &at[i], value + 1);
}

/* Where the values are is known when the last of them is there. */
static int
take_parameters(struct http_request *r, char *const *params)
{
	size_t at[PARAMETERS] = {0};

	buf_reserve(&r->values, VALUES_ROOM);
	buf_addc(&r->values, '\0'); /* so that none is at 0 */
	for (; *params != NULL && !r->values.failed; params++)
		take_parameter(&r->values, at, *params);
	if (r->values.failed)
		return -1;
	for (size_t i = 0; i < PARAMETERS; i++)
		if (at[i] != 0)
			*(const char **)((char *)r + parameters[i].offset) =
			    r->values.data + at[i];
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
read_request_body(struct http_request *r, const struct gateway *g,
    int64_t max_body)
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
	if (take_parameters(r, g->params) == -1)
		return -1;
	if (r->method != NULL && strcmp(r->method, "POST") == 0)
		return read_request_body(r, g, max_body);
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
	buf_wipe(&r->values); /* a token is among them */
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

static void
add_head(struct buf *out, const struct http_response *r)
{
	buf_adds(out, "Status: ");
	buf_addi(out, r->status);
	buf_addc(out, ' ');
	buf_adds(out, http_reason(r->status));
	buf_adds(out, "\r\nContent-Type: ");
	buf_adds(out, r->content_type);
	if (r->allow != NULL) {
		buf_adds(out, "\r\nAllow: ");
		buf_adds(out, r->allow);
	}
	if (r->retry_after > 0) {
		buf_adds(out, "\r\nRetry-After: ");
		buf_addi(out, r->retry_after);
	}
	buf_adds(out, "\r\nCache-Control: no-store\r\nContent-Length: ");
	buf_addi(out, (intmax_t)r->body.len);
	buf_adds(out, "\r\n\r\n");
}

int
http_write(const struct http_response *r, const struct gateway *g)
{
	struct buf out = BUF_INIT;
	int rc = -1;

	buf_reserve(&out, HEAD_ROOM + r->body.len);
	add_head(&out, r);
	if (!r->head)
		buf_add(&out, r->body.data, r->body.len);
	if (!out.failed && !r->body.failed)
		rc = g->write(g->context, out.data, out.len);
	buf_free(&out);
	return rc;
}
