/* SPDX-License-Identifier: ISC */
/*
 * install: the files of a new installation, made all or not at all.
 */
#ifndef ALERTSPOOL_COMMAND_INIT_FILES
#define ALERTSPOOL_COMMAND_INIT_FILES

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/buf.h"

struct error;

enum install_file {
	INSTALL_CONF,
	INSTALL_SECRET,
	INSTALL_TOKEN,
	INSTALL_SPOOL,
	INSTALL_FILES
};

struct install {
	char *dir;		   /* of the settings; absolute */
	char *path[INSTALL_FILES]; /* absolute */

	/* Who owns the spool, and which group may read everything: -1 for
	 * nobody but the caller. root keeps the settings, secret and token. */
	uid_t uid;
	gid_t gid;

	/* Texts of a new secret and token, without newline. */
	struct buf secret, token;

	char **made; /* paths, in the order in which they were made */
	size_t nmade;
};

/* Name the paths: everything in dir, or the system's places when it is NULL.
 * 0, or -1 with ERROR_IO. Free with install_free() either way. */
int install_plan(struct install *, const char *dir, struct error *);

/*
 * Make it all, after looking that nothing of it is there. 0, or -1 with
 * ERROR_CREATE and what is there or what failed; then nothing is left of it.
 */
int install_make(struct install *, struct error *);

/* Wipes the secret and the token. */
void install_free(struct install *);

#endif
