/* SPDX-License-Identifier: ISC */
/* Text goes eight bytes at a time as far as nothing needs an escape: a body of
 * 256 KiB is written again in every record. */
#include "config.h"

#include <assert.h>
#include <endian.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/jsonw.h"

#define ESCAPE_MAX 6 /* "\\u001F" */
#define CHUNK 64     /* bytes for which the longest outcome is reserved */

static bool
needs_escape(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

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

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * A bit in each of the eight bytes that is to be escaped; the lowest is right,
 * those above it may be wrong. A byte that was below ' ' borrows when ' ' is
 * subtracted, a byte that was '"' is zero after the xor and borrows when 1 is
 * ("Bit Twiddling Hacks", determine if a word has a byte less than n).
 */
static uint64_t
escapes(uint64_t x)
{
	uint64_t quote = x ^ EACH('"'), backslash = x ^ EACH('\\');

	return (((x - EACH(' ')) & ~x) | ((quote - EACH(1)) & ~quote) |
		   ((backslash - EACH(1)) & ~backslash)) &
	    EACH(0x80);
}

/* Spell n bytes at p, which has room for the longest outcome; what follows
 * them. */
static char *
put_bytes(char *p, const char *text, size_t n)
{
	const char *end = text + n;
	uint64_t eight, found;
	size_t plain;

	while ((size_t)(end - text) >= sizeof(eight)) {
		memcpy(&eight, text, sizeof(eight));
		memcpy(p, &eight, sizeof(eight));
		found = escapes(le64toh(eight));
		plain = found == 0 ? sizeof(eight)
				   : (size_t)__builtin_ctzll(found) / 8;
		p += plain;
		text += plain;
		if (found != 0)
			p = put_escape(p, (unsigned char)*text++);
	}
	for (; text < end; text++)
		if (needs_escape((unsigned char)*text))
			p = put_escape(p, (unsigned char)*text);
		else
			*p++ = *text;
	return p;
}

void
jsonw_string(struct buf *b, const char *text, size_t n)
{
	size_t part;

	buf_addc(b, '"');
	for (; n > 0; text += part, n -= part) {
		part = n < CHUNK ? n : CHUNK;
		if (buf_reserve(b, part * ESCAPE_MAX) == -1)
			return;
		b->len =
		    (size_t)(put_bytes(b->data + b->len, text, part) - b->data);
	}
	buf_addc(b, '"');
}

void
jsonw_text(struct buf *b, const char *text)
{
	if (text == NULL)
		buf_adds(b, "null");
	else
		jsonw_string(b, text, strlen(text));
}

void
jsonw_real(struct buf *b, double value)
{
	char text[JSONW_REAL_SIZE];
	int digits = 15; /* DBL_DIG: no text of 15 digits is lost in a double */

	assert(isfinite(value));
	do
		snprintf(text, sizeof(text), "%.*g", digits, value);
	while (strtod(text, NULL) != value && ++digits <= 17);
	buf_adds(b, text);
	if (strpbrk(text, ".e") == NULL)
		buf_adds(b, ".0");
}

/* Jansson's iterators want an object that is not const, and do not change it. */
static void
add_object(struct buf *b, const json_t *value)
{
	json_t *object = (json_t *)(uintptr_t)value;
	void *member = json_object_iter(object);

	buf_addc(b, '{');
	for (; member != NULL; member = json_object_iter_next(object, member)) {
		jsonw_key(b, json_object_iter_key(member));
		jsonw_value(b, json_object_iter_value(member));
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
		jsonw_value(b, json_array_get(array, i));
	}
	buf_addc(b, ']');
}

/* Recurses as deep as the value is; Jansson reads no text over 2048 deep. */
void
jsonw_value(struct buf *b, const json_t *value)
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
		jsonw_string(b, json_string_value(value),
		    json_string_length(value));
		break;
	case JSON_INTEGER:
		buf_addf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		break;
	case JSON_REAL:
		jsonw_real(b, json_real_value(value));
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
jsonw_key(struct buf *b, const char *key)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_addc(b, ',');
	jsonw_text(b, key);
	buf_addc(b, ':');
}
