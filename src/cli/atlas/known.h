/* SPDX-License-Identifier: ISC */
/* known: the alerts that are open in the spool, with data of their newest records. */
#ifndef ALERTSPOOL_ATLAS_KNOWN_H
#define ALERTSPOOL_ATLAS_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "lib/record/name.h"
#include "lib/settings/atlas.h"
#include "lib/spool/spool.h"

struct error;

struct known_alert {
	char alert[NAME_ALERT_MAX + 1];	   /* ALERT of its names */
	char id[ATLAS_ID_DIGITS + 1];	   /* "" unless it is a valid id */
	char project[ATLAS_ID_DIGITS + 1]; /* "" if unknown */
	char source[NAME_SOURCE_MAX + 1];
	char newest[NAME_SIZE]; /* the name of its newest record */
	bool read;		/* the newest record is not damaged */
	time_t until;		/* acknowledged_until; 0: none */
	time_t last;		/* TIME of the newest; 0: none */
	bool listed;		/* the API lists it as open or tracking */
};

struct known {
	struct known_alert *alert; /* owned; sorted by alert */
	size_t n;
};

#define KNOWN_INIT {.alert = NULL}

/* Read all names twice and the newest record of each open alert. 0, or -1 with ERROR_IO,
 * also when one of these records cannot be read. Free with known_free() either way. */
int known_read(struct known *, const struct spool *, struct error *);

/* The alert with this ALERT, or NULL. */
struct known_alert *known_find(const struct known *, const char *alert);

void known_free(struct known *);

struct record_view;

/* acknowledged_until of the record; 0: none. */
time_t known_until(const struct record_view *);

#endif
