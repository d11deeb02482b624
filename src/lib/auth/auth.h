/* SPDX-License-Identifier: ISC */
/*
 * auth: does the sender of this delivery have a secret of this source?
 *
 * Signatures are HMAC-SHA-1 (RFC 2104) of the raw body, by libgcrypt. A signature is
 * decoded to exactly 20 bytes first; all secrets and all tokens of a source are always
 * tried, in constant time, so neither the answer nor its time shows which one was nearly
 * right. Secrets lie in memory that is locked if the system allows it, is left out of
 * core dumps, and is wiped. Knows nothing of HTTP: header and query come as values.
 */
#ifndef ALERTSPOOL_AUTH_AUTH_H
#define ALERTSPOOL_AUTH_AUTH_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct settings;
struct settings_source;

#define AUTH_SIGNATURE_BYTES 20
#define AUTH_SECRET_MAX 4096 /* bytes of a secret or token */
#define AUTH_SECRET_WEAK 16  /* shorter secrets get a warning */

enum auth_verdict {
	AUTH_VALID,
	AUTH_NOT_REQUIRED, /* the source requires none */
	AUTH_MISSING,
	AUTH_MALFORMED, /* malformed signature, bad escape */
	AUTH_REPEATED,	/* more than one was sent */
	AUTH_WRONG,
	AUTH_VERDICTS
};

/* "valid", "not-required" and so on; static. */
const char *auth_word(enum auth_verdict);

/* VALID or NOT_REQUIRED. */
bool auth_passed(enum auth_verdict);

struct auth; /* opaque: holds secrets */

/* An oddity of a file that is not an error. */
enum auth_warning {
	AUTH_WARN_SHORT, /* a secret under AUTH_SECRET_WEAK */
	AUTH_WARN_ODD /* bytes at either end that an editor or a shell left: they make every
		       * signature or token wrong */
};

/* Receives the warnings; the phrase is one harmless line and names the file. */
struct auth_warner {
	void (*warn)(void *context, enum auth_warning, const char *phrase);
	void *context;
};

/*
 * Read the secrets and tokens of all sources (of one, if source is not NULL) into locked
 * memory. "%d" at the beginning of a path is $CREDENTIALS_DIRECTORY. A file that is a
 * link, empty, over AUTH_SECRET_MAX, or readable by others is refused with its path
 * (ERROR_SETTINGS; ERROR_DENIED if this user may not read it), and so are a file that a
 * source names twice, by any path, and a source with neither that does not have
 * "authentication = none". Paths are as settings_load() leaves them. The warner, which
 * may be NULL, gets the oddities. Secrets may be loaded before a fork. 0 and *auth, or
 * -1.
 */
int auth_load(struct auth **, const struct settings *,
    const struct settings_source *source, const struct auth_warner *,
    struct error *);

/* Make libgcrypt ready in this process and prepare the keys. Call once in every
 * process that checks or signs, before it is sandboxed. 0, or -1 with
 * ERROR_UNAVAILABLE. */
int auth_start(struct auth *, struct error *);

/* Wipe and free; NULL is fine. */
void auth_free(struct auth *);

/* The claim of one delivery. Strings may be NULL: not sent. */
struct auth_claim {
	const char *signature; /* the header's value; several joined by ", " */
	const char *query;     /* QUERY_STRING as received */
	const void *body;
	size_t body_len;
};

/* The SHA-256 of a signature's 20 bytes, in hexadecimal digits, with its NUL. A record
 * keeps it: with the secret it verifies the body, and it does not help to send the body
 * again. */
#define AUTH_KEPT_SIZE 65

struct auth_result {
	enum auth_verdict signature;
	enum auth_verdict token;
	const char *key; /* name of the secret that matched, else NULL */
	char kept
	    [AUTH_KEPT_SIZE]; /* of a valid signature, or of a well-formed one if none is
				    * required */
};

/*
 * Check the signature and the token (the one "token" parameter of the query) against what
 * the source requires; both are always evaluated. Blanks and tabs around the signature
 * are ignored; an empty one counts as not sent. If a token is required, a parameter whose
 * name is badly escaped might be it and counts as a malformed one; values of other
 * parameters are not checked. 0 and *result, or -1 with ERROR_UNAVAILABLE when libgcrypt
 * cannot verify.
 */
int auth_check(const struct auth *, const struct settings_source *,
    const struct auth_claim *, struct auth_result *, struct error *)
    __attribute__((warn_unused_result));

/*
 * For a signature that is wrong for this source: the name of another source whose secret
 * made it, borrowed, or NULL. All secrets of all other sources are tried in any case, so
 * the time shows nothing; none if that would be over AUTH_HINT_BYTES of work. Answer the
 * request first.
 */
#define AUTH_HINT_BYTES ((size_t)32 * 1024 * 1024) /* takes some 20 ms */
const char *auth_hint(const struct auth *, const struct settings_source *,
    const struct auth_claim *);

/*
 * Does this kept text (NULL: none) belong to the body's signature? Sets signature and key
 * of the result as auth_check() does; the token's verdict is not required. 0, or -1 with
 * ERROR_UNAVAILABLE.
 */
int auth_check_kept(const struct auth *, const struct settings_source *,
    const void *body, size_t len, const char *kept, struct auth_result *,
    struct error *) __attribute__((warn_unused_result));

/* The text to keep of a signature in either encoding; false and "" if it is malformed. */
bool auth_keep(const char *signature, char kept[static AUTH_KEPT_SIZE]);

/* Room for the text of a signature in either encoding, with its NUL. */
#define AUTH_SIGNATURE_SIZE (AUTH_SIGNATURE_BYTES * 2 + 1)

/* Sign with the first secret of the source, in the source's encoding. 0, or -1:
 * ERROR_SETTINGS when it has none, ERROR_UNAVAILABLE. */
int auth_sign(const struct auth *, const struct settings_source *,
    const void *body, size_t len, char out[static AUTH_SIGNATURE_SIZE],
    struct error *) __attribute__((warn_unused_result));

/* Room for the text of an HMAC-SHA-256 in Base64, with its NUL. */
#define AUTH_WEBHOOK_SIZE 45

/*
 * HMAC-SHA-256 (RFC 2104) of the text by the first secret of the source, in Base64, as
 * Standard Webhooks signs. If the secret begins with "whsec_", the rest is decoded from
 * Base64 and used as the key. 0, or -1: ERROR_SETTINGS when there is no secret or it is
 * malformed, ERROR_UNAVAILABLE.
 */
int auth_sign_webhook(const struct auth *, const struct settings_source *,
    const void *text, size_t len, char out[static AUTH_WEBHOOK_SIZE],
    struct error *) __attribute__((warn_unused_result));

/* The first token of the source, borrowed, not NUL-terminated; NULL if none. */
const char *auth_token(const struct auth *, const struct settings_source *,
    size_t *len);

/* Are n bytes equal? In constant time; exported for its test. */
bool auth_equal(const void *a, const void *b, size_t n);

#endif
