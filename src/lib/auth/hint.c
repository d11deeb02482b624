/* SPDX-License-Identifier: ISC */
/*
 * hint: finds the source whose secret made a signature. An operator who pastes the secret
 * of one project into another gets 403 like a forger; the log can name the right source.
 */
#include "config.h"

#include <string.h>

#include "lib/auth/private.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

/* Did one of these keys make it? All are tried. */
static bool
made_by(const struct auth_keys *secrets, const struct auth_claim *claim,
    const unsigned char sent[static AUTH_SIGNATURE_BYTES])
{
	unsigned char right[AUTH_SIGNATURE_BYTES];
	struct error unknown = ERROR_INIT; /* then there is no hint */
	bool found = false;

	for (size_t i = 0; i < secrets->n; i++)
		if (auth_hmac(&secrets->key[i], claim->body, claim->body_len,
			right, &unknown) == 0 &&
		    auth_equal(sent, right, sizeof(right)))
			found = true;
	explicit_bzero(right, sizeof(right));
	return found;
}

static bool
is_too_much(const struct auth *auth, const struct auth_claim *claim)
{
	size_t n = 0;

	for (size_t i = 0; i < auth->nsources; i++)
		n += auth->sources[i].secrets.n;
	return n > 0 && claim->body_len > AUTH_HINT_BYTES / n;
}

const char *
auth_hint(const struct auth *auth, const struct settings_source *source,
    const struct auth_claim *claim)
{
	unsigned char sent[AUTH_SIGNATURE_BYTES];
	const char *name = NULL;

	if (auth_decode_signature(claim->signature, source->hex, sent) !=
		AUTH_VALID ||
	    is_too_much(auth, claim))
		return NULL;
	for (size_t i = 0; i < auth->nsources; i++) {
		const struct auth_source *other = &auth->sources[i];

		if (strcmp(other->name, source->name) != 0 &&
		    made_by(&other->secrets, claim, sent) && name == NULL)
			name = other->name;
	}
	return name;
}
