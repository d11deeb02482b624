/* SPDX-License-Identifier: ISC */
/* create: makes a new spool, with owner and modes of everything, on disk. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/spool/heard.h"
#include "lib/spool/private.h"

#define DIRECTORY_MODE 02750
#define QUEUE_MODE 0750

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

/* A queue's directories inherit group and setgid bit from the spool. Setting that bit is
 * refused under some units of systemd (RestrictSUIDSGID). */
static int
make_directory(int at, const char *name, struct error *error)
{
	if (mkdirat(at, name, QUEUE_MODE) == -1 && errno != EEXIST)
		return error_sys(error, ERROR_CREATE, "%s", name);
	return 0;
}

/* Make a directory if it does not exist, and open it. -1 with the error. */
static int
enter_directory(int at, const char *name, struct error *error)
{
	if (make_directory(at, name, error) == -1)
		return -1;
	return file_open_dir(at, name, error);
}

static int
flush_directory(int fd, const char *name, struct error *error)
{
	return fsync(fd) == 0 ? 0 : error_sys(error, ERROR_CREATE, "%s", name);
}

/* Make what a queue's directory holds, and the directory itself. */
static int
fill_queue(int dir, const char *queue, struct error *error)
{
	for (int i = 0; i < SPOOL_STATES; i++)
		if (make_directory(dir, spool_state_word((enum spool_state)i),
			error) == -1)
			return -1;
	return flush_directory(dir, queue, error);
}

int
spool_create_queue(const struct spool *s, const char *queue,
    struct error *error)
{
	int all = enter_directory(s->root, SPOOL_QUEUES, error), dir = -1;
	int rc = -1;

	if (all != -1)
		dir = enter_directory(all, queue, error);
	if (dir != -1 && fill_queue(dir, queue, error) == 0 &&
	    flush_directory(all, SPOOL_QUEUES, error) == 0)
		rc = flush_directory(s->root, s->path, error);
	if (dir != -1)
		close(dir);
	if (all != -1)
		close(all);
	return rc;
}

char *
spool_queue_path(const char *spool_path, const char *queue)
{
	char *path;

	if (asprintf(&path, "%s/%s/%s", spool_path, SPOOL_QUEUES, queue) == -1)
		return NULL;
	return path;
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
