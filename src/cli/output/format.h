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

/* "45s", "12m", "3h", "17d", "2y": only the largest unit; "0s" for a time in the future. */
void format_age(char out[static FORMAT_SIZE], int64_t seconds);

/* "812", "1.5K", "64M": a power of 1024, at most one decimal. */
void format_bytes(char out[static FORMAT_SIZE], uint64_t bytes);

/* Print text from outside on standard output, line by line, each escaped. */
void format_print_lines(const char *text, size_t n);

enum table_colour format_state(enum spool_state);

/* By its rank, so in any case; plain for other text and NULL. */
enum table_colour format_severity(const char *severity);

#endif
