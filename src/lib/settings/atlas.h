/* SPDX-License-Identifier: ISC */
/*
 * atlas: the sections [atlas NAME] of alertspool.conf(5), for the Admin API. The
 * responder skips them.
 */
#ifndef ALERTSPOOL_SETTINGS_ATLAS_H
#define ALERTSPOOL_SETTINGS_ATLAS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct settings;

#define ATLAS_ID_DIGITS 24 /* of projects, alerts and configurations */

struct atlas_section {
	char *name;
	int line;	/* of its header */
	char **project; /* owned; ids, in the order of the file */
	size_t nprojects;
	char *key_file; /* absolute, or beginning with "%d/" */
	int key_line;
	char *source;  /* source of these projects' records */
	char *url;     /* without a slash at the end */
	char *ca_file; /* absolute; NULL: the system's certificates */
	bool take_all; /* also alerts whose configuration notifies no webhook */
};

struct atlas_settings {
	struct atlas_section *section; /* owned; in the order of the file */
	size_t n;
};

#define ATLAS_SETTINGS_INIT {.section = NULL}

/*
 * Read the sections of the file that these settings were loaded from; there may be
 * none. 0, or -1 with the text "FILE:LINE: reason" (ERROR_SETTINGS). Free with
 * atlas_settings_free() either way.
 */
int atlas_settings_load(struct atlas_settings *, const struct settings *,
    struct error *);

void atlas_settings_free(struct atlas_settings *);

/* Are these n characters an id: 24 hexadecimal digits in lower case? */
bool atlas_is_id(const char *text, size_t n);

/* The i-th key, and its default text ("" if none), for the manual's test; false if i is
 * too large. */
bool atlas_settings_describe(size_t i, const char **key, const char **fallback);

#endif
