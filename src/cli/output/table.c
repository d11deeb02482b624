/* SPDX-License-Identifier: ISC */
/*
 * table: keeps rows as escaped text until there are TABLE_LOOK of them or the table ends;
 * then it fixes the widths, prints the header and those rows, and every later row at
 * once.
 *
 * Width is wcwidth(3)'s under C.UTF-8 (main.c), whose wide characters are code points on
 * the supported systems.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/output/table.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/utf8.h"

#define GAP 2 /* blanks between columns */
#define WIDTH_DEFAULT 80
#define WIDTH_MAX 10000
#define ELLIPSIS "…"

static const char *const sgr[TABLE_COLOURS] = {
    [TABLE_PLAIN] = "",
    [TABLE_RED] = "\033[31m",
    [TABLE_YELLOW] = "\033[33m",
    [TABLE_GREEN] = "\033[32m",
    [TABLE_BLUE] = "\033[34m",
};
#define SGR_END "\033[0m"

struct cell {
	struct buf text;
	enum table_colour colour;
};

struct table {
	FILE *out;
	const struct table_column *columns;
	size_t n;
	int screen; /* 0: not a terminal */
	bool colours;
	bool fitted;	  /* width is set */
	const int *usual; /* expected widths of later rows, or NULL */
	int width[TABLE_COLUMNS_MAX]; /* -1: left out */
	size_t rows;		      /* rows that wait */
	struct cell cells[TABLE_LOOK][TABLE_COLUMNS_MAX];
};

int
table_screen_width(void)
{
	static const int streams[] = {STDOUT_FILENO, STDERR_FILENO,
	    STDIN_FILENO};
	const char *columns = getenv("COLUMNS");
	long n = columns != NULL ? strtol(columns, NULL, 10) : 0;
	struct winsize size;

	if (n > 0 && n <= WIDTH_MAX)
		return (int)n;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		if (ioctl(streams[i], TIOCGWINSZ, &size) == 0 &&
		    size.ws_col > 0)
			return size.ws_col;
	return WIDTH_DEFAULT;
}

int
table_width(void)
{
	return isatty(STDOUT_FILENO) ? table_screen_width() : 0;
}

bool
table_colours(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* ---- widths --------------------------------------------------------- */

static int
next_width(const char *text, size_t *len)
{
	unsigned int codepoint;
	int width;

	*len = utf8_next(text, strlen(text), &codepoint);
	if (*len == 0) {
		*len = 1;
		return 1;
	}
	width = wcwidth((wchar_t)codepoint);
	return width < 0 ? 1 : width;
}

int
table_text_width(const char *text)
{
	int width = 0;
	size_t len;

	for (; *text != '\0'; text += len)
		width += next_width(text, &len);
	return width;
}

size_t
table_text_fit(const char *text, int width)
{
	size_t front = 0, len;

	while (text[front] != '\0') {
		width -= next_width(text + front, &len);
		if (width < 0)
			break;
		front += len;
	}
	return front;
}

/* The width that the header, the waiting rows and expected rows need. */
static int
natural_width(const struct table *t, size_t column)
{
	int most = table_text_width(t->columns[column].head);

	if (t->usual != NULL && most < t->usual[column])
		most = t->usual[column];
	for (size_t row = 0; row < t->rows; row++) {
		int width = table_text_width(t->cells[row][column].text.data);

		if (width > most)
			most = width;
	}
	return most;
}

static int
used_width(const struct table *t)
{
	int used = -GAP;

	for (size_t i = 0; i < t->n; i++)
		if (t->width[i] >= 0)
			used += t->width[i] + GAP;
	return used;
}

/* Leave out the least important column; false if none may be left out. */
static bool
leave_out(struct table *t)
{
	size_t last = t->n;

	for (size_t i = 0; i < t->n; i++)
		if (t->width[i] >= 0 && t->columns[i].rank > 0 &&
		    (last == t->n ||
			t->columns[i].rank > t->columns[last].rank))
			last = i;
	if (last == t->n)
		return false;
	t->width[last] = -1;
	return true;
}

/* Start with the minimum widths, then distribute the rest of the screen, one column at a
 * time to all that can use it. */
static void
fit(struct table *t)
{
	int natural[TABLE_COLUMNS_MAX] = {0}, left;
	bool grew = true;

	for (size_t i = 0; i < t->n; i++) {
		natural[i] = natural_width(t, i);
		t->width[i] = natural[i] < t->columns[i].least
		    ? natural[i]
		    : t->columns[i].least;
	}
	while (used_width(t) > t->screen)
		if (!leave_out(t))
			break;
	left = t->screen - used_width(t);
	while (left > 0 && grew) {
		grew = false;
		for (size_t i = 0; i < t->n && left > 0; i++)
			if (t->width[i] >= 0 && t->width[i] < natural[i]) {
				t->width[i]++;
				left--;
				grew = true;
			}
	}
	t->fitted = true;
}

/* ---- printing ------------------------------------------------------- */

void
table_paint(FILE *out, const char *text, enum table_colour colour, bool colours)
{
	bool painted = colours && colour != TABLE_PLAIN;

	fprintf(out, "%s%s%s", painted ? sgr[colour] : "", text,
	    painted ? SGR_END : "");
}

/* Print text within width; padded unless it is the last of its line. */
static void
print_fitted(struct table *t, const char *text, enum table_colour colour,
    int width, bool last)
{
	bool painted = t->colours && colour != TABLE_PLAIN;
	int taken = table_text_width(text);

	if (painted)
		fputs(sgr[colour], t->out);
	if (taken <= width) {
		fputs(text, t->out);
	} else if (width > 0) {
		size_t n = table_text_fit(text, width - 1);

		fwrite(text, 1, n, t->out);
		fputs(ELLIPSIS, t->out);
		/* A wide character that did not fit leaves a gap. */
		taken = 1;
		for (size_t i = 0, len; i < n; i += len)
			taken += next_width(text + i, &len);
	}
	if (painted)
		fputs(SGR_END, t->out);
	if (!last)
		fprintf(t->out, "%*s", width - taken + GAP, "");
}

static void
print_row(struct table *t, const struct cell *cells)
{
	size_t last = t->n;

	for (size_t i = 0; i < t->n; i++)
		if (t->width[i] >= 0)
			last = i;
	for (size_t i = 0; i < t->n; i++) {
		const char *text =
		    cells != NULL ? cells[i].text.data : t->columns[i].head;

		if (t->width[i] >= 0)
			print_fitted(t, text,
			    cells != NULL ? cells[i].colour : TABLE_PLAIN,
			    t->width[i], i == last);
	}
	fputc('\n', t->out);
}

static void
flush_rows(struct table *t)
{
	if (!t->fitted) {
		fit(t);
		print_row(t, NULL);
	}
	for (size_t row = 0; row < t->rows; row++)
		print_row(t, t->cells[row]);
	t->rows = 0;
}

static void
print_line(struct table *t, const struct cell *cells)
{
	for (size_t i = 0; i < t->n; i++)
		fprintf(t->out, "%s%s", i > 0 ? "\t" : "", cells[i].text.data);
	fputc('\n', t->out);
}

/* ---- the table ------------------------------------------------------ */

int
table_open(struct table **table, FILE *out, const struct table_column *columns,
    size_t n, int width, bool colours, struct error *error)
{
	struct table *t = calloc(1, sizeof(*t));

	assert(n > 0 && n <= TABLE_COLUMNS_MAX);
	*table = t;
	if (t == NULL)
		return error_sys(error, ERROR_IO, "table");
	t->out = out;
	t->columns = columns;
	t->n = n;
	t->screen = width;
	t->colours = colours;
	return 0;
}

int
table_add(struct table *t, const struct table_cell *cells, struct error *error)
{
	struct cell *row = t->cells[t->rows];

	for (size_t i = 0; i < t->n; i++) {
		const char *text = cells[i].text;

		if (text == NULL || *text == '\0')
			text = "-";
		buf_reset(&row[i].text);
		escape_terminal(&row[i].text, text, strlen(text));
		if (buf_check(&row[i].text, error) == -1)
			return -1;
		row[i].colour = cells[i].colour;
	}
	if (t->screen == 0) {
		print_line(t, row);
		return 0;
	}
	t->rows++;
	if (t->fitted || t->rows == TABLE_LOOK)
		flush_rows(t);
	return 0;
}

void
table_end(struct table *t)
{
	if (t->screen > 0)
		flush_rows(t);
}

void
table_fix(struct table *t, const int *usual)
{
	t->usual = usual;
	table_end(t);
}

void
table_close(struct table *t)
{
	if (t == NULL)
		return;
	for (size_t row = 0; row < TABLE_LOOK; row++)
		for (size_t i = 0; i < t->n; i++)
			buf_free(&t->cells[row][i].text);
	free(t);
}
