/* SPDX-License-Identifier: ISC */
/*
 * key: uses the code that reads tokens, so that the same files are refused, and the
 * file's bytes are only in memory that is wiped.
 */
#include "config.h"

#include <string.h>

#include "cli/atlas/key.h"
#include "lib/auth/auth.h"
#include "lib/base/error.h"

#define SERVICE_ACCOUNT "mdb_sa_id_"

/* The characters of ids and secrets; no blank, quote or second colon. */
static const char key_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789_-";

static bool
is_word(const struct buf *b)
{
	return b->len > 0 && strspn(b->data, key_characters) == b->len;
}

/* A key is two words with a colon between them. */
static int
split(struct key *key, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);

	if (colon == NULL)
		return -1;
	buf_add(&key->id, text, (size_t)(colon - text));
	buf_add(&key->secret, colon + 1, len - (size_t)(colon + 1 - text));
	if (key->id.failed || key->secret.failed || !is_word(&key->id) ||
	    !is_word(&key->secret))
		return -1;
	key->service_account = strncmp(key->id.data, SERVICE_ACCOUNT,
				   strlen(SERVICE_ACCOUNT)) == 0;
	return 0;
}

int
key_read(struct key *key, const struct settings *settings,
    const struct atlas_section *section, struct error *error)
{
	char *path = section->key_file;
	int line = section->key_line;
	const struct settings_source source = {
	    .name = section->name,
	    .tokens = {.path = &path, .line = &line, .n = 1},
	};
	struct auth *auth;
	const char *text;
	size_t len = 0;
	int rc = 0;

	*key = (struct key){.service_account = false};
	if (auth_load(&auth, settings, &source, NULL, error) == -1)
		return -1;
	text = auth_token(auth, &source, &len);
	if (text == NULL || split(key, text, len) == -1)
		rc = error_set(error, ERROR_SETTINGS,
		    "%s:%d: %s must be one line PUBLIC:PRIVATE, the key for "
		    "the API",
		    settings->file, line, path);
	auth_free(auth);
	return rc;
}

void
key_free(struct key *key)
{
	buf_wipe(&key->id);
	buf_wipe(&key->secret);
}
