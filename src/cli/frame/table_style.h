/* SPDX-License-Identifier: ISC */
/*
 * table_style: whether a verb prints a table for people or lines for programs, by
 * --table, --color and the kind of standard output.
 */
#ifndef ALERTSPOOL_FRAME_TABLE_STYLE_H
#define ALERTSPOOL_FRAME_TABLE_STYLE_H

#include <stdbool.h>

#include "cli/frame/cli.h"

/* The rows of a verb's table of options that table_style() reads. */
/* clang-format off */
#define TABLE_OPTIONS \
	{"table", 0, NULL, "a table for people, wherever it goes"}, \
	{"color", 0, "WHEN", "colours in a table: always, never or auto"}
/* clang-format on */

struct table_style {
	int width; /* of the screen; 0: lines for programs */
	bool colours;
};

/* Read the options. 0, or -1 with ERROR_USAGE. */
int table_style(const struct cli *, struct table_style *, struct error *);

#endif
