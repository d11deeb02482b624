/* SPDX-License-Identifier: ISC */
/* url: the part of RFC 3986 that a webhook's address needs, without a library. */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "cli/http/url.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/quantity.h"

#define PORT_MAX 65535

static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz"
				 "0123456789-._~";

/* The text after "http://" or "https://", or NULL. */
static const char *
after_scheme(const char *url)
{
	if (strncasecmp(url, "http://", 7) == 0)
		return url + 7;
	if (strncasecmp(url, "https://", 8) == 0)
		return url + 8;
	return NULL;
}

static bool
is_port(const char *text, size_t n)
{
	int64_t port;

	return quantity_number(text, n, 1, PORT_MAX, &port) == 0;
}

/* "name", "name:port", "192.0.2.1:port", "[2001:db8::1]:port" */
static bool
is_authority(const char *text, size_t n)
{
	size_t host;

	if (n > 0 && text[0] == '[') {
		host = 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
		if (host < 4 || host >= n || text[host] != ']')
			return false;
		host++;
	} else {
		host = strspn(text, unreserved);
		if (host == 0)
			return false;
	}
	return host == n ||
	    (text[host] == ':' && is_port(text + host + 1, n - host - 1));
}

int
url_check(const char *url, struct error *error)
{
	const char *authority = after_scheme(url);

	if (authority == NULL)
		return error_set(error, ERROR_USAGE,
		    "\"%.100s\" does not begin with http:// or https://", url);
	if (!is_authority(authority, strcspn(authority, "/?#")))
		return error_set(error, ERROR_USAGE,
		    "\"%.100s\" has no host, or one that is not a name, "
		    "address or name:port",
		    url);
	for (const char *p = authority; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"<>\\^`{|}#", *p) != NULL)
			return error_set(error, ERROR_USAGE,
			    "\"%.100s\" holds a character that must be "
			    "percent-encoded, or a fragment",
			    url);
	return 0;
}

/* The value of the next parameter "token", from a '?' or '&' on. */
static const char *
next_token(const char *p, size_t *len)
{
	while (p != NULL) {
		p++;
		if (strncmp(p, "token=", 6) == 0) {
			*len = strcspn(p + 6, "&");
			return p + 6;
		}
		p = strchr(p, '&');
	}
	return NULL;
}

const char *
url_token(const char *url, size_t *len)
{
	return next_token(strchr(url, '?'), len);
}

void
url_add_token(struct buf *b, const char *url, const void *token, size_t len)
{
	const unsigned char *bytes = token;
	const char *query = strchr(url, '?');

	buf_adds(b, url);
	if (query == NULL)
		buf_adds(b, "?");
	else if (query[1] != '\0' && url[strlen(url) - 1] != '&')
		buf_adds(b, "&");
	buf_adds(b, "token=");
	for (size_t i = 0; i < len; i++)
		if (memchr(unreserved, bytes[i], sizeof(unreserved) - 1))
			buf_addc(b, (char)bytes[i]);
		else
			buf_addf(b, "%%%02X", bytes[i]);
}

void
url_add_masked(struct buf *b, const char *url)
{
	size_t len;
	const char *token = url_token(url, &len);

	while (token != NULL) {
		buf_add(b, url, (size_t)(token - url));
		buf_adds(b, "***");
		url = token + len;
		token = *url != '\0' ? next_token(url, &len) : NULL;
	}
	buf_adds(b, url);
}

void
url_split(const char *url, const char **authority, size_t *authority_len,
    const char **path)
{
	*authority = after_scheme(url);
	if (*authority == NULL)
		*authority = url;
	*authority_len = strcspn(*authority, "/?");
	*path = *authority + *authority_len;
}
