/* SPDX-License-Identifier: ISC */
/*
 * key: a table row for every key has the place and the rules of its value; defaults pass
 * through the same row. Any word is a key of [severity], so that section's row only
 * describes it.
 */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/settings/private.h"
#include "lib/settings/value.h"

#define CREDENTIALS "%d/"
#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

struct setting {
	enum settings_section section;
	const char *key;
	const char *fallback; /* as in the file; "": none */
	int (*set)(struct inifile *, const struct setting *, const char *value);
	size_t offset; /* in struct settings_loader or settings_source */
	struct value_range range; /* of a size or duration */
	bool repeatable;
};

static struct settings_source *
current_source(struct settings_loader *loader)
{
	return &loader->settings.sources[loader->settings.nsources - 1];
}

/* Where the value of this row goes. */
static void *
field(struct inifile *file, const struct setting *row)
{
	struct settings_loader *loader = file->context;

	if (row->section == SETTINGS_SOURCE)
		return (char *)current_source(loader) + row->offset;
	return (char *)loader + row->offset;
}

static int
set_workers(struct inifile *file, const struct setting *row, const char *value)
{
	long workers;

	if (value_number(file, row->key, value, 1, SETTINGS_WORKERS_MAX,
		&workers) == -1)
		return -1;
	*(int *)field(file, row) = (int)workers;
	return 0;
}

static int
set_duration(struct inifile *file, const struct setting *row, const char *value)
{
	return value_duration(file, row->key, value, row->range,
	    field(file, row));
}

static int
set_size(struct inifile *file, const struct setting *row, const char *value)
{
	return value_size(file, row->key, value, row->range, field(file, row));
}

static const char *
base_of(const struct inifile *file)
{
	return ((const struct settings_loader *)file->context)->base;
}

static int
set_path(struct inifile *file, const struct setting *row, const char *value)
{
	char **path = field(file, row);

	if (strncmp(value, CREDENTIALS, strlen(CREDENTIALS)) == 0)
		return inifile_refuse(file, file->line,
		    "%s cannot be in %%d, which is for secret_file and "
		    "token_file",
		    row->key);
	free(*path);
	*path = value_path(base_of(file), value);
	return *path != NULL ? 0 : value_no_memory(file);
}

static int
set_directory(struct inifile *file, const struct setting *row,
    const char *value)
{
	struct settings_loader *loader = file->context;

	loader->settings.relative = value[0] != '/';
	return set_path(file, row, value);
}

static bool
has_path(const struct settings_paths *paths, const char *path)
{
	size_t i;

	for (i = 0; i < paths->n; i++)
		if (strcmp(paths->path[i], path) == 0)
			return true;
	return false;
}

/* Takes ownership of the path. */
static int
add_path(struct inifile *file, struct settings_paths *paths, char *path)
{
	size_t n = paths->n + 1;
	char **grown = reallocarray(paths->path, n, sizeof(*grown));
	int *lines = reallocarray(paths->line, n, sizeof(*lines));

	if (grown != NULL)
		paths->path = grown;
	if (lines != NULL)
		paths->line = lines;
	if (grown == NULL || lines == NULL) {
		free(path);
		return value_no_memory(file);
	}
	grown[paths->n] = path;
	lines[paths->n++] = file->line;
	return 0;
}

static int
set_paths(struct inifile *file, const struct setting *row, const char *value)
{
	struct settings_source *source = current_source(file->context);
	const size_t front = strlen(CREDENTIALS);
	bool credential = strncmp(value, CREDENTIALS, front) == 0;
	char *path;

	if (strstr(value + (credential ? front : 0), "%d") != NULL ||
	    value[strlen(value) - 1] == '/')
		return inifile_refuse(file, file->line,
		    "%s must be the path of a file, in which %%d is allowed "
		    "only at the beginning, as in %%d/secret",
		    row->key);
	path = credential ? strdup(value) : value_path(base_of(file), value);
	if (path == NULL)
		return value_no_memory(file);
	if (has_path(&source->secrets, path) ||
	    has_path(&source->tokens, path)) {
		free(path);
		return inifile_refuse(file, file->line,
		    "[source %s] names %s already; remove one of the two lines",
		    source->name, value);
	}
	return add_path(file, field(file, row), path);
}

static int
set_encoding(struct inifile *file, const struct setting *row, const char *value)
{
	bool hex = strcmp(value, "hex") == 0;

	if (!hex && strcmp(value, "base64") != 0)
		return inifile_refuse(file, file->line,
		    "%s must be base64 or hex", row->key);
	*(bool *)field(file, row) = hex;
	return 0;
}

static int
set_authentication(struct inifile *file, const struct setting *row,
    const char *value)
{
	if (strcmp(value, "none") != 0)
		return inifile_refuse(file, file->line,
		    "%s can only be none; to require a secret or token give "
		    "secret_file or token_file",
		    row->key);
	*(bool *)field(file, row) = true;
	return 0;
}

/* The value of a macro as a string. */
#define QUOTE(macro) #macro
#define TEXT(macro) QUOTE(macro)

#define LOADER(member) offsetof(struct settings_loader, member)
#define SOURCE(member) offsetof(struct settings_source, member)

static const struct setting table[] = {
    {SETTINGS_SPOOL, "directory", LOCALSTATEDIR "/spool/alertspool",
	set_directory, .offset = LOADER(settings.directory)},
    {SETTINGS_SPOOL, "min_free", "64M", set_size,
	.offset = LOADER(settings.min_free)},
    {SETTINGS_SPOOL, "retain_done", "30d", set_duration,
	.offset = LOADER(settings.retain_done)},
    {SETTINGS_SPOOL, "retain_dead", "90d", set_duration,
	.offset = LOADER(settings.retain_dead)},
    {SETTINGS_SPOOL, "retain_bad", "90d", set_duration,
	.offset = LOADER(settings.retain_bad)},
    {SETTINGS_RESPONDER, "workers", "16", set_workers,
	.offset = LOADER(settings.workers)},
    {SETTINGS_RESPONDER, "max_body", "256K", set_size,
	.offset = LOADER(settings.max_body),
	.range = {"1", TEXT(SETTINGS_BODY_MAX_MIB) "M"}},
    {SETTINGS_RESPONDER, "request_timeout", "10s", set_duration,
	.offset = LOADER(settings.request_timeout), .range = {"100ms", "1h"}},
    {SETTINGS_RESPONDER, "severity_file", "", set_path,
	.offset = LOADER(severity_file)},
    {SETTINGS_SOURCE, "secret_file", "", set_paths, .offset = SOURCE(secrets),
	.repeatable = true},
    {SETTINGS_SOURCE, "token_file", "", set_paths, .offset = SOURCE(tokens),
	.repeatable = true},
    {SETTINGS_SOURCE, "signature_encoding", "base64", set_encoding,
	.offset = SOURCE(hex)},
    {SETTINGS_SOURCE, "authentication", "", set_authentication,
	.offset = SOURCE(unauthenticated)},
    {SETTINGS_SEVERITY, "default", "", .set = NULL},
};

#define ROWS (sizeof(table) / sizeof(table[0]))

_Static_assert(ROWS <= 32, "seen_keys has a bit for each row");

int
settings_default_keys(struct inifile *file, enum settings_section section)
{
	const struct setting *row;

	for (row = table; row < table + ROWS; row++)
		if (row->section == section && row->fallback[0] != '\0' &&
		    row->set(file, row, row->fallback) == -1)
			return -1;
	return 0;
}

int
settings_add_severity(struct inifile *file, struct severity_map *map,
    const char *key, const char *value)
{
	const char *word = severity_word(value);

	if (key[strspn(key, LETTERS DIGITS "_-")] != '\0')
		return inifile_refuse(file, file->line,
		    "'%s' is not an event type, alert configuration id or "
		    "default",
		    key);
	if (word == NULL)
		return inifile_refuse(file, file->line,
		    "the severity of %s must be INFO, WARNING, ERROR or "
		    "CRITICAL",
		    key);
	if (severity_add(map, key, word) == 0)
		return 0;
	if (errno != EEXIST)
		return value_no_memory(file);
	return inifile_refuse(file, file->line,
	    "%s has a severity already; remove one of the two lines", key);
}

int
settings_set_key(struct inifile *file, const char *key, const char *value)
{
	struct settings_loader *loader = file->context;
	size_t i;

	for (i = 0; i < ROWS; i++)
		if (table[i].section == loader->section &&
		    strcmp(table[i].key, key) == 0)
			break;
	if (i == ROWS)
		return inifile_refuse(file, file->line,
		    "unknown key '%s' in [%s]", key,
		    settings_section_word(loader->section));
	if (!table[i].repeatable && (loader->seen_keys & 1u << i) != 0)
		return inifile_refuse(file, file->line,
		    "%s is given already; remove one of the two lines", key);
	loader->seen_keys |= 1u << i;
	return table[i].set(file, &table[i], value);
}

bool
settings_describe(size_t i, const char **section, const char **key,
    const char **fallback)
{
	if (i >= ROWS)
		return false;
	*section = settings_section_word(table[i].section);
	*key = table[i].key;
	*fallback = table[i].fallback;
	return true;
}
