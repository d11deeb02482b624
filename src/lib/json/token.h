/* SPDX-License-Identifier: ISC */
/*
 * token: strings, numbers and words of JSON (RFC 8259), read one at a time. Only for
 * read.c.
 *
 * Also reads what JSON forbids and senders do anyway, each with its warning: raw control
 * characters in strings, and numbers too large for int64 and double.
 */
#ifndef ALERTSPOOL_JSON_TOKEN_H
#define ALERTSPOOL_JSON_TOKEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/span.h"
#include "lib/json/read.h"

struct reader {
	const char *text; /* well-formed UTF-8 */
	size_t len, pos;
	uint32_t repairs;
	struct buf key, value;	  /* text that had to be decoded */
	enum json_read_code code; /* the error at the position, */
	const char *why;	  /* in words */
};

/* Stop at this position. Always -1. */
int token_fail(struct reader *, size_t pos, enum json_read_code,
    const char *why);

/* Stop here: the text is not JSON. Always -1. */
int token_unexpected(struct reader *, const char *why);

/* The byte at the position, or -1 at the end. */
static inline int
token_peek(const struct reader *r)
{
	return r->pos < r->len ? (unsigned char)r->text[r->pos] : -1;
}

/* Step over this byte; false if another one is here. */
static inline bool
token_accept(struct reader *r, char c)
{
	if (token_peek(r) != c)
		return false;
	r->pos++;
	return true;
}

/* Step over white space. */
static inline void
token_skip_blanks(struct reader *r)
{
	int c;

	while ((c = token_peek(r)) <= ' ' &&
	    (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
		r->pos++;
}

/*
 * Step over a string and return it. If nothing is escaped, the span lies in the text,
 * else in one of the reader's buffers, until the next key or the next other string is
 * read. A key, unlike other strings, must not hold a NUL. 0; or -1 when it stopped
 * within, or, with the code still JSON_READ_OK, when there is no memory.
 */
int token_key(struct reader *, struct span *key);
int token_string(struct reader *, struct span *string);

/* Step over a number and return it, a new reference. NULL as -1 above. */
json_t *token_number(struct reader *);

/* Step over exactly this word. 0, or -1 when it stopped within. */
int token_word(struct reader *, const char *word);

#endif
