/* SPDX-License-Identifier: ISC */
/*
 * sandbox: Landlock (landlock(7)) by system call, because libc has no wrapper. Every
 * access right that this kernel's version knows is handled, and so denied, except in
 * directories of the spool. An unknown version is treated as the newest one known here.
 * Layers add up: rights denied by an earlier one stay denied.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif
#ifdef HAVE_LINUX_LANDLOCK_H
#include <linux/landlock.h>
#include <sys/syscall.h>
#endif

#include "lib/base/error.h"
#include "lib/base/identity.h"
#include "lib/spool/spool.h"
#include "responder/sandbox.h"

int
sandbox_harden(struct error *error)
{
	const struct rlimit no_core = {0, 0};

	if (identity_protect(error) == -1)
		return -1;
	/* Unlike the command line, it starts no programs that need the limit back. */
	if (setrlimit(RLIMIT_CORE, &no_core) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "no core dumps");
#ifdef HAVE_SYS_PRCTL_H
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "no new privileges");
#endif
	return 0;
}

#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset)

/* The rights by the version that added them; headers may be older than the kernel, so the
 * bits are defined here. */
#define RIGHTS_1 ((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER (UINT64_C(1) << 13)	    /* version 2 */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)  /* version 3 */
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15) /* version 5 */

#define RIGHTS_IN_SPOOL \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | \
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)

static uint64_t
rights_of(long version)
{
	uint64_t rights = RIGHTS_1;

	if (version >= 2)
		rights |= RIGHT_REFER;
	if (version >= 3)
		rights |= RIGHT_TRUNCATE;
	if (version >= 5)
		rights |= RIGHT_IOCTL_DEV;
	return rights;
}

/* landlock(7); headers may be older than the kernel. A kernel reads the part that it
 * knows. */
struct ruleset {
	uint64_t files;
	uint64_t net;	 /* version 4 */
	uint64_t scoped; /* version 6 */
};

#define NET_ALL 3   /* bind and connect TCP */
#define SCOPE_ALL 3 /* abstract unix sockets, signals */

static size_t
ruleset_size(long version)
{
	if (version >= 6)
		return sizeof(struct ruleset);
	return version >= 4 ? offsetof(struct ruleset, scoped)
			    : offsetof(struct ruleset, net);
}

static int
allow_below(int ruleset, int dir)
{
	struct landlock_path_beneath_attr beneath = {
	    .allowed_access = RIGHTS_IN_SPOOL,
	    .parent_fd = dir,
	};

	return (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

/* The version of Landlock; -1 with errno if there is none. */
static long
kernel_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

const char *
sandbox_missing(void)
{
	if (kernel_version() >= 1)
		return NULL;
	switch (errno) {
	case EPERM:
	case EACCES:
		return "this process may not use Landlock, perhaps because of "
		       "a seccomp filter of its service or container";
	case EOPNOTSUPP:
		return "Landlock is turned off (lsm= of the kernel's command "
		       "line)";
	default:
		return "this kernel has no Landlock";
	}
}

/* Deny everything except below these directories; -1 means none. */
static int
restrict_to(const int *dirs, size_t n, struct error *error)
{
	const long version = kernel_version();
	const struct ruleset rights = {
	    .files = rights_of(version),
	    .net = NET_ALL,
	    .scoped = SCOPE_ALL,
	};
	int ruleset, rc = 0;

	if (version < 1)
		return 0;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights,
	    ruleset_size(version), 0);
	if (ruleset == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "Landlock");
	for (size_t i = 0; i < n && rc == 0; i++)
		if (dirs[i] != -1)
			rc = allow_below(ruleset, dirs[i]);
	if (rc == -1 || syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		rc = error_sys(error, ERROR_UNAVAILABLE, "Landlock");
	close(ruleset);
	return rc;
}

/* *dir is -1 if there is no such directory. A directory that cannot be opened now would
 * stay closed to this process. */
static int
open_part(int spool_fd, const char *name, int *dir, struct error *error)
{
	*dir = openat(spool_fd, name,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*dir == -1 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		return error_sys(error, ERROR_UNAVAILABLE, "%s/", name);
	return 0;
}

int
sandbox_close(int spool_fd, struct error *error)
{
	static const char *const others[] = {"history", "heard"};
	int dirs[SPOOL_STATES + sizeof(others) / sizeof(others[0])];
	size_t n = 0;
	int rc = 0;

	for (; n < sizeof(dirs) / sizeof(dirs[0]) && rc == 0; n++)
		rc = open_part(spool_fd,
		    n < SPOOL_STATES ? spool_state_word((enum spool_state)n)
				     : others[n - SPOOL_STATES],
		    &dirs[n], error);
	if (rc == 0)
		rc = restrict_to(dirs, n, error);
	for (size_t i = 0; i < n; i++)
		if (dirs[i] != -1)
			close(dirs[i]);
	return rc;
}

/* Is it an empty directory, as a mount point without its disk is? */
static bool
is_empty(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	if (dir == NULL)
		return false;
	while (n <= 2 && readdir(dir) != NULL)
		n++; /* "." and ".." are two */
	closedir(dir);
	return n <= 2;
}

/* Open the nearest existing directory above this path, and cut the path to it. A rule for
 * a mount point does not cover a disk that is mounted on it later, so an empty directory
 * does not count. A descriptor, or -1. */
static int
open_above(char *path)
{
	char *slash;
	int fd = -1;

	while (fd == -1 && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		if (*path == '\0' || !is_empty(path))
			fd = open(*path != '\0' ? path : "/",
			    O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	return fd;
}

int
sandbox_close_near(const char *directory, struct error *error)
{
	char *path = strdup(directory);
	int fd, rc;

	if (path == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "Landlock");
	fd = open_above(path);
	rc = restrict_to(&fd, 1, error);
	if (fd != -1)
		close(fd);
	free(path);
	return rc;
}

#else

const char *
sandbox_missing(void)
{
	return "this program was built without Landlock";
}

int
sandbox_close(int spool_fd, struct error *error)
{
	(void)spool_fd;
	(void)error;
	return 0;
}

int
sandbox_close_near(const char *directory, struct error *error)
{
	(void)directory;
	(void)error;
	return 0;
}

#endif
