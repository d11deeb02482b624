/* SPDX-License-Identifier: ISC */
/* init_files: the files of a new installation, made completely or not at all. */
#ifndef ALERTSPOOL_COMMAND_INIT_FILES_H
#define ALERTSPOOL_COMMAND_INIT_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "cli/command/init_way.h"
#include "lib/base/buf.h"

struct error;

enum init_files_file {
	INIT_FILES_CONF,
	INIT_FILES_SECRET,
	INIT_FILES_TOKEN,
	INIT_FILES_SPOOL,
	INIT_FILES_FILES
};

struct init_files {
	char *dir;		      /* of the settings; absolute */
	char *path[INIT_FILES_FILES]; /* absolute */

	/* The owner of the spool, and the group that may read everything: -1 for only the
	 * caller. root keeps the settings, secret and token. */
	uid_t uid;
	gid_t gid;

	/* Texts of a new secret and token, without newline. */
	struct buf secret, token;

	struct init_way way;
	int fd; /* of dir, while the files are made */
};

/* Set the paths: everything in dir, or the system's directories if it is NULL. 0, or -1
 * with ERROR_IO. Free with init_files_free() either way. */
int init_files_plan(struct init_files *, const char *dir, struct error *);

/* An owned absolute path, without trailing slashes and a single ".". NULL with errno. */
char *init_files_absolute(const char *path);

/* Make the secret and the token in the open directory fd: root's are readable by the
 * group, a user's only by that user. 0, or -1 with ERROR_CREATE, also if one exists
 * already; init_way_take_back() removes what was made. */
int init_files_make_secrets(struct init_files *, struct error *);

/*
 * Make everything, after checking that nothing of it exists. 0, or -1 with ERROR_CREATE
 * and what exists or what failed; then nothing is left of it.
 */
int init_files_make(struct init_files *, struct error *);

/* Make the spool alone, at its path. 0, or -1 with ERROR_CREATE, as when something is
 * there already; then nothing is left of it. */
int init_files_make_spool(struct init_files *, struct error *);

/* Wipes the secret and the token. */
void init_files_free(struct init_files *);

#endif
