/* SPDX-License-Identifier: ISC */
/*
 * Growth doubles. It goes through malloc and free instead of realloc, and the
 * old block is wiped, so that a buffer that held a secret leaves no copy.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/error.h"

#define SIZE_MIN 256

int
buf_reserve(struct buf *b, size_t n)
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
	if (need <= b->size)
		return 0;
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

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (buf_reserve(b, n) == -1)
		return;
	if (n > 0)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_adds(struct buf *b, const char *string)
{
	buf_add(b, string, strlen(string));
}

void
buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0) {
		b->failed = true;
		return;
	}
	if (buf_reserve(b, (size_t)n) == -1)
		return;
	va_start(ap, format);
	vsnprintf(b->data + b->len, (size_t)n + 1, format, ap);
	va_end(ap);
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
