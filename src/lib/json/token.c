/* SPDX-License-Identifier: ISC */
/* token: reads strings, numbers and words. Most strings have no escape and are not
 * copied. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/encode.h"
#include "lib/base/utf8.h"
#include "lib/json/plain.h"
#include "lib/json/token.h"

int
token_fail(struct reader *r, size_t pos, enum json_read_code code,
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
	return token_fail(r, r->pos, JSON_READ_NOT_JSON, why);
}

/* ---- strings ------------------------------------------------------------- */

/* The four digits of "\uXXXX". */
static int
read_hex4(struct reader *r, unsigned int *unit)
{
	int value;

	*unit = 0;
	for (int i = 0; i < 4; i++, r->pos++) {
		value = r->pos < r->len ? hex_value(r->text[r->pos]) : -1;
		if (value == -1)
			return token_unexpected(r,
			    "expected four hexadecimal digits after \"\\u\"");
		*unit = *unit * 16 + (unsigned int)value;
	}
	return 0;
}

/* "\uXXXX", or a pair of them for one character (RFC 8259 section 7). */
static int
read_unicode(struct reader *r, size_t start, bool key, struct buf *out)
{
	unsigned int unit, low = 0;

	if (read_hex4(r, &unit) == -1)
		return -1;
	if (unit == 0 && key)
		return token_fail(r, start, JSON_READ_NOT_JSON,
		    "a key holds a NUL");
	if (unit < 0xD800 || unit > 0xDFFF) {
		utf8_add(out, unit);
		return 0;
	}
	if (unit < 0xDC00 && r->len - r->pos >= 2 &&
	    memcmp(r->text + r->pos, "\\u", 2) == 0) {
		r->pos += 2;
		if (read_hex4(r, &low) == -1)
			return -1;
	}
	if (low < 0xDC00 || low > 0xDFFF)
		return token_fail(r, start, JSON_READ_NOT_JSON,
		    "half of a surrogate pair stands alone");
	utf8_add(out, 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF));
	return 0;
}

/* The character for '\' and this one, or -1. */
static int
unescaped(int c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return -1;
	}
}

static int
read_escape(struct reader *r, bool key, struct buf *out)
{
	size_t start = r->pos++;
	int c;

	if (token_accept(r, 'u'))
		return read_unicode(r, start, key, out);
	c = unescaped(token_peek(r));
	if (c == -1)
		return token_unexpected(r,
		    "expected one of \"\\/bfnrtu behind a \"\\\"");
	buf_addc(out, (char)c);
	r->pos++;
	return 0;
}

static int
read_control(struct reader *r, bool key, struct buf *out)
{
	if (r->text[r->pos] == '\0' && key)
		return token_fail(r, r->pos, JSON_READ_NOT_JSON,
		    "a key holds a NUL");
	buf_addc(out, r->text[r->pos++]);
	r->repairs |= 1u << JSON_READ_CONTROL_CHARACTER;
	return 0;
}

/* Read a byte that cannot stand for itself in a string. */
static int
read_special(struct reader *r, bool key, struct buf *out)
{
	switch (token_peek(r)) {
	case -1:
		return token_unexpected(r, "expected the end of a string");
	case '\\':
		return read_escape(r, key, out);
	default:
		return read_control(r, key, out);
	}
}

static int
read_string(struct reader *r, bool key, struct buf *out, struct span *string)
{
	size_t from = ++r->pos;

	buf_reset(out);
	for (;; from = r->pos) {
		r->pos += json_plain(r->text + r->pos, r->len - r->pos);
		if (token_peek(r) == '"')
			break;
		buf_add(out, r->text + from, r->pos - from);
		if (read_special(r, key, out) == -1)
			return -1;
	}
	*string = (struct span){.at = r->text + from, .n = r->pos - from};
	if (out->len > 0) {
		buf_add(out, string->at, string->n);
		*string = (struct span){.at = out->data, .n = out->len};
	}
	r->pos++;
	return out->failed ? -1 : 0;
}

int
token_key(struct reader *r, struct span *key)
{
	return read_string(r, true, &r->key, key);
}

int
token_string(struct reader *r, struct span *string)
{
	return read_string(r, false, &r->value, string);
}

/* ---- numbers ------------------------------------------------------------- */

static int
skip_digits(struct reader *r)
{
	if (token_peek(r) < '0' || token_peek(r) > '9')
		return token_unexpected(r, "expected a digit");
	while (token_peek(r) >= '0' && token_peek(r) <= '9')
		r->pos++;
	return 0;
}

static int
skip_number(struct reader *r, bool *integer)
{
	*integer = true;
	token_accept(r, '-');
	if (!token_accept(r, '0') && skip_digits(r) == -1)
		return -1;
	if (token_accept(r, '.')) {
		*integer = false;
		if (skip_digits(r) == -1)
			return -1;
	}
	if (token_accept(r, 'e') || token_accept(r, 'E')) {
		*integer = false;
		if (!token_accept(r, '+'))
			token_accept(r, '-');
		if (skip_digits(r) == -1)
			return -1;
	}
	return 0;
}

/* The value of an integer's text; false if int64 cannot hold it. Counts downwards,
 * because there is one more negative number. */
static bool
is_int64(const char *text, size_t n, json_int_t *value)
{
	bool negative = text[0] == '-';

	*value = 0;
	for (size_t i = negative; i < n; i++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_sub_overflow(*value, text[i] - '0', value))
			return false;
	return negative || !__builtin_sub_overflow(0, *value, value);
}

/* The nearest double, or null if it is too large, because JSON has no infinity. The
 * locale is C. */
static json_t *
make_real(struct reader *r, const char *text, size_t n, bool integer)
{
	double value;

	/* nothing in the text makes strtod() stop */
	buf_reset(&r->value);
	buf_add(&r->value, text, n);
	if (r->value.failed)
		return NULL;
	value = strtod(r->value.data, NULL);
	if (!isfinite(value)) {
		r->repairs |= 1u << JSON_READ_NUMBER_OUT_OF_RANGE;
		return json_null();
	}
	if (integer)
		r->repairs |= 1u << JSON_READ_NUMBER_ROUNDED;
	return json_real(value);
}

json_t *
token_number(struct reader *r)
{
	const char *text = r->text + r->pos;
	size_t start = r->pos;
	json_int_t value;
	bool integer;

	if (skip_number(r, &integer) == -1)
		return NULL;
	if (integer && is_int64(text, r->pos - start, &value))
		return json_integer(value);
	return make_real(r, text, r->pos - start, integer);
}

/* ---- words --------------------------------------------------------------- */

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
