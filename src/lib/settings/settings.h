/* SPDX-License-Identifier: ISC */
/*
 * settings: alertspool.conf(5) as a value.
 *
 * Reads and checks the whole file (INI, by libinih) and opens no secret: the paths of
 * secrets and tokens stay as written until auth_load(). A relative path starts at the
 * directory of the settings file. Defaults are filled in. Nothing is guessed: text that
 * would need it is refused with file, line and reason.
 */
#ifndef ALERTSPOOL_SETTINGS_SETTINGS_H
#define ALERTSPOOL_SETTINGS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/alert/severity.h"

struct error;

#define SETTINGS_WORKERS_MAX 1024
#define SETTINGS_BODY_MAX_MIB \
	16 /* of max_body; a plain number: it is printed */
#define SETTINGS_BODY_MAX (SETTINGS_BODY_MAX_MIB * 1024u * 1024)

struct settings_paths {
	char **path; /* owned; absolute, or beginning with "%d/" */
	int *line;   /* owned: of the settings file; NULL: in none */
	size_t n;
};

struct settings_source {
	char *name;
	struct settings_paths secrets;
	struct settings_paths tokens;
	bool hex;	      /* signature_encoding = hex */
	bool unauthenticated; /* authentication = none */
};

struct settings {
	char *file; /* the settings file itself */

	char *directory;     /* of the spool; absolute */
	bool relative;	     /* the path of directory is relative in the file */
	int64_t min_free;    /* bytes */
	int64_t retain_done; /* milliseconds; 0 keeps for ever */
	int64_t retain_dead;
	int64_t retain_bad;

	int workers;
	int64_t max_body;	 /* bytes, SETTINGS_BODY_MAX at most */
	int64_t request_timeout; /* milliseconds */

	struct settings_source *sources; /* in the order of the file */
	size_t nsources;

	struct severity_map severity; /* [severity] over severity_file */
};

/* The file to use: path if not NULL, else $ALERTSPOOL_CONF if set and not empty, else the
 * one configured at build time. Borrowed. */
const char *settings_path(const char *path);

/*
 * Read the file, and its severity_file. 0, or -1 with the text "FILE:LINE: reason"
 * (ERROR_SETTINGS; ERROR_NOT_FOUND or ERROR_DENIED when the settings file itself cannot
 * be opened) and *settings empty. Free with settings_free().
 */
int settings_load(struct settings *, const char *path, struct error *);

void settings_free(struct settings *);

/* The source of this name (n characters), or NULL. */
const struct settings_source *settings_source(const struct settings *,
    const char *name, size_t n);

/*
 * The table of settings, one row for each key, for the manual's test and messages: the
 * i-th row's section ("spool", "responder", "source", "severity"), key and default text
 * ("" if none). False if i is too large.
 */
bool settings_describe(size_t i, const char **section, const char **key,
    const char **fallback);

#endif
