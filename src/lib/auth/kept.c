/* SPDX-License-Identifier: ISC */
/*
 * kept: a record keeps the SHA-256 of its signature. A signature is valid for ever, so a
 * record that others may read must not hold it; somebody with the secret can make the
 * same signature and compare its SHA-256.
 */
#include "config.h"

#include <string.h>

#include "lib/auth/private.h"
#include "lib/base/digest.h"
#include "lib/base/encode.h"
#include "lib/settings/settings.h"

_Static_assert(AUTH_KEPT_SIZE == ENCODE_HEX_SIZE(DIGEST_SIZE), "a SHA-256");

void
auth_keep_mac(const unsigned char mac[static AUTH_SIGNATURE_BYTES],
    char kept[static AUTH_KEPT_SIZE])
{
	unsigned char digest[DIGEST_SIZE];

	digest_sha256(digest,
	    &(struct digest_part){.bytes = mac, .len = AUTH_SIGNATURE_BYTES},
	    1);
	encode_hex(kept, digest, sizeof(digest));
}

bool
auth_keep(const char *signature, char kept[static AUTH_KEPT_SIZE])
{
	unsigned char mac[AUTH_SIGNATURE_BYTES];

	kept[0] = '\0';
	if (auth_decode_signature(signature, false, mac) != AUTH_VALID &&
	    auth_decode_signature(signature, true, mac) != AUTH_VALID)
		return false;
	auth_keep_mac(mac, kept);
	return true;
}

static int
check_kept(const struct auth_keys *secrets, const void *body, size_t len,
    const char *kept, struct auth_result *result, struct error *error)
{
	unsigned char mac[AUTH_SIGNATURE_BYTES];
	char right[AUTH_KEPT_SIZE];

	result->signature = AUTH_WRONG;
	for (size_t i = 0; i < secrets->n; i++) {
		if (auth_hmac(&secrets->key[i], body, len, mac, error) == -1)
			return -1;
		auth_keep_mac(mac, right);
		if (strcmp(kept, right) == 0 &&
		    result->signature == AUTH_WRONG) {
			result->signature = AUTH_VALID;
			result->key = secrets->key[i].name;
		}
	}
	explicit_bzero(mac, sizeof(mac));
	return 0;
}

/* As auth_keep() spells it. */
static bool
is_kept(const char *text)
{
	return strlen(text) == AUTH_KEPT_SIZE - 1 &&
	    strspn(text, "0123456789abcdef") == AUTH_KEPT_SIZE - 1;
}

int
auth_check_kept(const struct auth *auth, const struct settings_source *source,
    const void *body, size_t len, const char *kept, struct auth_result *result,
    struct error *error)
{
	const struct auth_source *keys = auth_find_source(auth, source);

	*result = (struct auth_result){.signature = AUTH_NOT_REQUIRED,
	    .token = AUTH_NOT_REQUIRED};
	if (keys == NULL)
		return auth_not_loaded(source, error);
	if (keys->secrets.n == 0)
		return 0;
	if (kept != NULL && is_kept(kept))
		return check_kept(&keys->secrets, body, len, kept, result,
		    error);
	result->signature = kept == NULL ? AUTH_MISSING : AUTH_MALFORMED;
	return 0;
}
