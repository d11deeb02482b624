/* SPDX-License-Identifier: ISC */
/*
 * url: the webhook's address and the token in its query.
 */
#ifndef ALERTSPOOL_HTTP_URL_H
#define ALERTSPOOL_HTTP_URL_H

#include <stddef.h>

struct buf;
struct error;

/* Is this an http or https URL (RFC 3986) that a sender would accept: a host, perhaps a
 * port, only printable ASCII without blanks, no user name, no fragment? 0, or -1 with
 * ERROR_USAGE. */
int url_check(const char *url, struct error *);

/* The value of the first query parameter "token", and its length; NULL if there is none. */
const char *url_token(const char *url, size_t *len);

/* Append the URL with token=TOKEN, percent-encoded, as the last parameter of its query,
 * or only "?token=TOKEN" if url is "". */
void url_add_token(struct buf *, const char *url, const void *token,
    size_t len);

/* Append the URL with "***" for the value of every token. */
void url_add_masked(struct buf *, const char *url);

/* The parts of a URL that passed url_check(): "host:port", and the path with its query,
 * "" if there is none. */
void url_split(const char *url, const char **authority, size_t *authority_len,
    const char **path);

#endif
