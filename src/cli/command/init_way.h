/* SPDX-License-Identifier: ISC */
/*
 * init_way: the directories that lead to a new installation, opened one below the
 * other, and a list of all that was made, so that it can be taken back.
 *
 * Root trusts no directory that others can write: its owner could put a link where
 * the next step goes, and root would give away or remove something else.
 */
#ifndef ALERTSPOOL_COMMAND_INIT_WAY_H
#define ALERTSPOOL_COMMAND_INIT_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;

#define INIT_WAY_PARENT_MODE 0755 /* of directories that lead there */

struct init_way {
	gid_t
	    gid; /* of a last directory that is made; (gid_t)-1: the caller's */
	struct init_made {
		int at; /* owned: the directory that it is in */
		char *name;
	} *made; /* in the order in which it was made */
	size_t nmade;
};

/*
 * Open the directory of this absolute path. Directories that are missing are made,
 * the last one with this mode, whatever the umask. For root, every directory on the
 * way must be root's and closed to other writers, or sticky as /tmp is; a link is
 * followed where only root can have put it. The descriptor, or -1 with ERROR_CREATE.
 */
int init_way_open(struct init_way *, const char *path, mode_t mode,
    struct error *);

/* Note what is about to be made in this directory, which is duplicated. 0 or -1. */
int init_way_note(struct init_way *, int at, const char *name, struct error *);

/* Remove what was made, last first, also a spool that nobody has used. Best
 * effort. */
void init_way_take_back(struct init_way *);

void init_way_free(struct init_way *);

#endif
