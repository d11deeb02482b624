/* SPDX-License-Identifier: ISC */
/*
 * init_way: the directories on the way to a new installation, opened one below the other,
 * and a list of everything made, so that it can be removed again.
 *
 * Root trusts no directory that others can write: they could put a link in its way, and
 * root would change or remove something else.
 */
#ifndef ALERTSPOOL_COMMAND_INIT_WAY_H
#define ALERTSPOOL_COMMAND_INIT_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct error;

#define INIT_WAY_PARENT_MODE 0755 /* for directories on the way */

struct init_way {
	gid_t gid; /* for a new last directory; (gid_t)-1: the caller's */
	struct init_made {
		int at; /* owned: the directory that it is in */
		char *name;
	} *made; /* in the order of making */
	size_t nmade;
};

/*
 * Open the directory of this absolute path. Missing directories are made, the last one
 * with this mode, whatever the umask. For root, every directory on the way must be root's
 * and closed to other writers, or sticky like /tmp; a link is followed if only root can
 * have put it there. The descriptor, or -1 with ERROR_CREATE.
 */
int init_way_open(struct init_way *, const char *path, mode_t mode,
    struct error *);

/* Note what is about to be made in this directory, which is duplicated. 0 or -1. */
int init_way_note(struct init_way *, int at, const char *name, struct error *);

/* Remove what was made, last first, even an unused spool. Best effort. */
void init_way_take_back(struct init_way *);

void init_way_free(struct init_way *);

#endif
