/* SPDX-License-Identifier: ISC */
/*
 * line_relay: what a handler prints, passed on line by line with the record's id in
 * front, harmless for a terminal, at bounded memory.
 */
#ifndef ALERTSPOOL_OUTPUT_LINE_RELAY_H
#define ALERTSPOOL_OUTPUT_LINE_RELAY_H

#include <stddef.h>

struct buf;

#define LINE_RELAY_LINE_MAX 4096 /* bytes; longer lines go on as several */
#define LINE_RELAY_LAST_SIZE 201 /* of a last line and its NUL */

struct line_relay {
	struct buf *sink;   /* borrowed: where whole lines are appended */
	const char *prefix; /* borrowed: the id to put in front */
	char *last; /* borrowed: LINE_RELAY_LAST_SIZE; the last line that
				 has more than blanks, cut, not escaped */
	size_t n;
	char line[LINE_RELAY_LINE_MAX];
};

void line_relay_init(struct line_relay *, struct buf *sink, const char *prefix,
    char *last);

/* Pass on all lines that are whole now. */
void line_relay_add(struct line_relay *, const char *bytes, size_t n);

/* There is no more: pass on what has no newline at its end. */
void line_relay_end(struct line_relay *);

#endif
