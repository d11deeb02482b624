/* SPDX-License-Identifier: ISC */
/*
 * webhook: HMAC-SHA-256 for Standard Webhooks (https://www.standardwebhooks.com). Used
 * once in a process: the key is decoded for one signature, and wiped.
 */
#include "config.h"

#include <assert.h>
#include <gcrypt.h>
#include <string.h>

#include "lib/auth/private.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#define ENCODED "whsec_"
#define MAC_BYTES 32

static_assert(AUTH_WEBHOOK_SIZE == ENCODE_BASE64_SIZE(MAC_BYTES), "room");

/* The key encoded in the secret; its length, or -1. */
static ssize_t
decode_key(const struct auth_key *secret,
    unsigned char key[static AUTH_SECRET_MAX], struct error *error)
{
	const size_t prefix = strlen(ENCODED);
	ssize_t n;

	if (secret->len < prefix ||
	    memcmp(secret->bytes, ENCODED, prefix) != 0) {
		memcpy(key, secret->bytes, secret->len);
		return (ssize_t)secret->len;
	}
	n = decode_base64(key, AUTH_SECRET_MAX,
	    (const char *)secret->bytes + prefix, secret->len - prefix);
	if (n <= 0)
		return error_set(error, ERROR_SETTINGS,
		    "%s: behind " ENCODED " there must be Base64",
		    secret->name);
	return n;
}

static int
hmac_sha256(const unsigned char *key, size_t key_len, const void *text,
    size_t len, char out[static AUTH_WEBHOOK_SIZE], struct error *error)
{
	gcry_md_hd_t mac;
	gcry_error_t code =
	    gcry_md_open(&mac, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC);
	const unsigned char *result = NULL;

	if (code == 0) {
		code = gcry_md_setkey(mac, key, key_len);
		if (code == 0) {
			gcry_md_write(mac, text, len);
			result = gcry_md_read(mac, GCRY_MD_SHA256);
		}
		if (result != NULL)
			encode_base64(out, result, MAC_BYTES);
		gcry_md_close(mac);
	}
	if (result == NULL)
		return error_set(error, ERROR_UNAVAILABLE,
		    "libgcrypt gives no HMAC-SHA-256: %s", gcry_strerror(code));
	return 0;
}

int
auth_sign_webhook(const struct auth *auth, const struct settings_source *source,
    const void *text, size_t len, char out[static AUTH_WEBHOOK_SIZE],
    struct error *error)
{
	const struct auth_key *secret = auth_signing_key(auth, source, error);
	unsigned char key[AUTH_SECRET_MAX];
	ssize_t n;
	int rc = -1;

	if (secret == NULL)
		return -1;
	n = decode_key(secret, key, error);
	if (n > 0)
		rc = hmac_sha256(key, (size_t)n, text, len, out, error);
	explicit_bzero(key, sizeof(key));
	return rc;
}
