/* SPDX-License-Identifier: ISC */
/*
 * table: rows for a person on a terminal, or for a program behind a pipe.
 *
 * On a terminal there is a header; columns are as wide as the first rows need and the
 * terminal allows; text that does not fit is cut with "…", and columns that do not fit
 * are left out, the least important first. Elsewhere every row is a line of all its
 * columns, separated by TAB, never cut or coloured. All text goes through
 * escape_terminal() here, so a cell holds no TAB or newline. Memory is bounded: only the
 * first TABLE_LOOK rows wait for their widths.
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
	int least; /* useless with a smaller width */
	int rank;  /* 0 is always shown; the highest is left out first */
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

struct table; /* opaque: holds waiting rows */

/* The width of the screen: $COLUMNS, else the kernel's width of the terminal, which may
 * be that of another stream than standard output, else 80. */
int table_screen_width(void);

/* The same when standard output is a terminal, else 0. */
int table_width(void);

/* Should there be colours: a terminal, and no NO_COLOR (no-color.org)? */
bool table_colours(void);

/* A table on this stream; width 0 is the form for programs. 0 and *table, or -1 with
 * ERROR_IO. The columns are borrowed. */
int table_open(struct table **, FILE *, const struct table_column *, size_t n,
    int width, bool colours, struct error *);

/* Add a row of n cells. 0, or -1 with ERROR_IO when there is no memory; the caller must
 * check the stream for errors. */
int table_add(struct table *, const struct table_cell *, struct error *);

/* Print text, which must be harmless already, in this colour if colours is set. */
void table_paint(FILE *, const char *text, enum table_colour, bool colours);

/* Fix the widths now, with room for the usual widths of later rows, and print the header
 * and the waiting rows. From then on each row is printed when it is added. */
void table_fix(struct table *, const int *usual);

/* Print the waiting rows; on a terminal the header even without rows. */
void table_end(struct table *);

void table_close(struct table *);

/* The number of screen columns of this UTF-8 text; and the bytes of its beginning that
 * fit into width. By wcwidth(3), one for characters that it does not know. */
int table_text_width(const char *text);
size_t table_text_fit(const char *text, int width);

#endif
