/* SPDX-License-Identifier: ISC */
/* shell_quote: quotes words for a shell. */
#ifndef ALERTSPOOL_OUTPUT_SHELL_QUOTE_H
#define ALERTSPOOL_OUTPUT_SHELL_QUOTE_H

#include <stddef.h>

struct buf;

/* Append n bytes, which hold no NUL, as one word of sh(1): unchanged if no character is
 * special, else within single quotes. */
void shell_quote(struct buf *, const char *word, size_t n);

#endif
