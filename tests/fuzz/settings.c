/* SPDX-License-Identifier: ISC */
/*
 * A settings file: reading it twice gives the same result; accepted values are within
 * their ranges; a refusal names file and reason in plain text.
 */
#include "config.h"

#include <ctype.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/record/name.h"
#include "lib/settings/atlas.h"
#include "lib/settings/settings.h"

#include "tests/fuzz/fuzz.h"

static void
refused(const struct settings *s, const struct error *error)
{
	INVARIANT(error->kind == ERROR_SETTINGS ||
	    error->kind == ERROR_NOT_FOUND || error->kind == ERROR_DENIED);
	INVARIANT(error->text[0] == '/'); /* the file, or one that it names */
	for (const char *c = error->text; *c != '\0'; c++)
		INVARIANT(isprint((unsigned char)*c));
	INVARIANT(s->sources == NULL && s->nsources == 0);
	INVARIANT(s->directory == NULL && s->file == NULL);
}

static void
accepted(const struct settings *s)
{
	INVARIANT(s->directory != NULL && s->directory[0] == '/');
	INVARIANT(s->min_free >= 0 && s->retain_done >= 0 &&
	    s->retain_dead >= 0 && s->retain_bad >= 0);
	INVARIANT(s->workers >= 1 && s->workers <= SETTINGS_WORKERS_MAX);
	INVARIANT(s->max_body > 0 && s->request_timeout > 0);
	for (size_t i = 0; i < s->nsources; i++) {
		const char *name = s->sources[i].name;

		INVARIANT(strlen(name) >= 1 && strlen(name) <= NAME_SOURCE_MAX);
		INVARIANT(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") ==
		    strlen(name));
		INVARIANT(
		    settings_source(s, name, strlen(name)) == &s->sources[i]);
	}
	for (size_t i = 1; i < s->severity.n; i++)
		INVARIANT(strcmp(s->severity.rules[i - 1].key,
			      s->severity.rules[i].key) < 0);
}

/* The sections that are read separately, of the same file. */
static void
sections(const struct settings *s)
{
	struct error error = ERROR_INIT;
	struct atlas_settings all;

	if (atlas_settings_load(&all, s, &error) == -1) {
		INVARIANT(error.kind == ERROR_SETTINGS && all.n == 0);
		for (const char *c = error.text; *c != '\0'; c++)
			INVARIANT(isprint((unsigned char)*c));
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct atlas_section *a = &all.section[i];

		INVARIANT(a->nprojects > 0 && a->key_file != NULL);
		INVARIANT(a->source != NULL && a->url != NULL);
		INVARIANT(strpbrk(a->url, " @?#\"") == NULL);
		for (size_t j = 0; j < a->nprojects; j++)
			INVARIANT(
			    atlas_is_id(a->project[j], strlen(a->project[j])));
	}
	atlas_settings_free(&all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error first = ERROR_INIT, second = ERROR_INIT;
	struct settings s;
	char path[64];
	int fd = memfd_create("settings", MFD_CLOEXEC);
	int rc;

	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = settings_load(&s, path, &first);
	if (rc == 0) {
		accepted(&s);
		sections(&s);
	} else {
		refused(&s, &first);
	}
	settings_free(&s);
	INVARIANT(settings_load(&s, path, &second) == rc);
	INVARIANT(strcmp(first.text, second.text) == 0);
	settings_free(&s);
	close(fd);
	return 0;
}
