/* SPDX-License-Identifier: ISC */
/* value: numbers, durations, sizes and paths of a settings file. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/quantity.h"
#include "lib/record/name.h"
#include "lib/settings/inifile.h"
#include "lib/settings/value.h"

int
value_no_memory(const struct inifile *file)
{
	errno = ENOMEM;
	return error_sys(file->error, ERROR_IO, "cannot read %s", file->path);
}

/* How to read a kind of quantity, and an example for messages. */
struct quantity {
	int (*parse)(const char *, int64_t *);
	const char *form;
};

static int
value_quantity(const struct inifile *file, const char *key, const char *value,
    struct value_range range, const struct quantity *kind, int64_t *number)
{
	int64_t limit;

	if (kind->parse(value, number) == -1)
		return inifile_refuse(file, file->line, "%s must be %s", key,
		    kind->form);
	if (range.min != NULL && kind->parse(range.min, &limit) == 0 &&
	    *number < limit)
		return inifile_refuse(file, file->line,
		    "%s must be at least %s", key, range.min);
	if (range.max != NULL && kind->parse(range.max, &limit) == 0 &&
	    *number > limit)
		return inifile_refuse(file, file->line, "%s must be at most %s",
		    key, range.max);
	return 0;
}

int
value_duration(const struct inifile *file, const char *key, const char *value,
    struct value_range range, int64_t *ms)
{
	static const struct quantity kind = {quantity_duration,
	    "a whole number with one of ms, s, m, h, d behind it, as in 30d"};

	return value_quantity(file, key, value, range, &kind, ms);
}

int
value_size(const struct inifile *file, const char *key, const char *value,
    struct value_range range, int64_t *bytes)
{
	static const struct quantity kind = {quantity_size,
	    "a whole number of bytes, or with one of K, M, G, T behind it, "
	    "as in 64M"};

	return value_quantity(file, key, value, range, &kind, bytes);
}

int
value_number(const struct inifile *file, const char *key, const char *value,
    long min, long max, long *number)
{
	int64_t n;

	if (quantity_number(value, strlen(value), min, max, &n) == -1)
		return inifile_refuse(file, file->line,
		    "%s must be a number from %ld to %ld", key, min, max);
	*number = (long)n;
	return 0;
}

char *
value_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory, *base;

	if (slash == NULL)
		return realpath(".", NULL);
	directory = strndup(path, (size_t)(slash - path) + 1);
	if (directory == NULL)
		return NULL;
	base = realpath(directory, NULL);
	free(directory);
	return base;
}

char *
value_path(const char *base, const char *value)
{
	char *path;

	if (value[0] == '/')
		return strdup(value);
	if (asprintf(&path, "%s/%s", base, value) == -1)
		return NULL;
	return path;
}

bool
value_is_name(const char *name)
{
	return name_is_source(name, strlen(name));
}
