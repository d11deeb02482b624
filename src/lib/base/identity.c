/* SPDX-License-Identifier: ISC */
/* identity: changes groups first, because only root may do that. The user's primary group
 * is kept, too: it gives access to the secrets if the spool has a group of readers. */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "lib/base/error.h"
#include "lib/base/identity.h"

static int
set_groups(uid_t uid, gid_t gid)
{
	const struct passwd *user = getpwuid(uid);

	if (user == NULL)
		return setgroups(1, &gid) == -1 ? -1 : setresgid(gid, gid, gid);
	if (initgroups(user->pw_name, user->pw_gid) == -1)
		return -1;
	return setresgid(gid, gid, gid);
}

static bool
is_for_good(uid_t uid)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && real == uid &&
	    effective == uid && saved == uid &&
	    (uid == 0 || setresuid(0, 0, 0) == -1);
}

/* Changing the user id removes the protection (/proc/sys/fs/suid_dumpable). */
static bool
is_protected(void)
{
#ifdef HAVE_SYS_PRCTL_H
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
#else
	return false;
#endif
}

int
identity_protect(struct error *error)
{
	struct rlimit core;

	if (getrlimit(RLIMIT_CORE, &core) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "no core dumps");
	core.rlim_cur = 0;
	if (setrlimit(RLIMIT_CORE, &core) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "no core dumps");
#ifdef HAVE_SYS_PRCTL_H
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "not dumpable");
#endif
	return 0;
}

int
identity_become(uid_t uid, gid_t gid, struct error *error)
{
	const bool protected = is_protected();

	if (set_groups(uid, gid) == -1 || setresuid(uid, uid, uid) == -1 ||
	    !is_for_good(uid))
		return error_sys(error, ERROR_DENIED, "becoming uid %lu",
		    (unsigned long)uid);
	return protected ? identity_protect(error) : 0;
}
