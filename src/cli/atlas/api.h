/* SPDX-License-Identifier: ISC */
/*
 * api: the Admin API of MongoDB Atlas, version 2, used with the key of one section [atlas
 * NAME].
 *
 * Digest for API keys, an access token for service accounts, pages, limits and errors.
 * Key and token are in memory that is wiped, and in no message.
 */
#ifndef ALERTSPOOL_ATLAS_API_H
#define ALERTSPOOL_ATLAS_API_H

#include <jansson.h>
#include <stdbool.h>

#include "lib/settings/atlas.h"
#include "lib/settings/settings.h"

struct error;

#define API_PAGE_SIZE 500 /* results on a page */

struct api; /* opaque */

/* Read the key; sends no request. Section and settings are borrowed. 0 and *api, or -1:
 * ERROR_SETTINGS or ERROR_DENIED for the key_file, ERROR_UNAVAILABLE. */
int api_open(struct api **, const struct settings *,
    const struct atlas_section *, struct error *);

/* NULL is fine. */
void api_close(struct api *);

/* Is the key that of a service account? */
bool api_is_service_account(const struct api *);

/*
 * Get the object at this path, in which %s stands for a project and another id. It waits
 * and asks again according to the server's limits, two minutes in all over the life of
 * the api. An owned object, or NULL: ERROR_DENIED when key, role or access list do not
 * suffice (api_fix() has the advice), ERROR_NOT_FOUND for 404, ERROR_BUSY when there is
 * no answer now or only a part of one, ERROR_INPUT when it is not an answer of the API.
 */
json_t *api_get(struct api *, const char *path, struct error *);

/* The same, with a change: the body is JSON. */
json_t *api_patch(struct api *, const char *path, const char *body,
    struct error *);

/*
 * Called for each object of a list's pages: 0 goes on, 1 ends it early, -1 ends it with
 * an error. Pages may shift while they are read, so that an object comes twice or not at
 * all. 0; or -1 as above, and then the list is incomplete.
 */
typedef int api_visitor(void *context, json_t *object, struct error *);
int api_list(struct api *, const char *path, api_visitor *, void *context,
    struct error *);

/* Advice for the last failure; NULL when its text is enough. Static. */
const char *api_fix(const struct api *);

/* The status of the last answer; 0 if there was none. */
int api_status(const struct api *);

/* The string, or NULL; the same if it is an id, or NULL. Borrowed. */
const char *api_text(const json_t *object, const char *key);
const char *api_id(const json_t *object, const char *key);

#endif
