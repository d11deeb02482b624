/* SPDX-License-Identifier: ISC */
/*
 * table: rows for a person on a terminal, or for a program behind a pipe.
 *
 * On a terminal there is a header; columns are as wide as the first rows need
 * and the terminal allows, what does not fit is cut with "…", columns without
 * any room are left out, the least important first. Elsewhere every row is a
 * line of all its columns, separated by TAB, never cut or coloured.
 * Text goes through escape_terminal() here, so a cell holds no TAB or newline.
 * Memory is bounded: only the first TABLE_LOOK rows wait for their widths.
 */
#ifndef ALERTSPOOL_OUTPUT_TABLE_H
#define ALERTSPOOL_OUTPUT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct error;

#define TABLE_COLUMNS_MAX 16
#define TABLE_LOOK 200

struct table_column {
	const char *head;
	int least; /* no use in fewer columns of the screen than this */
	int rank;  /* 0 stays always; the highest goes first */
};

enum table_colour {
	TABLE_PLAIN,
	TABLE_RED,
	TABLE_YELLOW,
	TABLE_GREEN,
	TABLE_BLUE,
	TABLE_COLOURS
};

struct table_cell {
	const char *text; /* NULL or "": shown as "-" */
	enum table_colour colour;
};

struct table; /* opaque: holds rows that wait */

/* How wide the screen is: $COLUMNS, else what the kernel says of the terminal, which
 * may be that of another stream than standard output, else 80. */
int table_screen_width(void);

/* The same when standard output is a terminal, else 0. */
int table_width(void);

/* Does somebody want colours: a terminal, and no NO_COLOR (no-color.org)? */
bool table_colours(void);

/* A table on this stream; width 0 is the form for programs. 0 and *table, or
 * -1 with ERROR_IO. The columns are borrowed. */
int table_open(struct table **, FILE *, const struct table_column *, size_t n,
    int width, bool colours, struct error *);

/* Add a row of n cells. 0, or -1 with ERROR_IO when there is no memory; a
 * stream that fails is the caller's to notice. */
int table_add(struct table *, const struct table_cell *, struct error *);

/* Print text, which must be harmless already, in this colour if there are to be
 * colours. */
void table_paint(FILE *, const char *text, enum table_colour, bool colours);

/* Fix the widths now, with room for rows that come later, whose columns are usually
 * this wide, and print the header and what waits. From then on each row is printed
 * when it is added. */
void table_fix(struct table *, const int *usual);

/* Print what waits; on a terminal the header even when there is no row. */
void table_end(struct table *);

void table_close(struct table *);

/* How many columns of the screen this UTF-8 text takes; and its front that
 * takes at most width, in bytes. wcwidth(3) decides, one for what it does not
 * know. */
int table_text_width(const char *text);
size_t table_text_fit(const char *text, int width);

#endif
