/* SPDX-License-Identifier: ISC */
/*
 * A reader of RFC 8259 that copies what it reads and mends three things on the
 * way. It is no recursive one: what is open is a stack of brackets, and what
 * may come next is one of a handful of expectations.
 *
 * Everything before "from" is in the copy already; a repair copies the bytes
 * up to its place and appends what replaces the rest.
 */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alert_repair.h"
#include "lib/buf.h"
#include "lib/encode.h"
#include "lib/error.h"
#include "lib/jsonw.h"

#define BOM "\xEF\xBB\xBF"
#define INT64_DIGITS 19 /* fewer characters always fit */

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* after '[' */
	EXPECT_KEY_OR_END,   /* after '{' */
	EXPECT_KEY,	     /* after ',' in an object */
	EXPECT_COLON,
	EXPECT_NEXT, /* ',' or the closing bracket */
	EXPECT_NOTHING
};

struct scan {
	const char *text;
	size_t len, pos;
	size_t from; /* copied up to here */
	struct buf *copy;
	uint32_t warnings;
	enum expect expect;
	char open[ALERT_DEPTH_MAX]; /* '{' and '[' */
	size_t depth;
	bool object; /* the outermost value is one */
	enum alert_error_code code;
	const char *why;
};

/* Stop here. Always -1. */
static int
fail(struct scan *s, size_t pos, enum alert_error_code code, const char *why)
{
	s->pos = pos;
	s->code = code;
	s->why = why;
	return -1;
}

static int
not_json(struct scan *s, const char *why)
{
	return fail(s, s->pos, ALERT_NOT_JSON, why);
}

/* The byte at the position, or -1 at the end. */
static int
peek(const struct scan *s)
{
	return s->pos < s->len ? (unsigned char)s->text[s->pos] : -1;
}

static bool
accept(struct scan *s, char c)
{
	if (peek(s) != c)
		return false;
	s->pos++;
	return true;
}

static void
skip_blanks(struct scan *s)
{
	while (s->pos < s->len && memchr(" \t\r\n", s->text[s->pos], 4) != NULL)
		s->pos++;
}

/* Copy up to start; what is between there and the position is replaced. */
static void
replace(struct scan *s, size_t start, const char *by, enum alert_warning warning)
{
	buf_add(s->copy, s->text + s->from, start - s->from);
	buf_adds(s->copy, by);
	s->from = s->pos;
	s->warnings |= 1u << warning;
}

/* ---- strings ------------------------------------------------------------- */

/* The four digits of "\uXXXX". */
static int
scan_hex4(struct scan *s, unsigned int *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++, s->pos++) {
		int c = peek(s);

		if (c >= '0' && c <= '9')
			*unit = *unit * 16 + (unsigned int)(c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			*unit = *unit * 16 + ((unsigned int)c & 0xF) + 9;
		else
			return not_json(s,
			    "expected four hexadecimal digits after \"\\u\"");
	}
	return 0;
}

/* "\uXXXX", or a pair of them for one character (RFC 8259 section 7). */
static int
scan_unicode(struct scan *s, size_t start, bool key)
{
	unsigned int unit, low = 0;

	if (scan_hex4(s, &unit) == -1)
		return -1;
	if (unit == 0 && key)
		return fail(s, start, ALERT_NOT_JSON, "a key holds a NUL");
	if (unit < 0xD800 || unit > 0xDFFF)
		return 0;
	if (unit < 0xDC00 && s->len - s->pos >= 2 &&
	    memcmp(s->text + s->pos, "\\u", 2) == 0) {
		s->pos += 2;
		if (scan_hex4(s, &low) == -1)
			return -1;
	}
	if (low < 0xDC00 || low > 0xDFFF)
		return fail(s, start, ALERT_NOT_JSON,
		    "half of a surrogate pair stands alone");
	return 0;
}

static int
scan_escape(struct scan *s, bool key)
{
	size_t start = s->pos++;
	int c = peek(s);

	if (c > 0 && strchr("\"\\/bfnrt", c) != NULL) {
		s->pos++;
		return 0;
	}
	if (accept(s, 'u'))
		return scan_unicode(s, start, key);
	return not_json(s, "expected one of \"\\/bfnrtu behind a \"\\\"");
}

static int
scan_control(struct scan *s, bool key)
{
	char escaped[7];

	if (s->text[s->pos] == '\0' && key)
		return fail(s, s->pos, ALERT_NOT_JSON, "a key holds a NUL");
	snprintf(escaped, sizeof(escaped), "\\u%04x",
	    (unsigned int)s->text[s->pos]);
	s->pos++;
	replace(s, s->pos - 1, escaped, WARN_CONTROL_CHARACTER_ESCAPED);
	return 0;
}

static int
scan_string(struct scan *s, bool key)
{
	int c;

	s->pos++;
	while ((c = peek(s)) != '"') {
		if (c == -1)
			return not_json(s, "expected the end of a string");
		if (c == '\\') {
			if (scan_escape(s, key) == -1)
				return -1;
		} else if (c < 0x20) {
			if (scan_control(s, key) == -1)
				return -1;
		} else
			s->pos++;
	}
	s->pos++;
	return 0;
}

/* ---- numbers ------------------------------------------------------------- */

static int
scan_digits(struct scan *s)
{
	if (peek(s) < '0' || peek(s) > '9')
		return not_json(s, "expected a digit");
	while (peek(s) >= '0' && peek(s) <= '9')
		s->pos++;
	return 0;
}

/* Replace a number from start to the position if nothing of ours can hold it:
 * an integer over int64 by the nearest double; what is over every double by
 * null, since JSON has no infinity. */
static void
hold_number(struct scan *s, size_t start, bool integer)
{
	struct buf digits = BUF_INIT;
	double value;

	if (integer && s->pos - start < INT64_DIGITS)
		return;
	/* The text is not NUL-terminated, so the digits move. */
	buf_add(&digits, s->text + start, s->pos - start);
	if (digits.failed) {
		s->copy->failed = true;
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
		replace(s, start, digits.data, WARN_NUMBER_ROUNDED);
	} else if (!isfinite(value))
		replace(s, start, "null", WARN_NUMBER_OUT_OF_RANGE);
out:
	buf_free(&digits);
}

static int
scan_number(struct scan *s)
{
	size_t start = s->pos;
	bool integer = true;

	accept(s, '-');
	if (!accept(s, '0') && scan_digits(s) == -1)
		return -1;
	if (accept(s, '.')) {
		integer = false;
		if (scan_digits(s) == -1)
			return -1;
	}
	if (accept(s, 'e') || accept(s, 'E')) {
		integer = false;
		if (!accept(s, '+'))
			accept(s, '-');
		if (scan_digits(s) == -1)
			return -1;
	}
	hold_number(s, start, integer);
	return 0;
}

/* ---- structure ----------------------------------------------------------- */

static int
scan_literal(struct scan *s, const char *word)
{
	for (; *word != '\0'; word++)
		if (!accept(s, *word))
			return not_json(s,
			    "expected a value: the only words are true, false "
			    "and null");
	return 0;
}

static void
scan_open(struct scan *s)
{
	char bracket = s->text[s->pos++];

	s->open[s->depth++] = bracket;
	s->expect = bracket == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
}

/* A value ended; what comes now is up to what it lies in. */
static void
value_done(struct scan *s)
{
	s->expect = s->depth > 0 ? EXPECT_NEXT : EXPECT_NOTHING;
}

static int
scan_scalar(struct scan *s, int c)
{
	value_done(s);
	switch (c) {
	case '"':
		return scan_string(s, false);
	case 't':
		return scan_literal(s, "true");
	case 'f':
		return scan_literal(s, "false");
	case 'n':
		return scan_literal(s, "null");
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return scan_number(s);
		return not_json(s, "expected a value");
	}
}

static int
scan_value(struct scan *s)
{
	int c = peek(s);

	if (c != -1 && s->depth == ALERT_DEPTH_MAX)
		return fail(s, s->pos, ALERT_TOO_DEEP,
		    "values are nested too deeply");
	if (s->depth == 0)
		s->object = c == '{';
	if (c != '{' && c != '[')
		return scan_scalar(s, c);
	scan_open(s);
	return 0;
}

static int
scan_key(struct scan *s)
{
	if (peek(s) != '"')
		return not_json(s, "expected a key in quotes");
	s->expect = EXPECT_COLON;
	return scan_string(s, true);
}

static int
scan_colon(struct scan *s)
{
	if (!accept(s, ':'))
		return not_json(s, "expected ':' after a key");
	s->expect = EXPECT_VALUE;
	return 0;
}

/* The bracket that closes what is open, if it is here. */
static bool
scan_close(struct scan *s)
{
	if (!accept(s, s->open[s->depth - 1] == '{' ? '}' : ']'))
		return false;
	s->depth--;
	value_done(s);
	return true;
}

static int
scan_next(struct scan *s)
{
	bool object = s->open[s->depth - 1] == '{';

	if (scan_close(s))
		return 0;
	if (!accept(s, ','))
		return not_json(s,
		    object ? "expected ',' or '}'" : "expected ',' or ']'");
	s->expect = object ? EXPECT_KEY : EXPECT_VALUE;
	return 0;
}

static int
scan_step(struct scan *s)
{
	switch (s->expect) {
	case EXPECT_VALUE_OR_END:
		return scan_close(s) ? 0 : scan_value(s);
	case EXPECT_VALUE:
		return scan_value(s);
	case EXPECT_KEY_OR_END:
		return scan_close(s) ? 0 : scan_key(s);
	case EXPECT_KEY:
		return scan_key(s);
	case EXPECT_COLON:
		return scan_colon(s);
	case EXPECT_NEXT:
		return scan_next(s);
	case EXPECT_NOTHING:
		break;
	}
	return 0;
}

static int
scan_text(struct scan *s)
{
	size_t start;

	if (s->len >= 3 && memcmp(s->text, BOM, 3) == 0) {
		s->pos = 3;
		replace(s, 0, "", WARN_BOM_DROPPED);
	}
	skip_blanks(s);
	start = s->pos;
	if (start == s->len)
		return fail(s, 0, ALERT_EMPTY, "the body is empty");
	while (s->expect != EXPECT_NOTHING) {
		if (scan_step(s) == -1)
			return -1;
		skip_blanks(s);
	}
	if (s->pos < s->len)
		return not_json(s, "expected nothing after the JSON text");
	if (!s->object)
		return fail(s, start, ALERT_NOT_AN_OBJECT,
		    "this is JSON, but not an object");
	return 0;
}

/* ---- telling where ------------------------------------------------------- */

/* Line and column of the position; the bytes before it are UTF-8. */
static void
tell(struct alert_error *why, const struct scan *s)
{
	why->code = s->code;
	why->line = 1;
	why->column = 1;
	for (size_t i = 0; i < s->pos; i++) {
		if (s->text[i] == '\n') {
			why->line++;
			why->column = 1;
		} else if (((unsigned char)s->text[i] & 0xC0) != 0x80)
			why->column++;
	}
	snprintf(why->message, sizeof(why->message), "%s%s",
	    s->pos == s->len && s->len > 0 ? "the text ends too early: " : "",
	    s->why);
}

int
alert_repair(struct buf *copy, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *error)
{
	struct scan s = {.text = body, .len = len, .copy = copy};
	size_t bad;
	int rc;

	if (!utf8_valid(body, len, &bad))
		rc = fail(&s, bad, ALERT_NOT_UTF8, "this byte is not UTF-8");
	else
		rc = scan_text(&s);
	if (rc == -1) {
		tell(why, &s);
		return 0;
	}
	buf_add(copy, s.text + s.from, s.len - s.from);
	*warnings |= s.warnings;
	return buf_check(copy, error);
}
