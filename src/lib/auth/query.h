/* SPDX-License-Identifier: ISC */
/*
 * query: the token in a query string (RFC 3986 section 3.4).
 */
#ifndef ALERTSPOOL_AUTH_QUERY_H
#define ALERTSPOOL_AUTH_QUERY_H

#include "lib/auth/auth.h"

/*
 * Find the one parameter "token" and decode its value, of at most AUTH_SECRET_MAX bytes;
 * query may be NULL. VALID: it is well-formed, out and *len are set. MISSING, REPEATED,
 * or MALFORMED (no '=', nothing after it, a bad escape in it or in any parameter's name):
 * *len is 0.
 */
enum auth_verdict auth_query_token(const char *query,
    unsigned char out[static AUTH_SECRET_MAX], size_t *len);

#endif
