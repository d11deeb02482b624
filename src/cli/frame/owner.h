/* SPDX-License-Identifier: ISC */
/*
 * owner: one user owns the spool, and who runs a verb must be that user.
 */
#ifndef ALERTSPOOL_FRAME_OWNER_H
#define ALERTSPOOL_FRAME_OWNER_H

#include "cli/frame/cli.h"

/*
 * Be allowed to work in this spool directory: root becomes its owner, with all
 * ids and groups and for good; anybody else but the owner is refused when it is
 * to be written (ERROR_DENIED, with the line to use). Members of the
 * directory's group may go on to read. A directory that cannot be looked at is
 * left for spool_open() to refuse. 0 or -1.
 */
int owner_become(struct cli *, const char *directory, enum spool_access,
    struct error *);

/* Advise the same command line through sudo: as the owner of the directory, or
 * as root where that is NULL or cannot be told. Always returns -1. */
int owner_advise(struct cli *, const char *directory);

#define OWNER_WHO_SIZE 128

/* "name@host" of whoever runs this: the user behind sudo, too. */
void owner_who(const struct cli *, char who[static OWNER_WHO_SIZE]);

#endif
