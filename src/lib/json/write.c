/* SPDX-License-Identifier: ISC */
/* write: copies eight bytes at a time as long as nothing needs an escape, because every
 * record contains its body of up to 256 KiB again. */
#include "config.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/json/plain.h"
#include "lib/json/write.h"

#define ESCAPE_MAX 6 /* "\\u001F" */
#define CHUNK 256    /* bytes for which the longest result is reserved */

static char *
put_escape(char *p, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char letters[] = {
	    ['\b'] = 'b',
	    ['\t'] = 't',
	    ['\n'] = 'n',
	    ['\f'] = 'f',
	    ['\r'] = 'r',
	    ['"'] = '"',
	    ['\\'] = '\\',
	};

	*p++ = '\\';
	if (letters[c] != '\0') {
		*p++ = letters[c];
		return p;
	}
	*p++ = 'u';
	*p++ = '0';
	*p++ = '0';
	*p++ = digits[c >> 4];
	*p++ = digits[c & 15];
	return p;
}

/* Write n bytes at p, which has room for the longest result. Returns the end. */
static char *
put_bytes(char *p, const char *text, size_t n)
{
	const char *end = text + n;
	size_t plain;

	while (end - text >= JSON_PLAIN_STEP) {
		memcpy(p, text, JSON_PLAIN_STEP);
		plain = json_plain_of_eight(text);
		p += plain;
		text += plain;
		if (plain < JSON_PLAIN_STEP)
			p = put_escape(p, (unsigned char)*text++);
	}
	for (; text < end; text++)
		if (json_is_plain(*text))
			*p++ = *text;
		else
			p = put_escape(p, (unsigned char)*text);
	return p;
}

static size_t
chunk_of(size_t n)
{
	return n < CHUNK ? n : CHUNK;
}

void
json_write_string(struct buf *b, const char *text, size_t n)
{
	size_t part = chunk_of(n);

	if (buf_reserve(b, part * ESCAPE_MAX + 2) == -1)
		return;
	b->data[b->len++] = '"';
	for (;;) {
		b->len =
		    (size_t)(put_bytes(b->data + b->len, text, part) - b->data);
		text += part;
		n -= part;
		if (n == 0)
			break;
		part = chunk_of(n);
		if (buf_reserve(b, part * ESCAPE_MAX + 1) == -1)
			return;
	}
	b->data[b->len++] = '"';
	b->data[b->len] = '\0';
}

void
json_write_text(struct buf *b, const char *text)
{
	if (text == NULL)
		buf_adds(b, "null");
	else
		json_write_string(b, text, strlen(text));
}

/* The digits of whole / 10^decimals, with at least one behind the point. */
static void
add_decimal(struct buf *b, int64_t whole, int decimals)
{
	char text[JSON_WRITE_REAL_SIZE], *p = text + sizeof(text);
	int64_t rest = whole < 0 ? -whole : whole;

	for (int digits = 0; rest > 0 || digits <= decimals; rest /= 10) {
		*--p = (char)('0' + rest % 10);
		if (++digits == decimals)
			*--p = '.';
	}
	if (whole < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof(text) - p));
}

/*
 * Most reals are short decimals: 95.2 is 952 / 10. The quotient of two exact doubles is
 * the double that its decimal text reads back as, and printf would give the same at most
 * 15 digits. False if the value is not such a number, or printf would use an exponent;
 * printf takes four thousand instructions for it.
 */
static bool
add_short_real(struct buf *b, double value)
{
	const double size = value < 0 ? -value : value;
	double power = 1, whole;

	if (size < 1e-4)
		return false;
	for (int decimals = 1;; decimals++) {
		power *= 10;
		if (size * power >= 1e15)
			return false;
		whole = (double)(int64_t)(size * power + 0.5);
		if (whole / power == size) {
			add_decimal(b, (int64_t)(value < 0 ? -whole : whole),
			    decimals);
			return true;
		}
	}
}

void
json_write_real(struct buf *b, double value)
{
	char text[JSON_WRITE_REAL_SIZE];
	int digits = 15; /* DBL_DIG: a double keeps any text of 15 digits */

	assert(isfinite(value));
	if (add_short_real(b, value))
		return;
	do
		snprintf(text, sizeof(text), "%.*g", digits, value);
	while (strtod(text, NULL) != value && ++digits <= 17);
	buf_adds(b, text);
	if (strpbrk(text, ".e") == NULL)
		buf_adds(b, ".0");
}

/* Jansson's iterators require a non-const object, and do not change it. */
static void
add_object(struct buf *b, const json_t *value)
{
	json_t *object = (json_t *)(uintptr_t)value;
	void *member = json_object_iter(object);

	buf_addc(b, '{');
	for (; member != NULL; member = json_object_iter_next(object, member)) {
		json_write_key(b, json_object_iter_key(member));
		json_write_value(b, json_object_iter_value(member));
	}
	buf_addc(b, '}');
}

static void
add_array(struct buf *b, const json_t *array)
{
	const size_t n = json_array_size(array);

	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		json_write_value(b, json_array_get(array, i));
	}
	buf_addc(b, ']');
}

/* Recurses as deep as the value; Jansson reads no text deeper than 2048. */
void
json_write_value(struct buf *b, const json_t *value)
{
	if (value == NULL) {
		buf_adds(b, "null");
		return;
	}
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		add_object(b, value);
		break;
	case JSON_ARRAY:
		add_array(b, value);
		break;
	case JSON_STRING:
		json_write_string(b, json_string_value(value),
		    json_string_length(value));
		break;
	case JSON_INTEGER:
		buf_addi(b, json_integer_value(value));
		break;
	case JSON_REAL:
		json_write_real(b, json_real_value(value));
		break;
	case JSON_TRUE:
		buf_adds(b, "true");
		break;
	case JSON_FALSE:
		buf_adds(b, "false");
		break;
	case JSON_NULL:
		buf_adds(b, "null");
		break;
	}
}

void
json_write_key(struct buf *b, const char *key)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_addc(b, ',');
	json_write_text(b, key);
	buf_addc(b, ':');
}
