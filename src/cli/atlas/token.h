/* SPDX-License-Identifier: ISC */
/*
 * token: the access token in the answer to a service account.
 *
 * Jansson would leave copies of it in memory; this reads the text itself.
 */
#ifndef ALERTSPOOL_ATLAS_TOKEN_H
#define ALERTSPOOL_ATLAS_TOKEN_H

#include <stddef.h>

struct buf;

/* Append the value of the first member "access_token". 0, or -1 if there is none, or it
 * has characters that RFC 6750 does not allow. */
int token_find(struct buf *token, const char *text, size_t len);

#endif
