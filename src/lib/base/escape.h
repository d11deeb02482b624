/* SPDX-License-Identifier: ISC */
/* escape: makes text from outside harmless for a log, a terminal or a page. */
#ifndef ALERTSPOOL_BASE_ESCAPE_H
#define ALERTSPOOL_BASE_ESCAPE_H

#include <stddef.h>

struct buf;

/* Append text for a log, on one line: printable ASCII unchanged, '"' and '\' after a '\',
 * every other byte as \xNN. */
void escape_log(struct buf *, const void *bytes, size_t n);

/*
 * Append text for a terminal, on one line: printable characters of any script unchanged,
 * and '\', too. \u{NN} for controls (C0, DEL, C1, line separators), characters that show
 * nothing or reorder text (Unicode's Default_Ignorable_Code_Point), noncharacters and
 * private use; \xNN for bytes that are not UTF-8.
 */
void escape_terminal(struct buf *, const void *bytes, size_t n);

/* Append text for a page in HTML or SVG, between tags or in a quoted attribute: as for
 * a terminal, and & < > " ' as character references. */
void escape_page(struct buf *, const void *bytes, size_t n);

#endif
