/* SPDX-License-Identifier: ISC */
/*
 * value: what stands behind "key =", read and checked.
 *
 * Each returns 0, or -1 after it refused the value with file, line, key and what it
 * must be.
 */
#ifndef ALERTSPOOL_SETTINGS_VALUE_H
#define ALERTSPOOL_SETTINGS_VALUE_H

#include <stdbool.h>
#include <stdint.h>

struct inifile;

/* The least and the most of a duration or a size, as the file would say it; NULL: any. */
struct value_range {
	const char *min, *max;
};

/* "30d": milliseconds. */
int value_duration(const struct inifile *, const char *key, const char *value,
    struct value_range, int64_t *ms);

/* "64M": bytes. */
int value_size(const struct inifile *, const char *key, const char *value,
    struct value_range, int64_t *bytes);

/* A decimal whole number from min to max, both below 10^9. */
int value_number(const struct inifile *, const char *key, const char *value,
    long min, long max, long *number);

/* The directory that the file lies in, owned; NULL with errno. */
char *value_base(const char *path);

/* An owned path, absolute: a relative one begins at the base. NULL without memory. */
char *value_path(const char *base, const char *value);

/* Out of memory: ERROR_IO with the file's name. Always -1. */
int value_no_memory(const struct inifile *);

/* Is this a name as sources and queues have them? */
bool value_is_name(const char *);

#endif
