/* SPDX-License-Identifier: ISC */
/* format: tables of words, and short forms of numbers. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/output/format.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/escape.h"

void
format_age(char out[static FORMAT_SIZE], int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = {{(int64_t)365 * 86400, 'y'}, {86400, 'd'}, {3600, 'h'},
	    {60, 'm'}};

	if (seconds < 0)
		seconds = 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= units[i].seconds) {
			snprintf(out, FORMAT_SIZE, "%" PRId64 "%c",
			    seconds / units[i].seconds, units[i].letter);
			return;
		}
	snprintf(out, FORMAT_SIZE, "%" PRId64 "s", seconds);
}

void
format_bytes(char out[static FORMAT_SIZE], uint64_t bytes)
{
	static const char letters[] = "KMGTPE";
	double value = (double)bytes;
	size_t unit = 0;

	if (bytes < 1024) {
		snprintf(out, FORMAT_SIZE, "%" PRIu64, bytes);
		return;
	}
	value /= 1024;
	while (value >= 1023.5) { /* it would be rounded to "1024" */
		value /= 1024;
		unit++;
	}
	snprintf(out, FORMAT_SIZE, value < 9.95 ? "%.1f%c" : "%.0f%c", value,
	    letters[unit]);
}

void
format_print_lines(const char *text, size_t n)
{
	struct buf line = BUF_INIT;

	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t len = end != NULL ? (size_t)(end - text) : n;

		buf_reset(&line);
		escape_terminal(&line, text, len);
		printf("%s\n", line.data != NULL ? line.data : "");
		len += end != NULL;
		text += len;
		n -= len;
	}
	buf_free(&line);
}

enum table_colour
format_state(enum spool_state state)
{
	static const enum table_colour colours[SPOOL_STATES] = {
	    [SPOOL_NEW] = TABLE_YELLOW,
	    [SPOOL_CUR] = TABLE_BLUE,
	    [SPOOL_DONE] = TABLE_GREEN,
	    [SPOOL_DEAD] = TABLE_RED,
	    [SPOOL_BAD] = TABLE_RED,
	};

	return colours[state];
}

enum table_colour
format_severity(const char *severity)
{
	static const enum table_colour colours[SEVERITY_RANKS] = {
	    [SEVERITY_CRITICAL] = TABLE_RED,
	    [SEVERITY_ERROR] = TABLE_RED,
	    [SEVERITY_WARNING] = TABLE_YELLOW,
	    [SEVERITY_INFO] = TABLE_BLUE,
	    [SEVERITY_UNRATED] = TABLE_PLAIN,
	};

	return colours[severity_rank(severity)];
}
