/* SPDX-License-Identifier: ISC */
/*
 * timestamp: moments as RFC 3339 text and as seconds since 1970 in UTC.
 *
 * Covers the proleptic Gregorian calendar from year 1 to 9999; uses neither time zones
 * nor the clock.
 */
#ifndef ALERTSPOOL_BASE_TIMESTAMP_H
#define ALERTSPOOL_BASE_TIMESTAMP_H

#include <stddef.h>
#include <time.h>

#define TIMESTAMP_SIZE 32	  /* room for any text of timestamp_format() */
#define TIMESTAMP_COMPACT_SIZE 17 /* "20240115T103000Z" and a NUL */

/*
 * Parse n characters of RFC 3339 date-time: any number of fraction digits (those after
 * the ninth are dropped), 'T' or 't' or one blank between date and time, 'Z' or 'z' or an
 * offset "+hh:mm", also without its colon. Without seconds ("10:00Z", as in ISO 8601) it
 * is the whole minute; second 60 is the second after 59. 0 and *t (tv_nsec 0 to
 * 999999999), or -1 for any other text, or a moment in UTC outside the years 1 to 9999.
 */
int timestamp_parse(const char *text, size_t n, struct timespec *t);

/* Write RFC 3339 in UTC with 'Z' and this many fraction digits (0 to 9, cut, not
 * rounded); TIMESTAMP_SHORTEST: as many as needed, none for a whole second. The year must
 * be 1 to 9999. */
#define TIMESTAMP_SHORTEST (-1)
void timestamp_format(char out[static TIMESTAMP_SIZE], struct timespec t,
    int digits);

/* The basic form YYYYMMDDThhmmssZ at the beginning of record names. */
void timestamp_compact(char out[static TIMESTAMP_COMPACT_SIZE], time_t t);

/* Its inverse for exactly 16 characters: 0, or -1 if they are not a moment.
 * "00000000T000000Z", the absent time of a name, gives -1. */
int timestamp_parse_compact(const char *text, time_t *t);

/* -1, 0 or 1: a is before, the same as, after b. */
int timestamp_compare(struct timespec a, struct timespec b);

#endif
