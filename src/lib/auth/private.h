/* SPDX-License-Identifier: ISC */
/* private: shared by load.c (files into memory) and auth.c (libgcrypt) only. */
#ifndef ALERTSPOOL_AUTH_PRIVATE_H
#define ALERTSPOOL_AUTH_PRIVATE_H

#include <stddef.h>
#include <sys/types.h>

#include "lib/auth/auth.h"
#include "lib/base/digest.h"

struct gcry_md_handle;

/* One secret or token. */
struct auth_key {
	char *name;		    /* base name of its file */
	const unsigned char *bytes; /* in the area */
	size_t len;
	dev_t dev; /* of its file */
	ino_t ino;
	struct gcry_md_handle *mac; /* secrets: keyed and reset, once started */
	unsigned char digest[DIGEST_SIZE]; /* tokens: SHA-256, once started */
};

struct auth_keys {
	struct auth_key *key;
	size_t n;
};

struct auth_source {
	char *name;
	struct auth_keys secrets;
	struct auth_keys tokens;
};

struct auth {
	struct auth_source *sources;
	size_t nsources;
	unsigned char *area; /* pages of its own: the bytes of all keys */
	size_t area_size;
	size_t area_used;
};

/* The keys of a source; NULL with ERROR_INTERNAL if they were not loaded. */
const struct auth_source *auth_find_source(const struct auth *,
    const struct settings_source *);
int auth_not_loaded(const struct settings_source *, struct error *);

/* The source's first secret, which signs; borrowed. NULL with ERROR_SETTINGS when it
 * has none, ERROR_INTERNAL when its secrets were not loaded. */
const struct auth_key *auth_signing_key(const struct auth *,
    const struct settings_source *, struct error *);

/* HMAC-SHA-1 (RFC 2104) of the body by this secret. 0 or -1. */
int auth_hmac(const struct auth_key *, const void *body, size_t len,
    unsigned char mac[static AUTH_SIGNATURE_BYTES], struct error *);

/* Decode a signature as sent (NULL: not sent). VALID means well-formed, and mac is set;
 * otherwise mac is zero. */
enum auth_verdict auth_decode_signature(const char *text, bool hex,
    unsigned char mac[static AUTH_SIGNATURE_BYTES]);

/* The text to keep of a signature's bytes. */
void auth_keep_mac(const unsigned char mac[static AUTH_SIGNATURE_BYTES],
    char kept[static AUTH_KEPT_SIZE]);

/* Ask the system to keep the area out of swap. Locks are not inherited by fork(2), so
 * every process calls this. */
void auth_lock_area(const struct auth *);

/* Wipe the area and free everything except libgcrypt's. */
void auth_unload(struct auth *);

#endif
