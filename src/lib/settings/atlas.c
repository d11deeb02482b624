/* SPDX-License-Identifier: ISC */
/*
 * atlas: reads the sections [atlas NAME] with a table of keys. It does not open the key
 * file.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/settings/atlas.h"
#include "lib/settings/inifile.h"
#include "lib/settings/settings.h"
#include "lib/settings/value.h"

#define FRONT "atlas "
#define CREDENTIALS "%d/"
#define URL "https://cloud.mongodb.com"
#define HTTPS "https://"

struct loader {
	struct atlas_settings all;
	const struct settings *settings; /* of the same file */
	char *base;			 /* its directory */
	unsigned int seen; /* keys of this section; bits: rows of the table */
};

static struct atlas_section *
current(const struct inifile *file)
{
	struct loader *loader = file->context;

	return &loader->all.section[loader->all.n - 1];
}

bool
atlas_is_id(const char *text, size_t n)
{
	return n == ATLAS_ID_DIGITS && strspn(text, "0123456789abcdef") >= n;
}

/* ---- keys ---------------------------------------------------------------- */

static int
set_text(const struct inifile *file, char **field, char *owned)
{
	free(*field);
	*field = owned;
	return owned != NULL ? 0 : value_no_memory(file);
}

static int
take_project(struct inifile *file, const char *value)
{
	struct atlas_section *s = current(file);
	char **grown;

	if (!atlas_is_id(value, strlen(value)))
		return inifile_refuse(file, file->line,
		    "project must be an id of %d hexadecimal digits in lower "
		    "case, as in 5f1e2d3c4b5a69788796a5b4",
		    ATLAS_ID_DIGITS);
	for (size_t i = 0; i < s->nprojects; i++)
		if (strcmp(s->project[i], value) == 0)
			return inifile_refuse(file, file->line,
			    "[atlas %s] names this project already; remove one "
			    "of the two lines",
			    s->name);
	grown = reallocarray(s->project, s->nprojects + 1, sizeof(*grown));
	if (grown == NULL)
		return value_no_memory(file);
	s->project = grown;
	grown[s->nprojects] = strdup(value);
	return grown[s->nprojects++] != NULL ? 0 : value_no_memory(file);
}

static int
take_key_file(struct inifile *file, const char *value)
{
	const struct loader *loader = file->context;
	const size_t front = strlen(CREDENTIALS);
	bool credential = strncmp(value, CREDENTIALS, front) == 0;

	if (strstr(value + (credential ? front : 0), "%d") != NULL ||
	    value[strlen(value) - 1] == '/')
		return inifile_refuse(file, file->line,
		    "key_file must be the path of a file, in which %%d is "
		    "allowed only at the beginning, as in %%d/atlas.key");
	current(file)->key_line = file->line;
	return set_text(file, &current(file)->key_file,
	    credential ? strdup(value) : value_path(loader->base, value));
}

static int
take_source(struct inifile *file, const char *value)
{
	const struct loader *loader = file->context;

	if (settings_source(loader->settings, value, strlen(value)) == NULL)
		return inifile_refuse(file, file->line,
		    "there is no [source %.40s] for these records", value);
	return set_text(file, &current(file)->source, strdup(value));
}

/* Is it a host, perhaps with a port, without path, query or user name? */
static bool
is_authority(const char *text, size_t n)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789.-_:[]";

	return n > 0 && strspn(text, allowed) >= n;
}

/* Keys go over http only to this host. */
static bool
is_loopback(const char *text)
{
	static const char *const fronts[] = {"http://127.0.0.1",
	    "http://localhost", "http://[::1]"};

	for (size_t i = 0; i < sizeof(fronts) / sizeof(*fronts); i++) {
		const size_t n = strlen(fronts[i]);

		if (strncmp(text, fronts[i], n) == 0 &&
		    (text[n] == '\0' || text[n] == ':'))
			return true;
	}
	return false;
}

static int
take_url(struct inifile *file, const char *value)
{
	size_t n = strlen(value), scheme = strlen(HTTPS);

	if (n > scheme && value[n - 1] == '/')
		n--;
	if (strncmp(value, HTTPS, scheme) != 0)
		scheme = strlen("http://");
	if ((scheme == strlen(HTTPS) || is_loopback(value)) && n > scheme &&
	    is_authority(value + scheme, n - scheme))
		return set_text(file, &current(file)->url, strndup(value, n));
	return inifile_refuse(file, file->line,
	    "url must be https://HOST[:PORT], or http:// on this host alone "
	    "(127.0.0.1, localhost, [::1])");
}

static int
take_ca_file(struct inifile *file, const char *value)
{
	const struct loader *loader = file->context;

	return set_text(file, &current(file)->ca_file,
	    value_path(loader->base, value));
}

static int
take_take(struct inifile *file, const char *value)
{
	current(file)->take_all = strcmp(value, "all") == 0;
	if (current(file)->take_all || strcmp(value, "webhook") == 0)
		return 0;
	return inifile_refuse(file, file->line, "take must be webhook or all");
}

static const struct row {
	const char *key;
	const char *fallback; /* as in the file; "": none */
	int (*take)(struct inifile *, const char *value);
	bool repeatable;
} table[] = {
    {"project", "", take_project, true},
    {"key_file", "", take_key_file, false},
    {"source", "default", take_source, false},
    {"url", URL, take_url, false},
    {"ca_file", "", take_ca_file, false},
    {"take", "webhook", take_take, false},
};

#define ROWS (sizeof(table) / sizeof(table[0]))

_Static_assert(ROWS <= 32, "seen has a bit for each row");

bool
atlas_settings_describe(size_t i, const char **key, const char **fallback)
{
	if (i >= ROWS)
		return false;
	*key = table[i].key;
	*fallback = table[i].fallback;
	return true;
}

static int
take_pair(struct inifile *file, const char *key, const char *value)
{
	struct loader *loader = file->context;
	size_t i = 0;

	while (i < ROWS && strcmp(table[i].key, key) != 0)
		i++;
	if (i == ROWS)
		return inifile_refuse(file, file->line,
		    "unknown key '%s' in [atlas %s]", key, current(file)->name);
	if ((loader->seen & 1u << i) != 0 && !table[i].repeatable)
		return inifile_refuse(file, file->line,
		    "%s is given already; remove one of the two lines", key);
	loader->seen |= 1u << i;
	return table[i].take(file, value);
}

/* ---- sections ------------------------------------------------------------------ */

/* Set the keys that the section does not have to the defaults of the table. */
static int
set_defaults(struct inifile *file)
{
	const struct loader *loader = file->context;

	for (size_t i = 0; i < ROWS; i++) {
		if ((loader->seen & 1u << i) != 0 ||
		    table[i].fallback[0] == '\0')
			continue;
		/* Point to the section that lacks the line. */
		file->line = current(file)->line;
		if (table[i].take(file, table[i].fallback) == -1)
			return -1;
	}
	return 0;
}

static int
end_section(struct inifile *file)
{
	const struct loader *loader = file->context;
	const int line = file->line;
	const struct atlas_section *s;
	int rc;

	if (loader->all.n == 0)
		return 0;
	s = current(file);
	if (s->nprojects == 0)
		return inifile_refuse(file, s->line,
		    "[atlas %s] needs a project", s->name);
	if (s->key_file == NULL)
		return inifile_refuse(file, s->line,
		    "[atlas %s] needs a key_file", s->name);
	rc = set_defaults(file);
	file->line = line;
	return rc;
}

static int
begin_section(struct inifile *file, const char *section)
{
	struct loader *loader = file->context;
	struct atlas_settings *all = &loader->all;
	const char *name = section + strlen(FRONT);
	struct atlas_section *grown;

	if (end_section(file) == -1)
		return -1;
	if (strncmp(section, FRONT, strlen(FRONT)) != 0 || !value_is_name(name))
		return inifile_refuse(file, file->line,
		    "[%s] must be [atlas NAME], and NAME 1 to 32 of a-z, 0-9, "
		    "'_' and '-', beginning with a-z or 0-9",
		    section);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->section[i].name, name) == 0)
			return inifile_refuse(file, file->line,
			    "[atlas %s] exists already; join the two", name);
	grown = reallocarray(all->section, all->n + 1, sizeof(*grown));
	if (grown == NULL)
		return value_no_memory(file);
	all->section = grown;
	grown[all->n] =
	    (struct atlas_section){.name = strdup(name), .line = file->line};
	loader->seen = 0;
	return grown[all->n++].name != NULL ? 0 : value_no_memory(file);
}

/* ---- the whole ------------------------------------------------------------------- */

int
atlas_settings_load(struct atlas_settings *all, const struct settings *settings,
    struct error *error)
{
	struct loader loader = {.settings = settings};
	struct inifile file = {
	    .path = settings->file,
	    .only = INIFILE_ATLAS,
	    .error = error,
	    .context = &loader,
	    .section = begin_section,
	    .pair = take_pair,
	};
	int rc;

	loader.base = value_base(settings->file);
	if (loader.base == NULL)
		rc = error_sys(error,
		    errno == EACCES ? ERROR_DENIED : ERROR_NOT_FOUND,
		    "cannot read %s", settings->file);
	else
		rc = inifile_read(&file);
	if (rc == 0)
		rc = end_section(&file);
	free(loader.base);
	if (rc == -1)
		atlas_settings_free(&loader.all);
	*all = loader.all;
	return rc;
}

static void
free_section(struct atlas_section *s)
{
	for (size_t i = 0; i < s->nprojects; i++)
		free(s->project[i]);
	free(s->project);
	free(s->name);
	free(s->key_file);
	free(s->source);
	free(s->url);
	free(s->ca_file);
}

void
atlas_settings_free(struct atlas_settings *all)
{
	for (size_t i = 0; i < all->n; i++)
		free_section(&all->section[i]);
	free(all->section);
	*all = (struct atlas_settings)ATLAS_SETTINGS_INIT;
}
