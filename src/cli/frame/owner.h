/* SPDX-License-Identifier: ISC */
/* owner: one user owns the spool, and a verb must run as that user. */
#ifndef ALERTSPOOL_FRAME_OWNER_H
#define ALERTSPOOL_FRAME_OWNER_H

#include "cli/frame/cli.h"

/*
 * Get the right to work in this spool directory: root becomes its owner, with all ids and
 * groups and for good; other users are refused for writing (ERROR_DENIED, with the
 * command to use). Members of the directory's group may read. If the directory cannot be
 * examined, spool_open() will refuse it. 0 or -1.
 */
int owner_become(struct cli *, const char *directory, enum spool_access,
    struct error *);

/* Advise the same command line through sudo: as the owner of the directory, or as root if
 * directory is NULL or its owner is unknown. Always returns -1. */
int owner_advise(struct cli *, const char *directory);

#define OWNER_WHO_SIZE 128

/* "name@host" of the operator, with the user behind sudo. */
void owner_who(const struct cli *, char who[static OWNER_WHO_SIZE]);

#endif
