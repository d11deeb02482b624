/* SPDX-License-Identifier: ISC */
/* Groups first: without root's user id nobody may change them. The user's own
 * primary group is kept, too: it is what leads to the secrets where the spool has
 * a group of readers. */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <unistd.h>

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

int
identity_become(uid_t uid, gid_t gid, struct error *error)
{
	if (set_groups(uid, gid) == -1 || setresuid(uid, uid, uid) == -1 ||
	    !is_for_good(uid))
		return error_sys(error, ERROR_DENIED, "becoming uid %lu",
		    (unsigned long)uid);
	return 0;
}
