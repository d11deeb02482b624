/* SPDX-License-Identifier: ISC */
/*
 * Moves: a record's state is the directory it lies in, so a move is a rename.
 *
 *	lock the record's byte
 *	look again: is it still in "from", with the mtime that was seen?
 *	set the mtime: the end of the lease in cur, not-before in new, the day
 *		that retain_* counts from in done, dead and bad
 *	rename, never over anything
 *	unlock
 *
 * Without the second look, a lease that was renewed meanwhile would be stolen,
 * and a record that came back meanwhile be taken for the one that was seen. The
 * mtime is set first: a process that dies between the two leaves a record whose
 * lease is over at once or that is due at once, never one that is lost.
 *
 * A move is not flushed. After a power cut ext4 and xfs have the record in one of
 * the two places, btrfs perhaps in both, as one file with two names: whoever moves
 * it the same way again finishes that move.
 *
 * Who works on an alert's records holds the alert's byte from before it looks
 * until it is done (queue.c), so records of one alert are handled one by one.
 * The alert's lock is taken before the record's. tests/model/protocol.py is the
 * model of it, with each lock and look left out in turn.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/lock.h"
#include "lib/spool/private.h"

#define RECORD_WAIT_MS 10000 /* a commit in progress takes its time */

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif

/* Look again: is the record where and as it was seen? */
static int
look_again(const struct spool *s, enum spool_state from, const char *name,
    const struct timespec *expect, struct error *error)
{
	struct stat st;

	if (fstatat(s->dir[from], name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return error_set(error, ERROR_NOT_FOUND,
			    "%s is not in %s/ any more", name,
			    spool_state_word(from));
		return error_sys(error, ERROR_IO, "%s", name);
	}
	if (expect != NULL &&
	    (st.st_mtim.tv_sec != expect->tv_sec ||
		st.st_mtim.tv_nsec != expect->tv_nsec))
		return error_set(error, ERROR_NOT_FOUND,
		    "%s in %s/ was touched by somebody else", name,
		    spool_state_word(from));
	return 0;
}

static int
rename_new(int from, int to, const char *name)
{
#ifdef HAVE_RENAMEAT2
	return renameat2(from, name, to, name, RENAME_NOREPLACE);
#else
	if (linkat(from, name, to, name, 0) == -1)
		return -1;
	return unlinkat(from, name, 0);
#endif
}

/* The name is taken where it is to go: finish half a move, touch nothing else. */
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
move_locked(struct spool *s, const char *name, const struct spool_move *m,
    struct error *error)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, m->mtime};

	if (look_again(s, m->from, name, m->expect, error) == -1)
		return -1;
	if (utimensat(s->dir[m->from], name, times, AT_SYMLINK_NOFOLLOW) == -1)
		return error_sys(error, ERROR_IO, "%s: utimensat", name);
	if (m->from == m->to)
		return 0;
	if (rename_new(s->dir[m->from], s->dir[m->to], name) == 0)
		return 0;
	if (errno == EEXIST)
		return finish_move(s, name, m, error);
	return error_sys(error, ERROR_IO, "%s: rename from %s/ to %s/", name,
	    spool_state_word(m->from), spool_state_word(m->to));
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

static int
remove_locked(struct spool *s, enum spool_state from, const char *name,
    const struct timespec *expect, struct error *error)
{
	enum spool_state elsewhere;

	if (look_again(s, from, name, expect, error) == -1)
		return -1;
	if (unlinkat(s->dir[from], name, 0) == -1)
		return error_sys(error, ERROR_IO, "%s: unlink", name);
	switch (spool_find(s, name, &elsewhere, error)) {
	case 0:
		return spool_forget(s, name, error);
	case 1:
		return 0;
	default:
		return -1;
	}
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
