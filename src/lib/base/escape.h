/* SPDX-License-Identifier: ISC */
/*
 * escape: text from outside made harmless for a log, a terminal or a page.
 */
#ifndef ALERTSPOOL_BASE_ESCAPE_H
#define ALERTSPOOL_BASE_ESCAPE_H

#include <stddef.h>

struct buf;

/* Append text for a log: printable ASCII as it is, '"' and '\' with a '\'
 * before them, every other byte as \xNN. One line, whatever the input. */
void escape_log(struct buf *, const void *bytes, size_t n);

/*
 * Append text for a terminal: printable characters of any script as they are.
 * Controls (C0, DEL, C1, line separators), what shows nothing or reorders text
 * (Unicode's Default_Ignorable_Code_Point), noncharacters and private use as
 * \u{NN}, bytes that are no UTF-8 as \xNN, '\' as it is. One line.
 */
void escape_terminal(struct buf *, const void *bytes, size_t n);

/* Append text for a page in HTML or SVG, between tags or in a quoted attribute: as for
 * a terminal, and & < > " ' as character references. */
void escape_page(struct buf *, const void *bytes, size_t n);

#endif
