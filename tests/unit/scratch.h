/* SPDX-License-Identifier: ISC */
/* scratch: a temporary directory for a unit test, which removes it with its content. */
#ifndef ALERTSPOOL_TESTS_SCRATCH_H
#define ALERTSPOOL_TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static inline int
scratch_remove_one(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* Makes one. The path is malloc'ed. */
static inline char *
scratch_make(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = NULL;

	if (asprintf(&path, "%s/alertspool-unit.XXXXXX",
		tmp != NULL ? tmp : "/tmp") == -1 ||
	    mkdtemp(path) == NULL)
		abort();
	return path;
}

/* Removes it with its content, and frees the path. */
static inline void
scratch_remove(char *path)
{
	nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(path);
}

/* For all tests of a program: they run in an empty directory. Its real path is their
 * state. */
static inline int
scratch_enter(void **state)
{
	char *path = scratch_make();

	*state = realpath(path, NULL);
	free(path);
	return *state != NULL ? chdir(*state) : -1;
}

static inline int
scratch_leave(void **state)
{
	if (chdir("/") == -1)
		return -1;
	scratch_remove(*state);
	return 0;
}

#endif
