/* SPDX-License-Identifier: ISC */
/*
 * auth_rig: a source with its secrets and tokens in files of a scratch directory. The
 * directory is the state of the tests.
 */
#ifndef ALERTSPOOL_TESTS_AUTH_RIG_H
#define ALERTSPOOL_TESTS_AUTH_RIG_H

#include <fcntl.h>
#include <gcrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/auth/auth.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/settings/settings.h"

#include "tests/unit/scratch.h"

#define RIG_KEYS_MAX 300

struct rig {
	const char *directory;
	struct settings_source source;
	struct settings settings;
	struct auth *auth;
	char *secrets[RIG_KEYS_MAX];
	char *tokens[RIG_KEYS_MAX];
};

static inline int
rig_make_directory(void **state)
{
	*state = scratch_make();
	return 0;
}

static inline int
rig_remove_directory(void **state)
{
	scratch_remove(*state);
	return 0;
}

/* Sets only the source's name. Add keys, then call rig_start(). */
static inline void
rig_init(struct rig *r, void **state)
{
	*r = (struct rig){.directory = *state};
	r->source.name = strdup("default");
	r->source.secrets.path = r->secrets;
	r->source.tokens.path = r->tokens;
	r->settings.sources = &r->source;
	r->settings.nsources = 1;
}

static inline void
rig_free(struct rig *r)
{
	auth_free(r->auth);
	for (size_t i = 0; i < r->source.secrets.n; i++)
		free(r->secrets[i]);
	for (size_t i = 0; i < r->source.tokens.n; i++)
		free(r->tokens[i]);
	free(r->source.name);
}

/* Writes a new file. Returns its path, malloc'ed. */
static inline char *
rig_write(const char *directory, const char *name, const void *bytes, size_t n,
    mode_t mode)
{
	struct error error = ERROR_INIT;
	char *path;

	assert_true(asprintf(&path, "%s/%s", directory, name) > 0);
	unlink(path);
	if (file_create(AT_FDCWD, path, 0600, bytes, n, &error) == -1)
		fail_msg("%s", error.text);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static inline void
rig_add_secret(struct rig *r, const void *bytes, size_t n)
{
	char name[32];

	snprintf(name, sizeof(name), "secret%zu", r->source.secrets.n);
	r->secrets[r->source.secrets.n++] =
	    rig_write(r->directory, name, bytes, n, 0600);
}

static inline void
rig_add_token(struct rig *r, const void *bytes, size_t n)
{
	char name[32];

	snprintf(name, sizeof(name), "token%zu", r->source.tokens.n);
	r->tokens[r->source.tokens.n++] =
	    rig_write(r->directory, name, bytes, n, 0640);
}

/* Loads and starts all keys that were added. */
static inline void
rig_start(struct rig *r)
{
	struct error error = ERROR_INIT;

	if (auth_load(&r->auth, &r->settings, NULL, NULL, &error) == -1 ||
	    auth_start(r->auth, &error) == -1)
		fail_msg("%s", error.text);
}

/* The result for a delivery with this signature and query. */
static inline struct auth_result
rig_check(const struct rig *r, const char *signature, const char *query,
    const void *body, size_t n)
{
	const struct auth_claim claim = {
	    .signature = signature,
	    .query = query,
	    .body = body,
	    .body_len = n,
	};
	struct error error = ERROR_INIT;
	struct auth_result result;

	if (auth_check(r->auth, &r->source, &claim, &result, &error) == -1)
		fail_msg("%s", error.text);
	return result;
}

static inline void
rig_assert_verdict(enum auth_verdict actual, enum auth_verdict expected,
    const char *what)
{
	if (actual != expected)
		fail_msg("%s: %s, not %s", what, auth_word(actual),
		    auth_word(expected));
}

/* Signs a string with the first secret. */
static inline void
rig_sign(const struct rig *r, const char *body,
    char out[static AUTH_SIGNATURE_SIZE])
{
	struct error error = ERROR_INIT;

	assert_int_equal(auth_sign(r->auth, &r->source, body, strlen(body), out,
			     &error),
	    0);
}

static inline void
rig_sha1(unsigned char out[static 20], const void *a, size_t an, const void *b,
    size_t bn)
{
	unsigned char *both = malloc(an + bn + 1);

	assert_non_null(both);
	memcpy(both, a, an);
	memcpy(both + an, b, bn);
	gcry_md_hash_buffer(GCRY_MD_SHA1, out, both, an + bn);
	free(both);
}

/* RFC 2104 section 2, word for word. */
static inline void
rig_hmac(unsigned char out[static 20], const void *key, size_t key_len,
    const void *body, size_t len)
{
	unsigned char inner[64] = {0}, outer[64], hash[20];

	if (key_len > sizeof(inner))
		rig_sha1(inner, key, key_len, "", 0);
	else
		memcpy(inner, key, key_len);
	for (size_t i = 0; i < sizeof(inner); i++) {
		outer[i] = inner[i] ^ 0x5c;
		inner[i] ^= 0x36;
	}
	rig_sha1(hash, inner, sizeof(inner), body, len);
	rig_sha1(out, outer, sizeof(outer), hash, sizeof(hash));
}

#endif
