/* SPDX-License-Identifier: ISC */
/*
 * value: reads and checks the values of "key = value".
 *
 * Each function returns 0, or -1 after it refused the value with file, line, key and what
 * it must be.
 */
#ifndef ALERTSPOOL_SETTINGS_VALUE_H
#define ALERTSPOOL_SETTINGS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct inifile;

/* The minimum and the maximum of a duration or a size, as in the file; NULL: any. */
struct value_range {
	const char *min, *max;
};

/* "30d": milliseconds. */
int value_duration(const struct inifile *, const char *key, const char *value,
    struct value_range, int64_t *ms);

/* "64M": bytes. */
int value_size(const struct inifile *, const char *key, const char *value,
    struct value_range, int64_t *bytes);

/* A decimal whole number from min to max. */
int value_number(const struct inifile *, const char *key, const char *value,
    long min, long max, long *number);

/* The directory of the file, owned; NULL with errno. */
char *value_base(const char *path);

/* An owned absolute path: a relative one starts at base. NULL without memory. */
char *value_path(const char *base, const char *value);

/* Out of memory: ERROR_IO with the file's name. Always -1. */
int value_no_memory(const struct inifile *);

/* Is this a valid name of a source or queue? */
bool value_is_name(const char *);

#endif
