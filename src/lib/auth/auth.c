/* SPDX-License-Identifier: ISC */
/*
 * auth: one handle for each secret holds its key and is reset after use, so that a
 * request allocates nothing. Every secret signs the body and every token is compared,
 * whatever the claim is: a malformed claim is compared as zeros and its verdict kept.
 * Only whether a key matched, and which, may be visible.
 */
#include "config.h"

#include <errno.h>
#include <gcrypt.h>
#include <string.h>

#include "lib/auth/private.h"
#include "lib/auth/query.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"

#define BASE64_DIGITS (ENCODE_BASE64_SIZE(AUTH_SIGNATURE_BYTES) - 1)
#define HEX_DIGITS (ENCODE_HEX_SIZE(AUTH_SIGNATURE_BYTES) - 1)

/* Secure memory: what one handle takes (1150 bytes measured), and a base. */
#define SECMEM_KEY 2048
#define SECMEM_BASE 32768

static const char *const words[AUTH_VERDICTS] = {
    [AUTH_VALID] = "valid",
    [AUTH_NOT_REQUIRED] = "not-required",
    [AUTH_MISSING] = "missing",
    [AUTH_MALFORMED] = "malformed",
    [AUTH_REPEATED] = "repeated",
    [AUTH_WRONG] = "wrong",
};

const char *
auth_word(enum auth_verdict verdict)
{
	return words[verdict];
}

bool
auth_passed(enum auth_verdict verdict)
{
	return verdict == AUTH_VALID || verdict == AUTH_NOT_REQUIRED;
}

bool
auth_equal(const void *a, const void *b, size_t n)
{
	/* volatile: the compiler must not know that the first difference decides */
	const volatile unsigned char *x = a, *y = b;
	unsigned char difference = 0;
	size_t i;

	for (i = 0; i < n; i++)
		difference |= x[i] ^ y[i];
	return difference == 0;
}

/* ---- libgcrypt ---------------------------------------------------------- */

static int
unavailable(struct error *error, gcry_error_t code, const char *what)
{
	return error_set(error, ERROR_UNAVAILABLE, "libgcrypt cannot %s: %s",
	    what, gcry_strerror(code));
}

static int
start_library(size_t nsecrets, struct error *error)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return 0;
	if (gcry_check_version(GCRYPT_VERSION) == NULL)
		return error_set(error, ERROR_UNAVAILABLE,
		    "libgcrypt is older than %s, which this was built with",
		    GCRYPT_VERSION);
	/* If the system does not allow locking, unlocked memory is used; libgcrypt would
	 * print a warning on standard error. */
	gcry_control(GCRYCTL_SUSPEND_SECMEM_WARN);
	gcry_control(GCRYCTL_INIT_SECMEM, SECMEM_BASE + nsecrets * SECMEM_KEY,
	    0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	return 0;
}

static int
start_secret(struct auth_key *key, struct error *error)
{
	gcry_error_t code;

	if (key->mac != NULL)
		return 0;
	code = gcry_md_open(&key->mac, GCRY_MD_SHA1,
	    GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE);
	/* Other code initialised libgcrypt with less secure memory. */
	if (gcry_err_code(code) == GPG_ERR_ENOMEM)
		code = gcry_md_open(&key->mac, GCRY_MD_SHA1, GCRY_MD_FLAG_HMAC);
	if (code != 0)
		return unavailable(error, code, "do HMAC-SHA-1");
	code = gcry_md_setkey(key->mac, key->bytes, key->len);
	if (code == 0)
		return 0;
	/* A handle without a key would sign, too: remove it. */
	gcry_md_close(key->mac);
	key->mac = NULL;
	return unavailable(error, code, "use a secret");
}

static int
hash_token(unsigned char out[static DIGEST_SIZE], const void *bytes, size_t len,
    struct error *error)
{
	gcry_buffer_t buffer = {.len = len};
	gcry_error_t code;

	/* gcry_buffer_t has no const, but this is only read */
	memcpy(&buffer.data, &bytes, sizeof(bytes));
	code = gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, &buffer, 1);
	if (code != 0)
		return unavailable(error, code, "do SHA-256");
	return 0;
}

static int
start_source(struct auth_source *source, struct error *error)
{
	size_t i;

	for (i = 0; i < source->secrets.n; i++)
		if (start_secret(&source->secrets.key[i], error) == -1)
			return -1;
	for (i = 0; i < source->tokens.n; i++) {
		struct auth_key *token = &source->tokens.key[i];

		if (hash_token(token->digest, token->bytes, token->len,
			error) == -1)
			return -1;
	}
	return 0;
}

int
auth_start(struct auth *auth, struct error *error)
{
	size_t i, nsecrets = 0;

	for (i = 0; i < auth->nsources; i++)
		nsecrets += auth->sources[i].secrets.n;
	if (start_library(nsecrets, error) == -1)
		return -1;
	auth_lock_area(auth);
	for (i = 0; i < auth->nsources; i++)
		if (start_source(&auth->sources[i], error) == -1)
			return -1;
	return 0;
}

void
auth_free(struct auth *auth)
{
	size_t i, k;

	if (auth == NULL)
		return;
	for (i = 0; i < auth->nsources; i++) {
		struct auth_keys *secrets = &auth->sources[i].secrets;

		for (k = 0; k < secrets->n; k++)
			if (secrets->key[k].mac != NULL)
				gcry_md_close(secrets->key[k].mac);
	}
	auth_unload(auth);
}

int
auth_hmac(const struct auth_key *key, const void *body, size_t len,
    unsigned char mac[static AUTH_SIGNATURE_BYTES], struct error *error)
{
	const unsigned char *result;

	if (key->mac == NULL)
		return error_set(error, ERROR_INTERNAL,
		    "the secrets were not started");
	gcry_md_write(key->mac, body, len);
	result = gcry_md_read(key->mac, GCRY_MD_SHA1);
	if (result != NULL)
		memcpy(mac, result, AUTH_SIGNATURE_BYTES);
	/* Always: the state that this body left in the handle would make the next
	 * signature wrong. */
	gcry_md_reset(key->mac);
	if (result == NULL)
		return error_set(error, ERROR_UNAVAILABLE,
		    "libgcrypt gives no HMAC-SHA-1");
	return 0;
}

/* ---- signature ------------------------------------------------------------ */

enum auth_verdict
auth_decode_signature(const char *text, bool hex,
    unsigned char mac[static AUTH_SIGNATURE_BYTES])
{
	static const char blanks[] = " \t";
	ssize_t decoded = -1;
	size_t n;

	memset(mac, 0, AUTH_SIGNATURE_BYTES);
	if (text == NULL)
		return AUTH_MISSING;
	text += strspn(text, blanks);
	n = strlen(text);
	while (n > 0 && strchr(blanks, text[n - 1]) != NULL)
		n--;
	if (n == 0)
		return AUTH_MISSING;
	if (memchr(text, ',', n) != NULL)
		return AUTH_REPEATED;
	if (hex && n == HEX_DIGITS)
		decoded = decode_hex(mac, AUTH_SIGNATURE_BYTES, text, n);
	else if (!hex && n == BASE64_DIGITS)
		decoded = decode_base64(mac, AUTH_SIGNATURE_BYTES, text, n);
	if (decoded == AUTH_SIGNATURE_BYTES)
		return AUTH_VALID;
	memset(mac, 0, AUTH_SIGNATURE_BYTES);
	return AUTH_MALFORMED;
}

static int
check_signature(const struct auth_keys *secrets, bool hex,
    const struct auth_claim *claim, struct auth_result *result,
    struct error *error)
{
	unsigned char sent[AUTH_SIGNATURE_BYTES];
	unsigned char right[AUTH_SIGNATURE_BYTES] = {0};
	enum auth_verdict form;
	size_t i;
	int rc = -1;

	if (secrets->n == 0) {
		result->signature = AUTH_NOT_REQUIRED;
		(void)auth_keep(claim->signature, result->kept);
		return 0;
	}
	form = auth_decode_signature(claim->signature, hex, sent);
	result->signature = form == AUTH_VALID ? AUTH_WRONG : form;
	for (i = 0; i < secrets->n; i++) {
		const struct auth_key *key = &secrets->key[i];

		if (auth_hmac(key, claim->body, claim->body_len, right,
			error) == -1)
			goto out;
		if (auth_equal(sent, right, AUTH_SIGNATURE_BYTES) &&
		    result->signature == AUTH_WRONG) {
			result->signature = AUTH_VALID;
			result->key = key->name;
		}
	}
	if (result->signature == AUTH_VALID)
		auth_keep_mac(sent, result->kept);
	rc = 0;
out:
	explicit_bzero(right, sizeof(right));
	return rc;
}

/* ---- token ---------------------------------------------------------------- */

static int
check_token(const struct auth_keys *tokens, const char *query,
    struct auth_result *result, struct error *error)
{
	unsigned char sent[AUTH_SECRET_MAX], digest[DIGEST_SIZE];
	enum auth_verdict form;
	size_t i, len;
	int rc = -1;

	if (tokens->n == 0) {
		result->token = AUTH_NOT_REQUIRED;
		return 0;
	}
	form = auth_query_token(query, sent, &len);
	result->token = form == AUTH_VALID ? AUTH_WRONG : form;
	if (hash_token(digest, sent, len, error) == -1)
		goto out;
	for (i = 0; i < tokens->n; i++)
		if (auth_equal(digest, tokens->key[i].digest, DIGEST_SIZE) &&
		    result->token == AUTH_WRONG)
			result->token = AUTH_VALID;
	rc = 0;
out:
	explicit_bzero(sent, sizeof(sent));
	explicit_bzero(digest, sizeof(digest));
	return rc;
}

/* ---- one delivery --------------------------------------------------------- */

const struct auth_source *
auth_find_source(const struct auth *auth, const struct settings_source *source)
{
	size_t i;

	for (i = 0; i < auth->nsources; i++)
		if (strcmp(auth->sources[i].name, source->name) == 0)
			return &auth->sources[i];
	return NULL;
}

int
auth_not_loaded(const struct settings_source *source, struct error *error)
{
	return error_set(error, ERROR_INTERNAL,
	    "the secrets of [source %s] were not loaded", source->name);
}

int
auth_check(const struct auth *auth, const struct settings_source *source,
    const struct auth_claim *claim, struct auth_result *result,
    struct error *error)
{
	const struct auth_source *keys = auth_find_source(auth, source);

	*result =
	    (struct auth_result){.signature = AUTH_WRONG, .token = AUTH_WRONG};
	if (keys == NULL)
		return auth_not_loaded(source, error);
	if (check_signature(&keys->secrets, source->hex, claim, result,
		error) == -1)
		return -1;
	return check_token(&keys->tokens, claim->query, result, error);
}

const struct auth_key *
auth_signing_key(const struct auth *auth, const struct settings_source *source,
    struct error *error)
{
	const struct auth_source *keys = auth_find_source(auth, source);

	if (keys == NULL) {
		auth_not_loaded(source, error);
		return NULL;
	}
	if (keys->secrets.n > 0)
		return &keys->secrets.key[0];
	error_set(error, ERROR_SETTINGS,
	    "[source %s] has no secret_file to sign with", source->name);
	return NULL;
}

int
auth_sign(const struct auth *auth, const struct settings_source *source,
    const void *body, size_t len, char out[static AUTH_SIGNATURE_SIZE],
    struct error *error)
{
	const struct auth_key *key = auth_signing_key(auth, source, error);
	unsigned char mac[AUTH_SIGNATURE_BYTES];

	if (key == NULL || auth_hmac(key, body, len, mac, error) == -1)
		return -1;
	if (source->hex)
		encode_hex(out, mac, sizeof(mac));
	else
		encode_base64(out, mac, sizeof(mac));
	return 0;
}

const char *
auth_token(const struct auth *auth, const struct settings_source *source,
    size_t *len)
{
	const struct auth_source *keys = auth_find_source(auth, source);

	if (keys == NULL || keys->tokens.n == 0)
		return NULL;
	*len = keys->tokens.key[0].len;
	return (const char *)keys->tokens.key[0].bytes;
}
