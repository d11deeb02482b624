/* SPDX-License-Identifier: ISC */
/*
 * dir_walk: every entry of a directory once, in no order, whatever it is.
 *
 * spool_scan() gives records in order and passes over the rest; this is for
 * those who count, and for those who want the rest.
 */
#ifndef ALERTSPOOL_RECORDS_DIR_WALK_H
#define ALERTSPOOL_RECORDS_DIR_WALK_H

#include <sys/stat.h>

struct error;

/* What is done with an entry: 0, or -1 with an error, which ends the walk. */
typedef int dir_visit(void *context, const char *name, const struct stat *,
    struct error *);

/* Visit all entries of the directory but "." and ".."; those that go away
 * meanwhile may be missed. shown is its name for an error. 0 or -1. */
int dir_walk(int dir, const char *shown, dir_visit *, void *context,
    struct error *);

#endif
