/* SPDX-License-Identifier: ISC */
/*
 * private: shared by settings.c (sections, rules between keys) and key.c (the table of
 * keys) only.
 */
#ifndef ALERTSPOOL_SETTINGS_PRIVATE_H
#define ALERTSPOOL_SETTINGS_PRIVATE_H

#include "lib/settings/inifile.h"
#include "lib/settings/settings.h"

enum settings_section {
	SETTINGS_SPOOL,
	SETTINGS_RESPONDER,
	SETTINGS_SOURCE,
	SETTINGS_SEVERITY,
	SETTINGS_SECTIONS,
	SETTINGS_NO_SECTION /* before the first header */
};

/* "spool", "responder" and so on; static. */
const char *settings_section_word(enum settings_section);

/* The context of the inifile while a settings file is read. */
struct settings_loader {
	struct settings settings;
	char *base;	     /* directory of the settings file */
	char *severity_file; /* NULL: none */
	int severity_line;   /* where severity_file stands */

	enum settings_section section;
	int section_line;	/* of its header */
	unsigned int keys;	/* in this section so far */
	unsigned int seen_keys; /* in this section; bits: rows of the table */
	unsigned int seen_sections; /* bits: enum settings_section */
};

/* Set every key of this section to its default. 0 or -1. */
int settings_default_keys(struct inifile *, enum settings_section);

/* Set the key of loader->section to this value. 0, or -1 with the reason. */
int settings_set_key(struct inifile *, const char *key, const char *value);

/* Add a line of [severity] or of a severity_file to the map. 0 or -1. */
int settings_add_severity(struct inifile *, struct severity_map *,
    const char *key, const char *value);

#endif
