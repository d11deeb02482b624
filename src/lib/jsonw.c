/* SPDX-License-Identifier: ISC */
/* Text is copied in runs between the few bytes that need an escape: a body of
 * 256 KiB is written again in every record. */
#include "config.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/jsonw.h"

static bool
needs_escape(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

static void
add_escape(struct buf *b, unsigned char c)
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

	const char unicode[] = {'\\', 'u', '0', '0', digits[c >> 4],
	    digits[c & 15]};
	const char short_form[] = {'\\', letters[c]};

	if (letters[c] == '\0')
		buf_add(b, unicode, sizeof(unicode));
	else
		buf_add(b, short_form, sizeof(short_form));
}

void
jsonw_string(struct buf *b, const char *text, size_t n)
{
	size_t start = 0;

	buf_addc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (!needs_escape((unsigned char)text[i]))
			continue;
		buf_add(b, text + start, i - start);
		add_escape(b, (unsigned char)text[i]);
		start = i + 1;
	}
	if (start < n)
		buf_add(b, text + start, n - start);
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
