/* SPDX-License-Identifier: ISC */
/*
 * write: writes JSON text into a buf, in the form of records.
 *
 * Not with Jansson, which prints 95.2 as 95.200000000000003 and builds a tree first. The
 * output is JSON on one line without white space, in UTF-8 (RFC 8259); only '"', '\' and
 * controls are escaped.
 */
#ifndef ALERTSPOOL_JSON_WRITE_H
#define ALERTSPOOL_JSON_WRITE_H

#include <jansson.h>
#include <stddef.h>

struct buf;

/* Bytes of a number's text, NUL included. */
#define JSON_WRITE_REAL_SIZE 32

/* A quoted string of n bytes of well-formed UTF-8, NUL bytes allowed. */
void json_write_string(struct buf *, const char *text, size_t n);

/* The same for a NUL-terminated string; NULL is written as null. */
void json_write_text(struct buf *, const char *text);

/* The shortest decimal text that reads back as the same double (15, 16 or 17
 * digits), always with a '.' or an exponent, so that it stays a real: 95.2,
 * 0.0, -0.0, 1e+300. The value must be finite. */
void json_write_real(struct buf *, double value);

/* Any value (NULL is written as null), object members in Jansson's order: that of their
 * insertion. */
void json_write_value(struct buf *, const json_t *value);

/* The next member of an open object: a comma unless the last byte is '{', then the quoted
 * key and a colon. */
void json_write_key(struct buf *, const char *key);

#endif
