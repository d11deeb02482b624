/* SPDX-License-Identifier: ISC */
/*
 * settings: checks the rules between keys: those of a section at its end, those of the
 * whole at the end of the file.
 */
#include "config.h"
#include "installed.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/record/name.h"
#include "lib/settings/private.h"
#include "lib/settings/value.h"

static const char *const section_words[SETTINGS_SECTIONS] = {
    [SETTINGS_SPOOL] = "spool",
    [SETTINGS_RESPONDER] = "responder",
    [SETTINGS_SOURCE] = "source",
    [SETTINGS_SEVERITY] = "severity",
};

const char *
settings_section_word(enum settings_section section)
{
	return section_words[section];
}

/* ---- sections ------------------------------------------------------------ */

static int
begin_source(struct inifile *file, const char *name)
{
	struct settings_loader *loader = file->context;
	struct settings *s = &loader->settings;
	struct settings_source *grown;

	if (!name_is_source(name, strlen(name)))
		return inifile_refuse(file, file->line,
		    "'%s' is not a source name: 1 to %d of a-z, 0-9, '_' and "
		    "'-', "
		    "beginning with a-z or 0-9",
		    name, NAME_SOURCE_MAX);
	if (settings_source(s, name, strlen(name)) != NULL)
		return inifile_refuse(file, file->line,
		    "[source %s] exists already; join the two", name);
	grown = reallocarray(s->sources, s->nsources + 1, sizeof(*grown));
	if (grown == NULL)
		return value_no_memory(file);
	s->sources = grown;
	grown[s->nsources] = (struct settings_source){.name = strdup(name)};
	if (grown[s->nsources++].name == NULL)
		return value_no_memory(file);
	loader->section = SETTINGS_SOURCE;
	return settings_default_keys(file, SETTINGS_SOURCE);
}

/* One of the sections that may exist only once. */
static int
begin_single(struct inifile *file, const char *name)
{
	struct settings_loader *loader = file->context;
	enum settings_section i;

	for (i = 0; i < SETTINGS_SECTIONS; i++)
		if (i != SETTINGS_SOURCE && strcmp(name, section_words[i]) == 0)
			break;
	if (i == SETTINGS_SECTIONS)
		return inifile_refuse(file, file->line,
		    "unknown section [%s]: there are [spool], [responder], "
		    "[source NAME] and [severity]",
		    name);
	if ((loader->seen_sections & 1u << i) != 0)
		return inifile_refuse(file, file->line,
		    "[%s] exists already; join the two", name);
	loader->seen_sections |= 1u << i;
	loader->section = i;
	return 0;
}

static int
check_source(const struct inifile *file, int line,
    const struct settings_source *source)
{
	size_t files = source->secrets.n + source->tokens.n;

	if (source->unauthenticated && files > 0)
		return inifile_refuse(file, line,
		    "[source %s] has authentication = none and a "
		    "secret_file or token_file; remove one of them",
		    source->name);
	if (!source->unauthenticated && files == 0)
		return inifile_refuse(file, line,
		    "[source %s] needs a secret_file or token_file, or "
		    "authentication = none if anybody may deliver",
		    source->name);
	return 0;
}

static int
end_section(const struct inifile *file)
{
	const struct settings_loader *loader = file->context;
	const struct settings *s = &loader->settings;

	if (loader->section == SETTINGS_NO_SECTION)
		return 0;
	if (loader->keys == 0)
		return inifile_refuse(file, loader->section_line,
		    "empty section; give it a key or remove it");
	if (loader->section == SETTINGS_SOURCE)
		return check_source(file, loader->section_line,
		    &s->sources[s->nsources - 1]);
	return 0;
}

static int
begin_section(struct inifile *file, const char *name)
{
	static const char source[] = "source ";
	struct settings_loader *loader = file->context;

	if (end_section(file) == -1)
		return -1;
	loader->section_line = file->line;
	loader->keys = 0;
	loader->seen_keys = 0;
	if (strncmp(name, source, strlen(source)) == 0)
		return begin_source(file, name + strlen(source));
	return begin_single(file, name);
}

static int
take_pair(struct inifile *file, const char *key, const char *value)
{
	struct settings_loader *loader = file->context;

	if (loader->section == SETTINGS_NO_SECTION)
		return inifile_refuse(file, file->line,
		    "%s stands before the first section", key);
	loader->keys++;
	if (loader->section == SETTINGS_SEVERITY)
		return settings_add_severity(file, &loader->settings.severity,
		    key, value);
	if (settings_set_key(file, key, value) == -1)
		return -1;
	if (loader->severity_file != NULL && loader->severity_line == 0)
		loader->severity_line = file->line;
	return 0;
}

/* ---- severity_file -------------------------------------------------------- */

static int
refuse_section(struct inifile *file, const char *name)
{
	return inifile_refuse(file, file->line,
	    "[%s]: a severity_file has no sections, only lines KEY = SEVERITY",
	    name);
}

static int
take_severity(struct inifile *file, const char *key, const char *value)
{
	return settings_add_severity(file, file->context, key, value);
}

/* Add the rules of severity_file that the settings file itself lacks. */
static int
merge_severity(const struct inifile *file, struct severity_map *map,
    const struct severity_map *more)
{
	size_t i;

	for (i = 0; i < more->n; i++)
		if (severity_add(map, more->rules[i].key,
			more->rules[i].severity) == -1 &&
		    errno != EEXIST)
			return value_no_memory(file);
	return 0;
}

static int
load_severity_file(const struct inifile *main_file)
{
	struct settings_loader *loader = main_file->context;
	struct severity_map map = {.rules = NULL};
	struct error error = ERROR_INIT;
	struct inifile file = {
	    .path = loader->severity_file,
	    .error = &error,
	    .context = &map,
	    .section = refuse_section,
	    .pair = take_severity,
	};
	int rc;

	if (inifile_read(&file) == 0)
		rc =
		    merge_severity(main_file, &loader->settings.severity, &map);
	else if (error.kind == ERROR_SETTINGS)
		rc = error_take(main_file->error, &error);
	else
		rc = inifile_refuse(main_file, loader->severity_line,
		    "severity_file: %s", error.text);
	severity_free(&map);
	return rc;
}

/* ---- the whole ------------------------------------------------------------ */

static int
load_file(struct inifile *file)
{
	struct settings_loader *loader = file->context;

	loader->settings.file = strdup(file->path);
	if (loader->settings.file == NULL)
		return value_no_memory(file);
	loader->base = value_base(file->path);
	if (loader->base == NULL)
		return error_sys(file->error,
		    errno == EACCES ? ERROR_DENIED : ERROR_NOT_FOUND,
		    "cannot read %s", file->path);
	if (settings_default_keys(file, SETTINGS_SPOOL) == -1 ||
	    settings_default_keys(file, SETTINGS_RESPONDER) == -1 ||
	    inifile_read(file) == -1 || end_section(file) == -1)
		return -1;
	if (loader->settings.nsources == 0)
		return inifile_refuse(file, file->line > 0 ? file->line : 1,
		    "no [source NAME] section: nobody could deliver");
	if (loader->severity_file == NULL)
		return 0;
	return load_severity_file(file);
}

int
settings_load(struct settings *settings, const char *path, struct error *error)
{
	struct settings_loader loader = {.section = SETTINGS_NO_SECTION};
	struct inifile file = {
	    .path = path,
	    .only = INIFILE_MAIN,
	    .error = error,
	    .context = &loader,
	    .section = begin_section,
	    .pair = take_pair,
	};
	int rc;

	rc = load_file(&file);
	if (rc == -1)
		settings_free(&loader.settings);
	*settings = loader.settings;
	free(loader.base);
	free(loader.severity_file);
	return rc;
}

static void
free_paths(struct settings_paths *paths)
{
	size_t i;

	for (i = 0; i < paths->n; i++)
		free(paths->path[i]);
	free(paths->path);
	free(paths->line);
}

void
settings_free(struct settings *settings)
{
	size_t i;

	for (i = 0; i < settings->nsources; i++) {
		free(settings->sources[i].name);
		free_paths(&settings->sources[i].secrets);
		free_paths(&settings->sources[i].tokens);
	}
	free(settings->sources);
	free(settings->file);
	free(settings->directory);
	severity_free(&settings->severity);
	*settings = (struct settings){.file = NULL};
}

const char *
settings_path(const char *path)
{
	const char *named = getenv("ALERTSPOOL_CONF");

	if (path != NULL)
		return path;
	if (named != NULL && named[0] != '\0')
		return named;
	return SYSCONFDIR "/alertspool/alertspool.conf";
}

const struct settings_source *
settings_source(const struct settings *settings, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < settings->nsources; i++)
		if (strlen(settings->sources[i].name) == n &&
		    memcmp(settings->sources[i].name, name, n) == 0)
			return &settings->sources[i];
	return NULL;
}
