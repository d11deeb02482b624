/* SPDX-License-Identifier: ISC */
/* options: parses a command line by the tables of struct cli_option. */
#ifndef ALERTSPOOL_FRAME_OPTIONS_H
#define ALERTSPOOL_FRAME_OPTIONS_H

#include "cli/frame/cli.h"

/*
 * Parse the global options up to the first operand, which is the verb. 0 and
 * its index in argv (argc when there is none), or -1 with ERROR_USAGE.
 */
int options_parse_global(struct cli *, int *verb, struct error *);

/* Parse the words after the verb at this index: options of the verb and global ones,
 * anywhere among the operands, up to "--". 0, or -1 with ERROR_USAGE. */
int options_parse_command(struct cli *, int verb, struct error *);

/* The index in argv of the verb's first operand; argc when there is none, or an unknown
 * option before it. For after options_parse_command(), also if that failed. */
int options_first_operand(const struct cli *);

void options_free(struct cli *);

#endif
