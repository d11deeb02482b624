/* SPDX-License-Identifier: ISC */
/*
 * quantity: numbers, durations and sizes as an operator writes them.
 */
#ifndef ALERTSPOOL_BASE_QUANTITY_H
#define ALERTSPOOL_BASE_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

/* A decimal whole number from min to max (0 <= min), without sign or blanks: all of the n
 * characters. 0, or -1 with *number as before. */
int quantity_number(const char *text, size_t n, int64_t min, int64_t max,
    int64_t *number);

/*
 * "10s", "5m", "24h", "30d", "250ms", "2d12h" or "0": decimal whole numbers, each with a
 * unit (d h m s ms), the larger unit first; only 0 needs no unit. 0 and *ms in
 * milliseconds, or -1 for any other text or more than a hundred years.
 */
int quantity_duration(const char *text, int64_t *ms);

/* "0", "4096", "256K", "64M", "2G", "1T": a decimal whole number of bytes, the unit a
 * power of 1024. 0, or -1 for any other text or more than INT64_MAX. */
int quantity_size(const char *text, int64_t *bytes);

#endif
