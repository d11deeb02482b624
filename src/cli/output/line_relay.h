/* SPDX-License-Identifier: ISC */
/*
 * line_relay: passes a handler's output on line by line with the record's id in front,
 * harmless for a terminal, in bounded memory.
 */
#ifndef ALERTSPOOL_OUTPUT_LINE_RELAY_H
#define ALERTSPOOL_OUTPUT_LINE_RELAY_H

#include <stddef.h>

struct buf;

#define LINE_RELAY_LINE_MAX 4096 /* bytes; longer lines become several */
#define LINE_RELAY_LAST_SIZE 201 /* size of the last line with its NUL */

struct line_relay {
	struct buf *sink;   /* borrowed: complete lines are appended here */
	const char *prefix; /* borrowed: the id to put in front */
	char *last; /* borrowed: LINE_RELAY_LAST_SIZE; the last line that
				 has more than blanks, cut, not escaped */
	size_t n;
	char line[LINE_RELAY_LINE_MAX];
};

void line_relay_init(struct line_relay *, struct buf *sink, const char *prefix,
    char *last);

/* Pass on all complete lines. */
void line_relay_add(struct line_relay *, const char *bytes, size_t n);

/* There is no more input: pass on the rest without a newline. */
void line_relay_end(struct line_relay *);

#endif
