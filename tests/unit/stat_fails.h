/* SPDX-License-Identifier: ISC */
/*
 * A disk that fails: fstatat(2) and faccessat(2) are defined here, replace libc's, and
 * fail with stat_errno as long as it is not 0.
 */
#ifndef ALERTSPOOL_TESTS_STAT_FAILS_H
#define ALERTSPOOL_TESTS_STAT_FAILS_H

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int stat_errno;

int
fstatat(int at, const char *path, struct stat *st, int flags)
{
	if (stat_errno == 0)
		return (int)syscall(SYS_newfstatat, at, path, st, flags);
	errno = stat_errno;
	return -1;
}

int
faccessat(int at, const char *path, int mode, int flags)
{
	(void)flags;
	if (stat_errno == 0)
		return (int)syscall(SYS_faccessat, at, path, mode);
	errno = stat_errno;
	return -1;
}

#endif
