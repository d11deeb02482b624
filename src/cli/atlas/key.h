/* SPDX-License-Identifier: ISC */
/*
 * key: the key_file of a section [atlas NAME]: PUBLIC:PRIVATE of an API key, or
 * mdb_sa_id_…:SECRET of a service account.
 */
#ifndef ALERTSPOOL_ATLAS_KEY_H
#define ALERTSPOOL_ATLAS_KEY_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "lib/settings/atlas.h"
#include "lib/settings/settings.h"

struct error;

struct key {
	bool service_account;
	struct buf id, secret; /* wiped by key_free() */
};

/* Read it by the rules for secrets: a file that others cannot read, not a link. 0, or -1:
 * ERROR_SETTINGS with file and line, ERROR_DENIED. */
int key_read(struct key *, const struct settings *,
    const struct atlas_section *, struct error *);

void key_free(struct key *);

#endif
