/* SPDX-License-Identifier: ISC */
/*
 * buf: a growing string of bytes.
 *
 * Appending returns no errors: a failed allocation (or a length that overflows) marks the
 * buffer as failed, later appends do nothing, and buf_check() reports it once, at the
 * end. data is NUL-terminated whenever it is not NULL; the NUL is not counted in len. A
 * plain value: copying the struct moves ownership.
 */
#ifndef ALERTSPOOL_BASE_BUF_H
#define ALERTSPOOL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct error;

struct buf {
	char *data; /* owned; NULL while nothing was appended */
	size_t len;
	size_t size; /* bytes allocated */
	bool failed;
};

#define BUF_INIT {.data = NULL}

/* Make room for n more bytes, so that appending them cannot fail. 0, or -1
 * when there is no memory (the buffer is then failed). */
int buf_reserve(struct buf *, size_t n);

void buf_add(struct buf *, const void *bytes, size_t n);
void buf_addc(struct buf *, char);
void buf_addi(struct buf *, intmax_t); /* in decimal digits */
void buf_addf(struct buf *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Inline, so that the compiler knows the length of a literal. */
static inline void
buf_adds(struct buf *b, const char *string)
{
	buf_add(b, string, strlen(string));
}

/* Forget the content and the failure, keep the memory. */
void buf_reset(struct buf *);

/* Wipe the whole allocation (explicit_bzero), free it, leave an empty buffer.
 * For secrets; growing never leaves a copy behind, either. */
void buf_wipe(struct buf *);

/* Free the memory, leave an empty buffer. */
void buf_free(struct buf *);

/* 0, or -1 and ERROR_IO (ENOMEM) when an append failed. */
int buf_check(const struct buf *, struct error *)
    __attribute__((warn_unused_result));

#endif
