/* SPDX-License-Identifier: ISC */
/*
 * move: a record's state is the directory it lies in, so a move is a rename.
 *
 *	lock the record's byte
 *	look again: is it still in "from", with the mtime that was seen?
 *	out of cur/, or between other states: set the mtime, then rename
 *	into cur/: rename, then set the mtime, the end of the lease
 *	unlock
 *
 * Without the second look, a lease that was renewed meanwhile could be stolen, and a
 * record that came back meanwhile be taken for the one that was seen.
 *
 * The mtime has another meaning in each state: the end of the lease in cur, "not before"
 * in new, the day that retain_* counts from in done, dead and bad. In the other order a
 * process that dies between the two steps would leave a record in new/ that waits for the
 * end of a lease that nobody holds, up to 24 hours, and with it all later records of its
 * alert. In this order it leaves one that is due at once. A failing system call leaves
 * the same; then the first step is undone.
 *
 * A move is not flushed. After a power cut ext4 and xfs have the record in one of the two
 * places, btrfs perhaps in both, as one file with two names: making the same move again
 * completes it.
 *
 * A process that works on an alert's records holds the alert's byte from before it looks
 * until it is done (queue.c), so records of one alert are handled one by one. The alert's
 * lock is taken before the record's. tests/model/protocol.py is the model of it, with
 * each lock and look left out in turn.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/private.h"

#define RECORD_WAIT_MS 10000 /* a commit in progress takes its time */
#define NO_DIGEST "00000000000000000000000000000000"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* Look again: is the record still there, with the same mtime? */
static int
look_again(const struct spool *s, enum spool_state from, const char *name,
    const struct timespec *expect, struct timespec *mtime, struct error *error)
{
	struct stat st;

	if (fstatat(s->dir[from], name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return error_set(error, ERROR_NOT_FOUND,
			    "%s is not in %s/ any more", name,
			    spool_state_word(from));
		return error_sys(error, ERROR_IO, "%s", name);
	}
	*mtime = st.st_mtim;
	if (expect != NULL && timestamp_compare(*mtime, *expect) != 0)
		return error_set(error, ERROR_NOT_FOUND,
		    "%s in %s/ was touched by another process", name,
		    spool_state_word(from));
	return 0;
}

/* For file systems without RENAME_NOREPLACE, such as NFS, 9p and ZFS before 2.2. A
 * process that dies between the two calls leaves two names of one file, see
 * finish_move(). */
static int
link_and_unlink(int from, int to, const char *name)
{
	int why;

	if (linkat(from, name, to, name, 0) == -1)
		return -1;
	if (unlinkat(from, name, 0) == 0)
		return 0;
	why = errno;
	(void)unlinkat(to, name, 0);
	errno = why;
	return -1;
}

/* Rename without replacing anything. */
static int
rename_new(struct spool *s, int from, int to, const char *name)
{
#ifdef HAVE_RENAMEAT2
	if (!s->links) {
		if (renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return -1;
	}
#endif
	s->links = true;
	return link_and_unlink(from, to, name);
}

/* The target name exists: finish half a move, touch nothing else. */
static int
finish_move(struct spool *s, const char *name, const struct spool_move *m,
    struct error *error)
{
	struct stat from, to;

	if (fstatat(s->dir[m->from], name, &from, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fstatat(s->dir[m->to], name, &to, AT_SYMLINK_NOFOLLOW) == -1)
		return error_sys(error, ERROR_IO, "%s", name);
	if (from.st_dev != to.st_dev || from.st_ino != to.st_ino)
		return error_set(error, ERROR_CREATE,
		    "%s is in %s/ as well as in %s/: remove one of the two",
		    name, spool_state_word(m->to), spool_state_word(m->from));
	if (unlinkat(s->dir[m->from], name, 0) == -1)
		return error_sys(error, ERROR_IO, "%s: unlink", name);
	return 0;
}

static int
set_mtime(const struct spool *s, enum spool_state state, const char *name,
    struct timespec mtime, struct error *error)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, mtime};

	if (utimensat(s->dir[state], name, times, AT_SYMLINK_NOFOLLOW) == -1)
		return error_sys(error, ERROR_IO, "%s: utimensat", name);
	return 0;
}

/* The mtime before the rename. Into cur/ it is the old one; one that lies ahead would be
 * a lease there. */
static struct timespec
mtime_before(const struct spool_move *m, struct timespec old)
{
	struct timespec now;

	if (m->to != SPOOL_CUR)
		return m->mtime;
	clock_gettime(CLOCK_REALTIME, &now);
	return timestamp_compare(old, now) > 0 ? now : old;
}

static int
change_place(struct spool *s, const char *name, const struct spool_move *m,
    struct error *error)
{
	if (rename_new(s, s->dir[m->from], s->dir[m->to], name) == 0)
		return 0;
	if (errno == EEXIST)
		return finish_move(s, name, m, error);
	return error_sys(error, ERROR_IO, "%s: rename from %s/ to %s/", name,
	    spool_state_word(m->from), spool_state_word(m->to));
}

/* If this cannot be undone, either, the record is due at once. */
static int
move_locked(struct spool *s, const char *name, const struct spool_move *m,
    struct error *error)
{
	struct timespec old = {.tv_sec = 0}, before;
	struct error more = ERROR_INIT;

	if (look_again(s, m->from, name, m->expect, &old, error) == -1)
		return -1;
	if (m->from == m->to)
		return set_mtime(s, m->to, name, m->mtime, error);
	before = mtime_before(m, old);
	if (timestamp_compare(before, old) != 0 &&
	    set_mtime(s, m->from, name, before, error) == -1)
		return -1;
	if (change_place(s, name, m, error) == 0) {
		if (m->to != SPOOL_CUR ||
		    set_mtime(s, m->to, name, m->mtime, error) == 0)
			return 0;
		(void)rename_new(s, s->dir[m->to], s->dir[m->from], name);
	}
	if (timestamp_compare(before, old) != 0)
		(void)set_mtime(s, m->from, name, old, &more);
	return -1;
}

int
spool_move(struct spool *s, const char *name, const struct spool_move *m,
    struct error *error)
{
	int rc;

	if (spool_lock_record(s, name, RECORD_WAIT_MS, error) == -1)
		return -1;
	rc = move_locked(s, name, m, error);
	spool_unlock_record(s, name);
	return rc;
}

int
spool_try_move(struct spool *s, bool *links, struct error *error)
{
	struct spool_temporary t = {.dir = s->dir[SPOOL_NEW]};
	struct timespec now;
	int fd = spool_create_temporary(s, NO_DIGEST, &t), rc = -1;

	if (fd == -1)
		return error_sys(error, ERROR_IO, "create in new/");
	close(fd);
	clock_gettime(CLOCK_REALTIME, &now);
	if (rename_new(s, t.dir, s->dir[SPOOL_CUR], t.name) == -1) {
		error_sys(error, ERROR_IO, "rename from new/ to cur/");
	} else {
		t.dir = s->dir[SPOOL_CUR];
		rc = set_mtime(s, SPOOL_CUR, t.name, now, error);
	}
	if (unlinkat(t.dir, t.name, 0) == -1 && rc == 0)
		rc = error_sys(error, ERROR_IO, "unlink");
	*links = s->links;
	return rc;
}

static int
remove_locked(struct spool *s, enum spool_state from, const char *name,
    const struct timespec *expect, struct error *error)
{
	enum spool_state elsewhere;
	struct timespec mtime;

	int rc;

	if (look_again(s, from, name, expect, &mtime, error) == -1)
		return -1;
	/* The history goes first: a leftover would be taken for that of a repeat. */
	rc = spool_find_in(s, name, SPOOL_ANYWHERE & ~SPOOL_IN(from),
	    &elsewhere, error);
	if (rc == -1 || (rc == 0 && spool_forget(s, name, error) == -1))
		return -1;
	if (unlinkat(s->dir[from], name, 0) == -1)
		return error_sys(error, ERROR_IO, "%s: unlink", name);
	return 0;
}

int
spool_remove(struct spool *s, enum spool_state from, const char *name,
    const struct timespec *expect, struct error *error)
{
	int rc;

	if (spool_lock_record(s, name, RECORD_WAIT_MS, error) == -1)
		return -1;
	rc = remove_locked(s, from, name, expect, error);
	spool_unlock_record(s, name);
	return rc;
}
