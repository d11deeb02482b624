/* SPDX-License-Identifier: ISC */
/*
 * buf: doubles when it grows, by malloc and free instead of realloc, and wipes the old
 * block, so that a buffer that held a secret leaves no copy.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"

#define SIZE_MIN 256
#define SHORT_TEXT 64 /* a guess at the length of a formatted text */

/* Is there room for n more bytes and the NUL? Most appends are a few bytes and
 * end here. */
static inline bool
has_room(const struct buf *b, size_t n)
{
	return n < b->size - b->len && !b->failed;
}

static int
grow(struct buf *b, size_t n)
{
	size_t need, size;
	char *data;

	if (b->failed)
		return -1;
	if (n > SIZE_MAX / 4 - b->len) {
		b->failed = true;
		return -1;
	}
	need = b->len + n + 1;
	size = b->size < SIZE_MIN ? SIZE_MIN : b->size * 2;
	if (size < need)
		size = need;
	data = malloc(size);
	if (data == NULL) {
		b->failed = true;
		return -1;
	}
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->len);
		free(b->data);
	}
	data[b->len] = '\0';
	b->data = data;
	b->size = size;
	return 0;
}

int
buf_reserve(struct buf *b, size_t n)
{
	return has_room(b, n) ? 0 : grow(b, n);
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (!has_room(b, n) && grow(b, n) == -1)
		return;
	if (n > 0)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_addc(struct buf *b, char c)
{
	if (!has_room(b, 1) && grow(b, 1) == -1)
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void
buf_addi(struct buf *b, intmax_t number)
{
	char text[ENCODE_DECIMAL_SIZE];
	const char *end = encode_decimal(text, number);

	buf_add(b, text, (size_t)(end - text));
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	size_t room;
	int n;

	/* Most texts are short and fit at once. */
	if (buf_reserve(b, SHORT_TEXT) == -1)
		return;
	room = b->size - b->len;
	va_start(ap, format);
	n = vsnprintf(b->data + b->len, room, format, ap);
	va_end(ap);
	if (n < 0) {
		b->data[b->len] = '\0';
		b->failed = true;
		return;
	}
	if ((size_t)n >= room) {
		b->data[b->len] = '\0';
		if (buf_reserve(b, (size_t)n) == -1)
			return;
		va_start(ap, format);
		vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

void
buf_wipe(struct buf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->size);
	buf_free(b);
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

int
buf_check(const struct buf *b, struct error *error)
{
	if (!b->failed)
		return 0;
	errno = ENOMEM;
	return error_sys(error, ERROR_IO, "no memory for %zu bytes", b->len);
}
