/* SPDX-License-Identifier: ISC */
/*
 * spool: opens the directory, one descriptor for each state, and the lock file once.
 * Everything after that is relative to these descriptors, so a spool that is moved or
 * replaced meanwhile is noticed, never written to by mistake.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/timestamp.h"
#include "lib/spool/private.h"

#define LOOK_MS 1000 /* between checks of all parts of an unchanged spool */
#define GRAIN_S \
	3 /* resolution of a file system's time stamps, and more: FAT has 2 */
#define INODE_SHARE 100 /* one in a hundred must be free */

static const char *const states[SPOOL_STATES] = {
    [SPOOL_NEW] = "new",
    [SPOOL_CUR] = "cur",
    [SPOOL_DONE] = "done",
    [SPOOL_DEAD] = "dead",
    [SPOOL_BAD] = "bad",
};

const char *
spool_state_word(enum spool_state state)
{
	return states[state];
}

bool
spool_state_parse(const char *word, enum spool_state *state)
{
	for (int i = 0; i < SPOOL_STATES; i++)
		if (strcmp(word, states[i]) == 0) {
			*state = (enum spool_state)i;
			return true;
		}
	return false;
}

static void
user_name(uid_t uid, char *name, size_t size)
{
	struct passwd *user = getpwuid(uid);

	if (user != NULL)
		snprintf(name, size, "%s", user->pw_name);
	else
		snprintf(name, size, "uid %lu", (unsigned long)uid);
}

static int
check_owner(const struct spool *s, uid_t owner, struct error *error)
{
	char theirs[64], ours[64];

	if (owner == geteuid())
		return 0;
	user_name(owner, theirs, sizeof(theirs));
	user_name(geteuid(), ours, sizeof(ours));
	return error_set(error, ERROR_DENIED,
	    "%s belongs to %s, and only that user may change it; this process "
	    "is %s",
	    s->path, theirs, ours);
}

static int
remember(struct spool_part *part, int fd, const char *path, const char *name,
    struct error *error)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return error_sys(error, ERROR_IO, "%s/%s", path, name);
	*part = (struct spool_part){st.st_dev, st.st_ino};
	return 0;
}

static int
open_states(struct spool *s, struct error *error)
{
	for (int i = 0; i < SPOOL_STATES; i++) {
		s->dir[i] = file_open_dir(s->root, states[i], error);
		if (s->dir[i] == -1 ||
		    remember(&s->dir_part[i], s->dir[i], s->path, states[i],
			error) == -1)
			return -1;
	}
	return 0;
}

/* Who can open it, even to read, can lock it and so stop all reception: so only the owner
 * may, even if an older version created it. */
static int
open_lock(struct spool *s, struct error *error)
{
	s->lock = file_open_regular(s->root, SPOOL_LOCK, O_RDWR | O_CREAT,
	    SPOOL_LOCK_MODE);
	if (s->lock == -1 || fchmod(s->lock, SPOOL_LOCK_MODE) == -1)
		return error_sys(error, ERROR_CREATE, "%s/%s", s->path,
		    SPOOL_LOCK);
	return remember(&s->lock_part, s->lock, s->path, SPOOL_LOCK, error);
}

static struct spool *
spool_new(const char *path)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->root = s->lock = s->history = -1;
	s->pid = getpid();
	for (int i = 0; i < SPOOL_STATES; i++)
		s->dir[i] = -1;
	s->path = strdup(path);
	if (s->path == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

int
spool_open(struct spool **spool, const char *path, enum spool_access access,
    struct error *error)
{
	struct spool *s = spool_new(path);
	struct stat st;

	*spool = NULL;
	if (s == NULL)
		return error_sys(error, ERROR_IO, "spool %s", path);
	s->root = file_open_dir(AT_FDCWD, path, error);
	if (s->root == -1)
		goto fail;
	if (fstat(s->root, &st) == -1) {
		error_sys(error, ERROR_IO, "%s", path);
		goto fail;
	}
	s->root_part = (struct spool_part){st.st_dev, st.st_ino};
	if ((access == SPOOL_WRITE || geteuid() == 0) &&
	    check_owner(s, st.st_uid, error) == -1)
		goto fail;
	if (open_states(s, error) == -1)
		goto fail;
	if (access == SPOOL_WRITE && open_lock(s, error) == -1)
		goto fail;
	*spool = s;
	return 0;
fail:
	spool_close(s);
	return -1;
}

void
spool_close(struct spool *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < SPOOL_STATES; i++)
		if (s->dir[i] != -1)
			close(s->dir[i]);
	if (s->history != -1)
		close(s->history);
	if (s->lock != -1)
		close(s->lock);
	if (s->root != -1)
		close(s->root);
	free(s->path);
	free(s);
}

/* Does this name still lead to this part? */
static bool
is_named(int at, const char *name, const struct spool_part *part)
{
	struct stat st;

	return fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == part->dev && st.st_ino == part->ino;
}

static bool
are_named(const struct spool *s)
{
	for (int i = 0; i < SPOOL_STATES; i++)
		if (!is_named(s->root, states[i], &s->dir_part[i]))
			return false;
	return s->lock == -1 || is_named(s->root, SPOOL_LOCK, &s->lock_part);
}

/*
 * Was everything checked less than a second ago, and does the directory's ctime show that
 * no name in it has changed since? A ctime is reliable only if it was older than its
 * resolution at that check, because a change soon after a change may leave it the same. A
 * file system mounted over a state changes no ctime: hence the second.
 */
static bool
is_unchanged(const struct spool *s, const struct stat *root)
{
	return s->looked_at != 0 && clock_ms() - s->looked_at < LOOK_MS &&
	    timestamp_compare(s->changed, root->st_ctim) == 0;
}

static void
remember_look(struct spool *s, const struct stat *root)
{
	struct timespec now;
	struct stat history;

	clock_gettime(CLOCK_REALTIME, &now);
	s->no_histories = fstatat(s->root, SPOOL_HISTORY, &history,
			      AT_SYMLINK_NOFOLLOW) == -1 &&
	    errno == ENOENT;
	s->changed = root->st_ctim;
	s->looked_at =
	    now.tv_sec - root->st_ctim.tv_sec >= GRAIN_S ? clock_ms() : 0;
}

bool
spool_is_current(struct spool *s)
{
	struct stat st;

	if (stat(s->path, &st) == -1 || st.st_dev != s->root_part.dev ||
	    st.st_ino != s->root_part.ino)
		return false;
	if (is_unchanged(s, &st))
		return true;
	if (!are_named(s))
		return false;
	remember_look(s, &st);
	return true;
}

int
spool_check_room(const struct spool *s, int64_t min_free, struct error *error)
{
	struct statvfs fs;

	if (fstatvfs(s->root, &fs) == -1)
		return error_sys(error, ERROR_CREATE, "%s: free space",
		    s->path);
	if (fs.f_flag & ST_RDONLY)
		return error_set(error, ERROR_CREATE,
		    "%s: the file system is mounted read-only", s->path);
	/* In blocks, where the product cannot overflow. */
	if (fs.f_bavail < (uint64_t)min_free / fs.f_frsize)
		return error_set(error, ERROR_CREATE,
		    "%s: only %llu KiB free, min_free asks for %lld KiB",
		    s->path,
		    (unsigned long long)fs.f_bavail * fs.f_frsize / 1024,
		    (long long)min_free / 1024);
	if (fs.f_files > 0 && fs.f_favail < fs.f_files / INODE_SHARE)
		return error_set(error, ERROR_CREATE,
		    "%s: only %llu of %llu inodes free", s->path,
		    (unsigned long long)fs.f_favail,
		    (unsigned long long)fs.f_files);
	return 0;
}

int
spool_dir(const struct spool *s, enum spool_state state)
{
	return s->dir[state];
}

int
spool_lock_file(const struct spool *s)
{
	return s->lock;
}

int
spool_root(const struct spool *s)
{
	return s->root;
}
