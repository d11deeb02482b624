/* SPDX-License-Identifier: ISC */
/*
 * http: reading walks once over the parameters, so that repeated ones are seen (libfcgi's
 * own look-up returns the first and hides the rest), then reads the body into one buffer
 * of its announced size. Writing passes one buffer to the gateway, so that an answer is
 * complete or absent.
 */
#include "config.h"

#include <string.h>

#include "lib/base/error.h"
#include "responder/http.h"

#define HEAD_ROOM 256
#define VALUES_ROOM 1024 /* usual size of the values */

#define PARAMETER(name, member) \
	{name, sizeof(name) - 1, offsetof(struct http_request, member)}

/* Where each parameter goes. HTTP_CONTENT_LENGTH, which nginx also passes, is something
 * else and never used. */
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
    PARAMETER("HTTP_CONTENT_ENCODING", content_encoding),
    PARAMETER("HTTP_USER_AGENT", user_agent),
    PARAMETER("HTTP_X_MMS_EVENT", event),
    PARAMETER("HTTP_X_MMS_SIGNATURE", signature),
    PARAMETER("HTTP_X_MMS_REQUEST_ID", request_id),
};

/* Headers that proxies add. */
static const char *const proxy_marks[] = {"HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_CF_CONNECTING_IP",
    "HTTP_FORWARDED", "HTTP_VIA", NULL};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* The values of one parameter: the first, the parameters after it, and the number. */
struct values {
	const char *first;
	char *const *rest;
	size_t n;
};

/* The value after "NAME=", or NULL for another parameter. */
static const char *
value_of(const char *param, size_t which)
{
	const size_t len = parameters[which].len;

	if (strncmp(param, parameters[which].name, len) != 0 ||
	    param[len] != '=')
		return NULL;
	return param + len + 1;
}

static bool
is_proxy_mark(const char *param, size_t len)
{
	if (strncmp(param, "HTTP_", strlen("HTTP_")) != 0)
		return false;
	for (size_t i = 0; proxy_marks[i] != NULL; i++)
		if (strlen(proxy_marks[i]) == len &&
		    memcmp(param, proxy_marks[i], len) == 0)
			return true;
	return false;
}

/* Find the values of each parameter; *forwarded: there is also a proxy's header. */
static void
find_values(struct values found[PARAMETERS], bool *forwarded,
    char *const *params)
{
	const char *value;
	size_t len, i;

	for (; *params != NULL; params++) {
		len = strcspn(*params, "=");
		for (i = 0; i < PARAMETERS; i++)
			if (len == parameters[i].len &&
			    (value = value_of(*params, i)) != NULL)
				break;
		if (i < PARAMETERS && found[i].n++ == 0) {
			found[i].first = value;
			found[i].rest = params + 1;
		}
		*forwarded |= i == PARAMETERS && is_proxy_mark(*params, len);
	}
}

/* Append all values of one parameter, with ", " between them and a NUL at the end. */
static void
take_values(struct buf *values, size_t which, const struct values *found)
{
	char *const *params = found->rest;
	const char *value;

	buf_adds(values, found->first);
	while (
	    found->n > 1 && *params != NULL && values->len <= HTTP_PARAMS_MAX) {
		value = value_of(*params++, which);
		if (value == NULL)
			continue;
		buf_adds(values, ", ");
		buf_adds(values, value);
	}
	buf_addc(values, '\0');
}

/* The buffer may move, so pointers are set after the last value. */
static int
take_parameters(struct http_request *r, char *const *params)
{
	struct values found[PARAMETERS] = {{.n = 0}};
	size_t at[PARAMETERS];

	find_values(found, &r->forwarded, params);
	buf_reserve(&r->values, VALUES_ROOM);
	for (size_t i = 0; i < PARAMETERS; i++) {
		at[i] = r->values.len;
		if (found[i].n > 0 && r->values.len <= HTTP_PARAMS_MAX)
			take_values(&r->values, i, &found[i]);
	}
	if (r->values.failed)
		return -1;
	if (r->values.len > HTTP_PARAMS_MAX) {
		r->params_over = true;
		return 0;
	}
	for (size_t i = 0; i < PARAMETERS; i++)
		if (found[i].n > 0)
			*(const char **)((char *)r + parameters[i].offset) =
			    r->values.data + at[i];
	return 0;
}

int64_t
http_announced_length(const char *text)
{
	int64_t length = 0;

	if (text == NULL || *text == '\0' || strcmp(text, "-1") == 0)
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -2;
		if (length > (INT64_MAX - 9) / 10)
			length = INT64_MAX / 10 - 1; /* remains huge */
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
	int64_t length = http_announced_length(r->content_length);

	if (length == -2)
		r->body_is = HTTP_BODY_BAD_LENGTH;
	if (length > max_body)
		r->body_is = HTTP_BODY_TOO_LARGE;
	if (r->body_is != HTTP_BODY_WHOLE) {
		r->unread = true;
		return 0;
	}
	if (read_up_to(r, g, length == -1 ? max_body + 1 : length) == -1)
		return -1;
	if (r->body_is != HTTP_BODY_WHOLE)
		return 0;
	if ((int64_t)r->body.len > max_body) {
		r->body_is = HTTP_BODY_TOO_LARGE;
		r->unread = true;
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
	if (g->params_over)
		r->params_over = true;
	else if (take_parameters(r, g->params) == -1)
		return -1;
	if (r->params_over) {
		r->unread = true;
		return 0;
	}
	if (r->method != NULL && strcmp(r->method, "POST") == 0)
		return read_request_body(r, g, max_body);
	/* A body that the method does not use. */
	r->unread = http_announced_length(r->content_length) > 0;
	return 0;
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
