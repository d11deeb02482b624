/* SPDX-License-Identifier: ISC */
/* signer: signs bodies like the sender, for sign and send. */
#ifndef ALERTSPOOL_SENDER_SIGNER_H
#define ALERTSPOOL_SENDER_SIGNER_H

#include "cli/frame/cli.h"
#include "lib/auth/auth.h"

struct signer {
	struct auth *auth;
	const struct settings_source *source; /* borrowed or the one below */
	struct settings_source file_source;   /* of signer_from_file() */
	char *file_path;
};

#define SIGNER_INIT {.auth = NULL}

/* Sign with the secrets of a source of the settings; NULL means "default". 0, or -1:
 * ERROR_USAGE when there is no such source. */
int signer_from_source(struct signer *, struct cli *, const char *source,
    struct error *);

/* Sign with this secret only; no settings are read. The signer must not be moved
 * afterwards. 0 or -1. */
int signer_from_file(struct signer *, const char *path, struct error *);

/* auth_sign(), as this source, and auth_sign_webhook(). */
int signer_sign(const struct signer *, const void *body, size_t len,
    char out[static AUTH_SIGNATURE_SIZE], struct error *);
int signer_sign_webhook(const struct signer *, const void *text, size_t len,
    char out[static AUTH_WEBHOOK_SIZE], struct error *);

/* Wipe the secrets. */
void signer_free(struct signer *);

#endif
