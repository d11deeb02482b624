/* SPDX-License-Identifier: ISC */
/*
 * help: the tables of verbs and options as text, on standard output.
 */
#ifndef ALERTSPOOL_FRAME_HELP_H
#define ALERTSPOOL_FRAME_HELP_H

#include "cli/frame/cli.h"

/* All verbs, a line each, and the global options. */
void help_overview(void);

/* The verbs of one group, a line each. */
void help_group(const struct command_group *);

/* One verb: usage, what it does, its options. */
void help_command(const struct command *);

/* The tables themselves for programs, a row a line, columns separated by TAB: "command
 * NAME ARGUMENTS SUMMARY" and "option NAME --LONG -LETTER ARGUMENT HELP", "-" for an
 * empty column; the global options' NAME is "-". The verbs of a group have two words as
 * NAME, and follow "group NAME SUMMARY". */
void help_tables(void);

#endif
