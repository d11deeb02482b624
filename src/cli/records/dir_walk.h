/* SPDX-License-Identifier: ISC */
/*
 * dir_walk: visits every entry of a directory once, in no order.
 *
 * spool_scan() returns records in order and skips everything else; this is for counting,
 * and for finding everything else.
 */
#ifndef ALERTSPOOL_RECORDS_DIR_WALK_H
#define ALERTSPOOL_RECORDS_DIR_WALK_H

#include <sys/stat.h>

struct error;

/* Called for an entry: 0, or -1 with an error, which ends the walk. */
typedef int dir_visit(void *context, const char *name, const struct stat *,
    struct error *);

/* Visit all entries of the directory except "." and ".."; entries that disappear
 * meanwhile may be missed. shown is the directory's name for errors. 0 or -1. */
int dir_walk(int dir, const char *shown, dir_visit *, void *context,
    struct error *);

#endif
