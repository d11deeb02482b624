/* SPDX-License-Identifier: ISC */
/* create: a new spool, everything in it owned, with its modes, and on disk. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/spool/heard.h"
#include "lib/spool/private.h"

#define DIRECTORY_MODE 02750

/* chown(2) may clear the setgid bit, so the mode comes last. */
static int
own_directory(int fd, const char *name, uid_t uid, gid_t gid,
    struct error *error)
{
	if (fchown(fd, uid, gid) == -1 || fchmod(fd, DIRECTORY_MODE) == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	return 0;
}

static int
create_directory(int at, const char *name, uid_t uid, gid_t gid,
    struct error *error)
{
	int fd, rc;

	if (mkdirat(at, name, 0700) == -1)
		return error_sys(error, ERROR_CREATE, "%s", name);
	fd = file_open_dir(at, name, error);
	if (fd == -1)
		return -1;
	rc = own_directory(fd, name, uid, gid, error);
	close(fd);
	return rc;
}

static int
create_lock(int root, uid_t uid, gid_t gid, struct error *error)
{
	int fd = openat(root, SPOOL_LOCK,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    SPOOL_LOCK_MODE);
	int rc = -1;

	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "%s", SPOOL_LOCK);
	if (fchown(fd, uid, gid) == -1 || fchmod(fd, SPOOL_LOCK_MODE) == -1)
		error_sys(error, ERROR_CREATE, "%s", SPOOL_LOCK);
	else
		rc = 0;
	close(fd);
	return rc;
}

int
spool_create(int at, const char *path, uid_t uid, gid_t gid,
    struct error *error)
{
	int root, rc = -1;

	if (mkdirat(at, path, 0700) == -1 && errno != EEXIST)
		return error_sys(error, ERROR_CREATE, "%s", path);
	root = file_open_dir(at, path, error);
	if (root == -1)
		return -1;
	for (int i = 0; i < SPOOL_STATES; i++)
		if (create_directory(root,
			spool_state_word((enum spool_state)i), uid, gid,
			error) == -1)
			goto out;
	if (create_directory(root, SPOOL_HISTORY, uid, gid, error) == -1 ||
	    create_directory(root, HEARD_DIRECTORY, uid, gid, error) == -1 ||
	    create_lock(root, uid, gid, error) == -1 ||
	    own_directory(root, path, uid, gid, error) == -1)
		goto out;
	if (fsync(root) == -1)
		error_sys(error, ERROR_CREATE, "%s", path);
	else
		rc = 0;
out:
	close(root);
	return rc;
}
