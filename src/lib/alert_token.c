/* SPDX-License-Identifier: ISC */
/* What JSON forbids and senders do anyway is mended here: raw control characters
 * in strings, and numbers that nothing of ours can hold. */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alert_token.h"
#include "lib/buf.h"
#include "lib/jsonw.h"

#define INT64_DIGITS 19 /* fewer characters always fit */

int
token_fail(struct reader *r, size_t pos, enum alert_error_code code,
    const char *why)
{
	r->pos = pos;
	r->code = code;
	r->why = why;
	return -1;
}

int
token_unexpected(struct reader *r, const char *why)
{
	return token_fail(r, r->pos, ALERT_NOT_JSON, why);
}

int
token_peek(const struct reader *r)
{
	return r->pos < r->len ? (unsigned char)r->text[r->pos] : -1;
}

bool
token_accept(struct reader *r, char c)
{
	if (token_peek(r) != c)
		return false;
	r->pos++;
	return true;
}

void
token_skip_blanks(struct reader *r)
{
	while (token_accept(r, ' ') || token_accept(r, '\t') ||
	    token_accept(r, '\r') || token_accept(r, '\n'))
		;
}

void
token_replace(struct reader *r, size_t start, const char *by,
    enum alert_warning warning)
{
	buf_add(r->copy, r->text + r->from, start - r->from);
	buf_adds(r->copy, by);
	r->from = r->pos;
	r->warnings |= 1u << warning;
}

/* ---- strings ------------------------------------------------------------- */

/* The four digits of "\uXXXX". */
static int
scan_hex4(struct reader *r, unsigned int *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, r->pos++) {
		int c = token_peek(r);

		if (c >= '0' && c <= '9')
			*unit = *unit * 16 + (unsigned int)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			*unit = *unit * 16 + ((unsigned int)c & 0xF) + 9;
		else
			return token_unexpected(r,
			    "expected four hexadecimal digits after \"\\u\"");
	}
	return 0;
}

/* "\uXXXX", or a pair of them for one character (RFC 8259 section 7). */
static int
scan_unicode(struct reader *r, size_t start, bool key)
{
	unsigned int unit, low = 0;

	if (scan_hex4(r, &unit) == -1)
		return -1;
	if (unit == 0 && key)
		return token_fail(r, start, ALERT_NOT_JSON,
		    "a key holds a NUL");
	if (unit < 0xD800 || unit > 0xDFFF)
		return 0;
	if (unit < 0xDC00 && r->len - r->pos >= 2 &&
	    memcmp(r->text + r->pos, "\\u", 2) == 0) {
		r->pos += 2;
		if (scan_hex4(r, &low) == -1)
			return -1;
	}
	if (low < 0xDC00 || low > 0xDFFF)
		return token_fail(r, start, ALERT_NOT_JSON,
		    "half of a surrogate pair stands alone");
	return 0;
}

static int
scan_escape(struct reader *r, bool key)
{
	size_t start = r->pos++;
	int c = token_peek(r);

	if (c > 0 && strchr("\"\\/bfnrt", c) != NULL) {
		r->pos++;
		return 0;
	}
	if (token_accept(r, 'u'))
		return scan_unicode(r, start, key);
	return token_unexpected(r,
	    "expected one of \"\\/bfnrtu behind a \"\\\"");
}

static int
scan_control(struct reader *r, bool key)
{
	char escaped[7];

	if (r->text[r->pos] == '\0' && key)
		return token_fail(r, r->pos, ALERT_NOT_JSON,
		    "a key holds a NUL");
	snprintf(escaped, sizeof(escaped), "\\u%04x",
	    (unsigned int)r->text[r->pos]);
	r->pos++;
	token_replace(r, r->pos - 1, escaped, WARN_CONTROL_CHARACTER_ESCAPED);
	return 0;
}

int
token_string(struct reader *r, bool key)
{
	int c;

	r->pos++;
	while ((c = token_peek(r)) != '"') {
		if (c == -1)
			return token_unexpected(r,
			    "expected the end of a string");
		if (c == '\\') {
			if (scan_escape(r, key) == -1)
				return -1;
		} else if (c < 0x20) {
			if (scan_control(r, key) == -1)
				return -1;
		} else
			r->pos++;
	}
	r->pos++;
	return 0;
}

/* ---- numbers ------------------------------------------------------------- */

static int
scan_digits(struct reader *r)
{
	if (token_peek(r) < '0' || token_peek(r) > '9')
		return token_unexpected(r, "expected a digit");
	while (token_peek(r) >= '0' && token_peek(r) <= '9')
		r->pos++;
	return 0;
}

/* Replace a number from start to the position if nothing of ours can hold it:
 * an integer over int64 by the nearest double; what is over every double by
 * null, since JSON has no infinity. */
static void
hold_number(struct reader *r, size_t start, bool integer)
{
	struct buf digits = BUF_INIT;
	double value;

	if (integer && r->pos - start < INT64_DIGITS)
		return;
	/* The text is not NUL-terminated, so the digits move. */
	buf_add(&digits, r->text + start, r->pos - start);
	if (digits.failed) {
		r->copy->failed = true;
		goto out;
	}
	errno = 0;
	if (integer) {
		(void)strtoll(digits.data, NULL, 10);
		if (errno != ERANGE)
			goto out;
	}
	value = strtod(digits.data, NULL);
	buf_reset(&digits);
	if (isfinite(value) && integer) {
		jsonw_real(&digits, value);
		token_replace(r, start, digits.data, WARN_NUMBER_ROUNDED);
	} else if (!isfinite(value))
		token_replace(r, start, "null", WARN_NUMBER_OUT_OF_RANGE);
out:
	buf_free(&digits);
}

int
token_number(struct reader *r)
{
	size_t start = r->pos;
	bool integer = true;

	token_accept(r, '-');
	if (!token_accept(r, '0') && scan_digits(r) == -1)
		return -1;
	if (token_accept(r, '.')) {
		integer = false;
		if (scan_digits(r) == -1)
			return -1;
	}
	if (token_accept(r, 'e') || token_accept(r, 'E')) {
		integer = false;
		if (!token_accept(r, '+'))
			token_accept(r, '-');
		if (scan_digits(r) == -1)
			return -1;
	}
	hold_number(r, start, integer);
	return 0;
}

int
token_word(struct reader *r, const char *word)
{
	for (; *word != '\0'; word++)
		if (!token_accept(r, *word))
			return token_unexpected(r,
			    "expected a value: the only words are true, false "
			    "and null");
	return 0;
}
