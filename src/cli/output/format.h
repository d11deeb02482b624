/* SPDX-License-Identifier: ISC */
/*
 * format: how ages, sizes, states and severities look, the same in every verb.
 */
#ifndef ALERTSPOOL_OUTPUT_FORMAT_H
#define ALERTSPOOL_OUTPUT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "cli/output/table.h"
#include "lib/spool/spool.h"

#define FORMAT_SIZE 32 /* room for any text below */

/* "45s", "12m", "3h", "17d", "2y": the largest unit alone; what lies ahead is
 * "0s". */
void format_age(char out[static FORMAT_SIZE], int64_t seconds);

/* "812", "1.5K", "64M": a power of 1024, at most one decimal. */
void format_bytes(char out[static FORMAT_SIZE], uint64_t bytes);

/* Print text of somebody else on standard output, line by line, each made
 * harmless. */
void format_print_lines(const char *text, size_t n);

enum table_colour format_state(enum spool_state);

/* By its rank, so in any case; of what has none, and of NULL, plain. */
enum table_colour format_severity(const char *severity);

#endif
