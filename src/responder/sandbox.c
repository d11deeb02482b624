/* SPDX-License-Identifier: ISC */
/*
 * Landlock (landlock(7)) is asked for by system call, because libc has no
 * wrapper. Every access right that this kernel's version knows is handled, and
 * so denied, except below the spool. An unknown version is treated as the
 * newest one known here.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
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
#include "responder/sandbox.h"

int
sandbox_harden(struct error *error)
{
	if (identity_protect(error) == -1)
		return -1;
#ifdef HAVE_SYS_PRCTL_H
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "no new privileges");
#endif
	return 0;
}

#if defined(HAVE_LINUX_LANDLOCK_H) && defined(SYS_landlock_create_ruleset)

/* The rights by the version that brought them; headers may be older than the
 * kernel, so bits are spelled here. */
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

static int
allow_spool(int ruleset, int spool_fd)
{
	struct landlock_path_beneath_attr beneath = {
	    .allowed_access = RIGHTS_IN_SPOOL,
	    .parent_fd = spool_fd,
	};

	if (spool_fd == -1)
		return 0;
	return (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

/* Of Landlock; below 1 where there is none. */
static long
kernel_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

bool
sandbox_can_close(void)
{
	return kernel_version() >= 1;
}

int
sandbox_close(int spool_fd, struct error *error)
{
	struct landlock_ruleset_attr attributes = {0};
	long version = kernel_version();
	int ruleset, rc = 0;

	if (version < 1)
		return 0;
	attributes.handled_access_fs = rights_of(version);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes,
	    sizeof(attributes.handled_access_fs), 0);
	if (ruleset == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "Landlock");
	if (allow_spool(ruleset, spool_fd) == -1 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		rc = error_sys(error, ERROR_UNAVAILABLE, "Landlock");
	close(ruleset);
	return rc;
}

#else

bool
sandbox_can_close(void)
{
	return false;
}

int
sandbox_close(int spool_fd, struct error *error)
{
	(void)spool_fd;
	(void)error;
	return 0;
}

#endif
