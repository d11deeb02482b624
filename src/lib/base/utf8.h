/* SPDX-License-Identifier: ISC */
/*
 * utf8: characters of UTF-8 (RFC 3629), read and written.
 */
#ifndef ALERTSPOOL_BASE_UTF8_H
#define ALERTSPOOL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Is this well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, at most
 * U+10FFFF)? When not and bad is not NULL, *bad is the offset of the first
 * byte of the first sequence that is not. */
bool utf8_valid(const void *bytes, size_t n, size_t *bad);

/* Decode the first character of well-formed UTF-8 text (n > 0) into *codepoint;
 * the number of bytes it takes, or 0 when it is not well-formed. */
size_t utf8_next(const char *text, size_t n, unsigned int *codepoint);

/* Append one codepoint (at most U+10FFFF, no surrogate) as UTF-8. */
void utf8_add(struct buf *, unsigned int codepoint);

#endif
