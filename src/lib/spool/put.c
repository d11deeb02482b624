/* SPDX-License-Identifier: ISC */
/*
 * put: the commit, after which a record survives a power cut.
 *
 *	lock the record's byte; everything below happens under that lock
 *	look for the name in new, cur, done, dead, bad
 *	not there:
 *		drop a history that a record of that name left behind
 *		create a dot-name beside it, O_EXCL
 *		write the whole record
 *		fsync the file		its bytes are on disk
 *		close
 *		link to the final name	it is visible, complete, at once
 *		fsync the directory	its name is on disk
 *		unlink the dot-name
 *	there and complete (a repeat of the delivery):
 *		fsync file and directory: the writer may have died before it
 *		could, and the answer promises the same to both senders
 *	there and torn (a disk or an operator did that):
 *		the same dot-name, then rename over it, keeping its mtime,
 *		which is the lease or the date that retain_* counts from
 *	unlock
 *
 * Every call is checked, close included. A failure leaves nothing behind: the dot-name is
 * removed, and the final name, too, if it was linked. Nothing is fsynced twice, because
 * after a failed fsync the next may report success for lost data. A process that dies
 * here leaves at most a dot-name, which readers skip and "alertspool clean" removes, or a
 * complete record that was never answered, which the repeat then finds.
 *
 * A link, not a rename, publishes the record: it cannot replace anything.
 * tests/model/protocol.py goes through every interleaving of this with moves, kills and
 * power cuts, and shows what each step is for.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/base/span.h"
#include "lib/spool/private.h"

#define TRIES 100 /* names left by dead processes of the same number */

static void
spell_temporary(struct spool *s, const char *name,
    char out[SPOOL_TEMPORARY_SIZE])
{
	char *p = out;

	*p++ = '.';
	p = mempcpy(p, name_digits(name), NAME_DIGEST_DIGITS);
	*p++ = '.';
	p = encode_decimal(p, s->pid);
	*p++ = '.';
	encode_decimal(p, s->temporary++);
}

int
spool_create_temporary(struct spool *s, const char *name,
    struct spool_temporary *t)
{
	int fd;

	for (int i = 0; i < TRIES; i++) {
		spell_temporary(s, name, t->name);
		fd = openat(t->dir, t->name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    SPOOL_FILE_MODE);
		if (fd != -1)
			return fd;
		if (errno != EEXIST)
			break;
	}
	t->name[0] = '\0';
	return -1;
}

int
spool_fill_temporary(struct spool *s, const char *name, const struct span *text,
    struct spool_temporary *t, struct error *error)
{
	int fd = spool_create_temporary(s, name, t);

	if (fd == -1)
		return error_sys(error, ERROR_CREATE, "create");
	if (file_write_full(fd, text->at, text->n) == -1) {
		error_sys(error, ERROR_IO, "write");
		close(fd);
		return -1;
	}
	if (fsync(fd) == -1) {
		error_sys(error, ERROR_IO, "fsync");
		close(fd);
		return -1;
	}
	if (close(fd) == -1)
		return error_sys(error, ERROR_IO, "close");
	return 0;
}

int
spool_write_temporary(struct spool *s, const struct spool_record *r,
    struct spool_temporary *t, struct error *error)
{
	const struct span text = {r->text, r->len};
	struct error why = ERROR_INIT;

	if (spool_fill_temporary(s, r->name, &text, t, &why) == 0)
		return 0;
	error_prefix(&why, "%s: ", r->name);
	return error_take(error, &why);
}

static int
remove_temporary(struct spool_temporary *t)
{
	int rc = unlinkat(t->dir, t->name, 0);

	t->name[0] = '\0';
	return rc;
}

static int
publish(struct spool *s, const struct spool_record *r, struct error *error)
{
	struct spool_temporary t = {.dir = s->dir[r->into]};
	bool linked = false;

	if (spool_write_temporary(s, r, &t, error) == -1)
		goto undo;
	if (linkat(t.dir, t.name, t.dir, r->name, 0) == -1) {
		error_sys(error, ERROR_IO, "%s: link", r->name);
		goto undo;
	}
	linked = true;
	if (fsync(t.dir) == -1) {
		error_sys(error, ERROR_IO, "%s: fsync of %s/", r->name,
		    spool_state_word(r->into));
		goto undo;
	}
	if (remove_temporary(&t) == -1) {
		error_sys(error, ERROR_IO, "%s: unlink", r->name);
		goto undo;
	}
	return 0;
undo:
	if (linked)
		unlinkat(t.dir, r->name, 0);
	if (t.name[0] != '\0')
		remove_temporary(&t);
	return -1;
}

static int
replace(struct spool *s, const struct spool_record *r, enum spool_state found,
    const struct stat *st, struct error *error)
{
	struct spool_temporary t = {.dir = s->dir[found]};
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st->st_mtim};

	if (spool_write_temporary(s, r, &t, error) == -1)
		goto undo;
	if (utimensat(t.dir, t.name, times, AT_SYMLINK_NOFOLLOW) == -1) {
		error_sys(error, ERROR_IO, "%s: utimensat", r->name);
		goto undo;
	}
	if (renameat(t.dir, t.name, t.dir, r->name) == -1) {
		error_sys(error, ERROR_IO, "%s: rename", r->name);
		goto undo;
	}
	/* Nothing to undo from here: the old one was torn. */
	if (fsync(t.dir) == -1)
		return error_sys(error, ERROR_IO, "%s: fsync of %s/", r->name,
		    spool_state_word(found));
	return 0;
undo:
	if (t.name[0] != '\0')
		remove_temporary(&t);
	return -1;
}

static int
make_durable(struct spool *s, const char *name, enum spool_state found,
    struct error *error)
{
	int fd = file_open_regular(s->dir[found], name, O_RDONLY, 0);
	int rc;

	if (fd == -1)
		return error_sys(error, ERROR_IO, "%s: open", name);
	rc = fsync(fd);
	if (rc == -1)
		error_sys(error, ERROR_IO, "%s: fsync", name);
	if (close(fd) == -1 && rc == 0)
		rc = error_sys(error, ERROR_IO, "%s: close", name);
	if (rc == 0 && fsync(s->dir[found]) == -1)
		rc = error_sys(error, ERROR_IO, "%s: fsync of %s/", name,
		    spool_state_word(found));
	return rc;
}

static int
settle(struct spool *s, const struct spool_record *r, enum spool_state found,
    enum spool_outcome *outcome, struct error *error)
{
	struct buf text = BUF_INIT;
	struct stat st;
	int rc = -1, whole = 0;

	if (spool_read(s, found, r->name, &text, &st, error) == -1)
		goto out;
	if (text.len > 0)
		whole = r->is_whole(text.data, text.len, r->body_sha256, error);
	if (whole == -1)
		goto out;
	if (whole == 1) {
		*outcome = SPOOL_DUPLICATE;
		rc = make_durable(s, r->name, found, error);
	} else {
		*outcome = SPOOL_REPLACED;
		rc = replace(s, r, found, &st, error);
	}
out:
	buf_free(&text);
	return rc;
}

/* Drop the history of a deleted record of this name that a crash left behind: its
 * attempts do not count for this record. An alert is more important than its history, so
 * a failure here is no reason to refuse it. In a state that does not count, the old
 * record still needs it. */
static void
drop_history(struct spool *s, const struct spool_record *r)
{
	struct error unused = ERROR_INIT;
	enum spool_state state;

	if (s->no_histories)
		return;
	if (r->except == 0 ||
	    spool_find_in(s, r->name, r->except, &state, &unused) == 0)
		(void)spool_forget(s, r->name, &unused);
}

int
spool_put(struct spool *s, const struct spool_record *r, int64_t wait_ms,
    enum spool_outcome *outcome, struct error *error)
{
	enum spool_state found;
	int rc;

	if (spool_lock_record(s, r->name, wait_ms, error) == -1)
		return -1;
	rc = spool_find_in(s, r->name, SPOOL_ANYWHERE & ~r->except, &found,
	    error);
	if (rc == 1) {
		rc = settle(s, r, found, outcome, error);
	} else if (rc == 0) {
		*outcome = SPOOL_STORED;
		drop_history(s, r);
		rc = publish(s, r, error);
	}
	spool_unlock_record(s, r->name);
	return rc;
}

/* The digits are random, because process numbers repeat, in containers soon. */
int
spool_try_commit(struct spool *s, const struct span *text, struct error *error)
{
	struct spool_temporary t = {.dir = s->dir[SPOOL_NEW]}, final = t;
	unsigned char random[NAME_DIGEST_DIGITS / 2];
	char digits[NAME_DIGEST_DIGITS + 1];
	int rc;

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	encode_hex(digits, random, sizeof(random));
	spell_temporary(s, digits, final.name);
	rc = spool_fill_temporary(s, digits, text, &t, error);
	if (rc == 0 && linkat(t.dir, t.name, t.dir, final.name, 0) == -1)
		rc = error_sys(error, ERROR_IO, "link");
	if (rc == 0 && fsync(t.dir) == -1)
		rc = error_sys(error, ERROR_IO, "fsync of the directory");
	(void)unlinkat(t.dir, final.name, 0);
	if (t.name[0] != '\0')
		remove_temporary(&t);
	return rc;
}
