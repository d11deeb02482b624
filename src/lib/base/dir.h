/* SPDX-License-Identifier: ISC */
/*
 * dir: visits every entry of an open directory once, in no order, except "." and "..";
 * entries that disappear meanwhile may be missed.
 */
#ifndef ALERTSPOOL_BASE_DIR_H
#define ALERTSPOOL_BASE_DIR_H

#include <dirent.h>
#include <sys/stat.h>

struct error;

/* Called for an entry: 0, or anything else to end the walk, -1 with an error. */
typedef int dir_visit(void *context, const struct dirent *, struct error *);

/* The same with the entry's state, of a link itself. */
typedef int dir_visit_stat(void *context, const char *name, const struct stat *,
    struct error *);

/* Visit the entries. shown is the directory's name for errors. 0; what a visit returned;
 * -1 with ERROR_IO if the directory cannot be read. */
int dir_walk(int dir, const char *shown, dir_visit *, void *context,
    struct error *);
int dir_walk_stat(int dir, const char *shown, dir_visit_stat *, void *context,
    struct error *);

#endif
