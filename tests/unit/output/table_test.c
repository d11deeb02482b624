/* SPDX-License-Identifier: ISC */
/* table: what fits on a screen, what a pipe gets, and hostile text in both. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/output/table.h"
#include "lib/base/error.h"

static const struct table_column columns[] = {{"ID", 4, 0}, {"AGE", 3, 2},
    {"SUMMARY", 6, 1}};

#define N (sizeof(columns) / sizeof(columns[0]))

/* The table's output for these rows, malloc'ed. */
static char *
print(int width, bool colours, const struct table_cell *cells, size_t n)
{
	struct error error = ERROR_INIT;
	struct table *table;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(table_open(&table, out, columns, N, width, colours,
			     &error),
	    0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(table_add(table, cells + i * N, &error), 0);
	table_end(table);
	table_close(table);
	assert_int_equal(fclose(out), 0);
	return text;
}

static const struct table_cell two_rows[][N] = {
    {{"abcd", TABLE_PLAIN}, {"5m", TABLE_RED}, {"Host is down", TABLE_PLAIN}},
    {{"efgh", TABLE_PLAIN}, {NULL, TABLE_PLAIN}, {"", TABLE_PLAIN}},
};

static void
fits(void **state)
{
	static const struct {
		int width;
		bool colours;
		const char *text;
	} rows[] = {
	    {0, false, "abcd\t5m\tHost is down\nefgh\t-\t-\n"},
	    {80, false,
		"ID    AGE  SUMMARY\n"
		"abcd  5m   Host is down\n"
		"efgh  -    -\n"},
	    {80, true,
		"ID    AGE  SUMMARY\n"
		"abcd  \033[31m5m\033[0m   Host is down\n"
		"efgh  -    -\n"},
	    {20, false,
		"ID    AGE  SUMMARY\n"
		"abcd  5m   Host is …\n"
		"efgh  -    -\n"},
	    /* AGE is less important than SUMMARY. */
	    {14, false,
		"ID    SUMMARY\n"
		"abcd  Host is…\n"
		"efgh  -\n"},
	    {5, false, "ID\nabcd\nefgh\n"},
	    {2, false, "ID\nabcd\nefgh\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text =
		    print(rows[i].width, rows[i].colours, two_rows[0], 2);

		assert_string_equal(text, rows[i].text);
		free(text);
	}
}

static void
says_nothing_of_nothing(void **state)
{
	char *text;

	(void)state;
	text = print(80, false, NULL, 0);
	assert_string_equal(text, "ID  AGE  SUMMARY\n");
	free(text);
	text = print(0, false, NULL, 0);
	assert_string_equal(text, "");
	free(text);
}

/* The usual width is reserved for rows that come later, if there is room. Each row is
 * printed at once. */
static void
fixes_widths_for_later_rows(void **state)
{
	static const int usual[N] = {8, 3, 60};
	struct error error = ERROR_INIT;
	struct table *table;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	assert_non_null(out);
	assert_int_equal(table_open(&table, out, columns, N, 30, false, &error),
	    0);
	table_fix(table, usual);
	assert_int_equal(fflush(out), 0);
	assert_string_equal(text, "ID        AGE  SUMMARY\n");
	assert_int_equal(table_add(table, two_rows[0], &error), 0);
	assert_int_equal(fflush(out), 0);
	assert_string_equal(text,
	    "ID        AGE  SUMMARY\n"
	    "abcd      5m   Host is down\n");
	table_end(table);
	table_close(table);
	assert_int_equal(fclose(out), 0);
	free(text);
}

static void
hostile_text_is_harmless(void **state)
{
	static const struct table_cell rows[][N] = {
	    {{"a\tb\nc", TABLE_PLAIN}, {"\033[2J", TABLE_PLAIN},
		{"\xc2\x9b!\xe2\x80\xae\xff", TABLE_PLAIN}}};
	char *text;

	(void)state;
	text = print(0, false, rows[0], 1);
	assert_string_equal(text,
	    "a\\u{09}b\\u{0a}c\t\\u{1b}[2J\t\\u{9b}!\\u{202e}\\xff\n");
	free(text);
}

/* Rows after the first TABLE_LOOK keep the widths, and are cut to them. */
static void
later_rows_keep_the_widths(void **state)
{
	static struct table_cell rows[TABLE_LOOK + 2][N];
	char *text, *last;

	(void)state;
	for (size_t i = 0; i < TABLE_LOOK + 2; i++) {
		rows[i][0].text = "abcd";
		rows[i][1].text = "5m";
		rows[i][2].text = "down";
	}
	rows[TABLE_LOOK + 1][0].text = "a-long-one";
	text = print(80, false, rows[0], TABLE_LOOK + 2);
	last = strstr(text, "a-l");
	assert_non_null(last);
	assert_string_equal(last, "a-l…  5m   down\n");
	free(text);
}

static void
widths_are_those_of_the_screen(void **state)
{
	static const struct {
		const char *text;
		int width;
		int fit; /* into this many columns */
		size_t bytes;
	} rows[] = {
	    {"", 0, 5, 0}, {"abc", 3, 2, 2}, {"Zürich", 6, 3, 4},
	    {"日本", 4, 3, 3},
	    {"e\xcc\x81t", 2, 1, 3}, /* the accent stays with its letter */
	    {"a\xff\xe6z", 4, 2, 2}, /* not UTF-8, byte for byte */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(table_text_width(rows[i].text), rows[i].width);
		assert_int_equal(table_text_fit(rows[i].text, rows[i].fit),
		    rows[i].bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fits),
	    cmocka_unit_test(says_nothing_of_nothing),
	    cmocka_unit_test(fixes_widths_for_later_rows),
	    cmocka_unit_test(hostile_text_is_harmless),
	    cmocka_unit_test(later_rows_keep_the_widths),
	    cmocka_unit_test(widths_are_those_of_the_screen),
	};

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
