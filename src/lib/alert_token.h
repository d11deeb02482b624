/* SPDX-License-Identifier: ISC */
/*
 * alert_token: strings, numbers and words of JSON (RFC 8259), read one at a
 * time, and mended on the way. For alert_repair alone.
 *
 * A token is copied as it is or replaced. Everything before "from" is in the
 * copy already; a repair copies the bytes up to its place and appends what
 * replaces the rest.
 */
#ifndef ALERTSPOOL_ALERT_TOKEN_H
#define ALERTSPOOL_ALERT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/alert.h"

struct reader {
	const char *text; /* well-formed UTF-8 */
	size_t len, pos;
	size_t from; /* copied up to here */
	struct buf *copy;
	uint32_t warnings;
	enum alert_error_code code; /* what is wrong at the position, */
	const char *why;	    /* in words */
};

/* Stop at this position. Always -1. */
int token_fail(struct reader *, size_t pos, enum alert_error_code,
    const char *why);

/* Stop here: it is no JSON. Always -1. */
int token_unexpected(struct reader *, const char *why);

/* The byte at the position, or -1 at the end. */
int token_peek(const struct reader *);

/* Step over this byte; false when it is not the one here. */
bool token_accept(struct reader *, char);

/* Step over white space. */
void token_skip_blanks(struct reader *);

/* Leave out what is between start and the position, put this in its place. */
void token_replace(struct reader *, size_t start, const char *by,
    enum alert_warning);

/* Step over a string, a number, or exactly this word. 0, or -1 when it stopped
 * within. A key, unlike other strings, must not hold a NUL. */
int token_string(struct reader *, bool key);
int token_number(struct reader *);
int token_word(struct reader *, const char *word);

#endif
