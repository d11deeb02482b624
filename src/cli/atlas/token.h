/* SPDX-License-Identifier: ISC */
/*
 * token: the access token in the answer to a service account.
 *
 * Jansson would leave copies of it in memory; this reads the text as it came.
 */
#ifndef ALERTSPOOL_ATLAS_TOKEN_H
#define ALERTSPOOL_ATLAS_TOKEN_H

#include <stddef.h>

struct buf;

/* Append the value of the first member "access_token". 0, or -1 when there is none, or
 * one with other characters than RFC 6750 allows. */
int token_find(struct buf *token, const char *text, size_t len);

#endif
