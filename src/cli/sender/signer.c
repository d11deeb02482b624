/* SPDX-License-Identifier: ISC */
/* signer: a secret file becomes a source, as if settings had been read. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/sender/signer.h"

static int
load_auth(struct signer *s, const struct settings *settings,
    struct error *error)
{
	if (auth_load(&s->auth, settings, s->source, NULL, error) == -1)
		return -1;
	return auth_start(s->auth, error);
}

int
signer_from_source(struct signer *s, struct cli *cli, const char *source,
    struct error *error)
{
	const char *name = source != NULL ? source : "default";

	if (session_settings(cli, error) == -1)
		return -1;
	s->source = settings_source(&cli->settings, name, strlen(name));
	if (s->source == NULL)
		return error_set(error, ERROR_USAGE, "%s has no [source %.40s]",
		    cli->settings.file, name);
	if (load_auth(s, &cli->settings, error) == 0)
		return 0;
	return error->kind == ERROR_DENIED
	    ? owner_advise(cli, cli->settings.directory)
	    : -1;
}

int
signer_from_file(struct signer *s, const char *path, struct error *error)
{
	static char name[] = "default";

	/* A path as in settings, never a bare name or "%d/…". */
	if (asprintf(&s->file_path, "%s%s", path[0] == '/' ? "" : "./", path) ==
	    -1) {
		s->file_path = NULL;
		return error_sys(error, ERROR_IO, "%s", path);
	}
	s->file_source = (struct settings_source){
	    .name = name,
	    .secrets = {.path = &s->file_path, .n = 1},
	};
	s->source = &s->file_source;
	return load_auth(s,
	    &(struct settings){.sources = &s->file_source, .nsources = 1},
	    error);
}

int
signer_sign(const struct signer *s, const void *body, size_t len,
    char out[static AUTH_SIGNATURE_SIZE], struct error *error)
{
	return auth_sign(s->auth, s->source, body, len, out, error);
}

int
signer_sign_webhook(const struct signer *s, const void *text, size_t len,
    char out[static AUTH_WEBHOOK_SIZE], struct error *error)
{
	return auth_sign_webhook(s->auth, s->source, text, len, out, error);
}

void
signer_free(struct signer *s)
{
	auth_free(s->auth);
	free(s->file_path);
	*s = (struct signer)SIGNER_INIT;
}
