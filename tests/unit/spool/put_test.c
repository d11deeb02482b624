/* SPDX-License-Identifier: ISC */
/*
 * The commit path: the exact order of its calls; each call failing in turn; duplicates in
 * every state; torn records.
 *
 * The system calls that matter are defined here and replace libc's: they record each call
 * and fail if a test wants it.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/base/error.h"
#include "lib/spool/private.h"
#include "tests/unit/spool/fixture.h"
#include "tests/unit/stat_fails.h"

#define NAME \
	"20261123T074542Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"00112233445566778899aabbccddeeff"
#define TEXT "{\"this is\":\"a record\"}\n"
#define WAIT_MS 50

/* ---- calls, recorded and failing ------------------------------------ */

static struct {
	bool on;
	char trace[512];
	const char *fail; /* fails in this call */
	int fail_at;	  /* the n-th time, from 1 */
	int fail_errno;
	bool fail_short; /* writes half, then continues */
	int seen;
} calls;

static bool
called(const char *name)
{
	if (!calls.on)
		return false;
	strcat(calls.trace, name);
	strcat(calls.trace, " ");
	if (calls.fail == NULL || strcmp(name, calls.fail) != 0 ||
	    ++calls.seen != calls.fail_at)
		return false;
	errno = calls.fail_errno;
	return true;
}

int
openat(int at, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (flags & O_CREAT && called("create"))
		return -1;
	return (int)syscall(SYS_openat, at, path, flags, mode);
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
	if (called("write")) {
		if (!calls.fail_short)
			return -1;
		n = n / 2;
	}
	return syscall(SYS_write, fd, bytes, n);
}

int
fsync(int fd)
{
	struct stat st;

	fstat(fd, &st);
	if (called(S_ISDIR(st.st_mode) ? "fsync-directory" : "fsync-file"))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int
close(int fd)
{
	bool fail = called("close");
	int rc = (int)syscall(SYS_close, fd);

	if (fail)
		errno = calls.fail_errno;
	return fail ? -1 : rc;
}

int
linkat(int a, const char *from, int b, const char *to, int flags)
{
	if (called("link"))
		return -1;
	return (int)syscall(SYS_linkat, a, from, b, to, flags);
}

int
renameat(int a, const char *from, int b, const char *to)
{
	if (called("rename"))
		return -1;
	return (int)syscall(SYS_renameat2, a, from, b, to, 0);
}

int
utimensat(int at, const char *path, const struct timespec times[2], int flags)
{
	if (called("utimens"))
		return -1;
	return (int)syscall(SYS_utimensat, at, path, times, flags);
}

int
unlinkat(int at, const char *path, int flags)
{
	/* The history that an older record of the same name may have left. */
	if (called(strncmp(path, "history/", 8) == 0 ? "drop" : "unlink"))
		return -1;
	return (int)syscall(SYS_unlinkat, at, path, flags);
}

/* ---- fixture -------------------------------------------------------- */

/* Comparing fails for lack of memory. */
static bool no_memory;

static int
whole(const char *text, size_t len, const void *expected, struct error *error)
{
	if (no_memory)
		return error_set(error, ERROR_IO, "no memory");
	return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

static struct spool_record
record(enum spool_state into)
{
	return (struct spool_record){
	    .name = NAME,
	    .into = into,
	    .text = TEXT,
	    .len = strlen(TEXT),
	    .is_whole = whole,
	    .body_sha256 = TEXT,
	};
}

static int
setup(void **state)
{
	memset(&calls, 0, sizeof(calls));
	return fixture_setup(state);
}

static int
teardown(void **state)
{
	calls.on = false;
	return fixture_teardown(state);
}

static int
put(struct fixture *f, enum spool_state into, enum spool_outcome *outcome,
    struct error *error)
{
	struct spool_record r = record(into);
	int rc;

	*error = (struct error)ERROR_INIT;
	rc = spool_put(f->spool, &r, WAIT_MS, outcome, error);
	calls.on = false;
	return rc;
}

static void
place(struct fixture *f, enum spool_state where, const char *text, time_t mtime)
{
	struct timespec times[2] = {{.tv_sec = mtime}, {.tv_sec = mtime}};
	int fd = openat(f->spool->dir[where], NAME,
	    O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	utimensat(f->spool->dir[where], NAME, times, 0);
}

/* Entries in the directory of a state, with those that begin with a dot. */
static int
entries(struct fixture *f, enum spool_state where)
{
	char path[4096];
	struct dirent **list;
	int n;

	snprintf(path, sizeof(path), "%s/%s", f->path, spool_state_word(where));
	n = scandir(path, &list, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return n - 2;
}

static void
assert_content(struct fixture *f, enum spool_state where, const char *text)
{
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;

	assert_int_equal(spool_read(f->spool, where, NAME, &b, NULL, &error),
	    0);
	assert_string_equal(b.data, text);
	buf_free(&b);
}

/* ---- tests ---------------------------------------------------------- */

static void
test_order(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	calls.on = true;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	assert_int_equal(outcome, SPOOL_STORED);
	assert_string_equal(calls.trace,
	    "drop create write fsync-file close link fsync-directory "
	    "unlink ");
	assert_content(f, SPOOL_NEW, TEXT);
	assert_int_equal(entries(f, SPOOL_NEW), 1);
}

static void
test_mode(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;
	struct stat st;

	umask(027);
	assert_int_equal(put(f, SPOOL_BAD, &outcome, &error), 0);
	assert_int_equal(fstatat(f->spool->dir[SPOOL_BAD], NAME, &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_nlink, 1);
}

static void
test_short_write(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	calls.on = true;
	calls.fail = "write";
	calls.fail_at = 1;
	calls.fail_short = true;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	assert_content(f, SPOOL_NEW, TEXT);
}

/* Whatever fails, and with whatever error: no record, no name with a dot, and the next
 * try succeeds. */
static void
test_every_failure(void **state)
{
	static const char *const names[] = {"create", "write", "fsync-file",
	    "close", "link", "fsync-directory"};
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EROFS, EMFILE, EACCES,
	    ENOMEM};
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t j = 0; j < sizeof(errors) / sizeof(errors[0]);
		    j++) {
			memset(&calls, 0, sizeof(calls));
			calls.on = true;
			calls.fail = names[i];
			calls.fail_at = 1;
			calls.fail_errno = errors[j];
			assert_int_equal(put(f, SPOOL_NEW, &outcome, &error),
			    -1);
			assert_int_equal(error.sys, errors[j]);
			assert_int_equal(entries(f, SPOOL_NEW), 0);
		}
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	assert_int_equal(outcome, SPOOL_STORED);
}

/* The name with a dot cannot be removed: not stored, and the record is removed again. */
static void
test_unlink_fails(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	enum spool_state where;
	struct error error;

	calls.on = true;
	calls.fail = "unlink";
	calls.fail_at = 1;
	calls.fail_errno = EIO;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
	error_clear(&error);
	assert_int_equal(spool_find(f->spool, NAME, &where, &error), 0);
}

/* If it is unknown whether the record exists, it is not stored a second time. */
static void
test_unanswered_look(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	place(f, SPOOL_DONE, TEXT, 1000);
	stat_errno = EIO;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
	assert_int_equal(error.kind, ERROR_IO);
	stat_errno = 0;
	assert_int_equal(entries(f, SPOOL_NEW), 0);
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	assert_int_equal(outcome, SPOOL_DUPLICATE);
}

/* A link that fails because the name exists is a failure, never a success. */
static void
test_link_exists(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	calls.on = true;
	calls.fail = "link";
	calls.fail_at = 1;
	calls.fail_errno = EEXIST;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
	assert_int_equal(entries(f, SPOOL_NEW), 0);
}

static void
test_duplicates(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	for (int where = 0; where < SPOOL_STATES; where++) {
		place(f, (enum spool_state)where, TEXT, 1000);
		memset(&calls, 0, sizeof(calls));
		calls.on = true;
		assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
		assert_int_equal(outcome, SPOOL_DUPLICATE);
		/* The first close is the one after reading it. */
		assert_string_equal(calls.trace,
		    "close fsync-file close fsync-directory ");
		assert_int_equal(entries(f, (enum spool_state)where), 1);
		unlinkat(f->spool->dir[where], NAME, 0);
	}
}

static void
test_duplicate_not_durable(void **state)
{
	static const char *const names[] = {"fsync-file", "fsync-directory"};
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	place(f, SPOOL_CUR, TEXT, 1000);
	for (size_t i = 0; i < 2; i++) {
		memset(&calls, 0, sizeof(calls));
		calls.on = true;
		calls.fail = names[i];
		calls.fail_at = 1;
		calls.fail_errno = EIO;
		assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
		/* It does not belong to us, so it stays. */
		assert_content(f, SPOOL_CUR, TEXT);
	}
}

static void
test_torn(void **state)
{
	static const char *const torn[] = {"", "{\"this is\":", "\n"};
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;
	struct stat st;

	for (size_t i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
		place(f, SPOOL_CUR, torn[i], 1234567890);
		memset(&calls, 0, sizeof(calls));
		calls.on = true;
		assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
		assert_int_equal(outcome, SPOOL_REPLACED);
		assert_string_equal(calls.trace,
		    "close create write fsync-file close utimens rename "
		    "fsync-directory ");
		assert_content(f, SPOOL_CUR, TEXT);
		assert_int_equal(entries(f, SPOOL_CUR), 1);
		assert_int_equal(entries(f, SPOOL_NEW), 0);
		fstatat(f->spool->dir[SPOOL_CUR], NAME, &st, 0);
		assert_int_equal(st.st_mtime, 1234567890);
	}
}

/* Without memory, the existing record is neither confirmed nor replaced. */
static void
test_no_memory(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	place(f, SPOOL_CUR, TEXT, 1000);
	no_memory = true;
	calls.on = true;
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
	assert_int_equal(error.kind, ERROR_IO);
	assert_string_equal(calls.trace, "close "); /* it was read */
	no_memory = false;
}

static void
test_torn_failures(void **state)
{
	static const char *const names[] = {"create", "write", "fsync-file",
	    "utimens", "rename"};
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;

	place(f, SPOOL_DONE, "torn", 1000);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		memset(&calls, 0, sizeof(calls));
		calls.on = true;
		calls.fail = names[i];
		calls.fail_at = 1;
		calls.fail_errno = ENOSPC;
		assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
		assert_content(f, SPOOL_DONE, "torn");
		assert_int_equal(entries(f, SPOOL_DONE), 1);
	}
}

/* A leftover of a dead process with our process id is skipped. */
static void
test_leftover(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error;
	char name[128];
	int fd;

	snprintf(name, sizeof(name), ".%.32s.%ld.0", strrchr(NAME, '.') + 1,
	    (long)getpid());
	fd = openat(f->spool->dir[SPOOL_NEW], name, O_WRONLY | O_CREAT, 0640);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	assert_content(f, SPOOL_NEW, TEXT);
	assert_int_equal(entries(f, SPOOL_NEW), 2);
}

static void
test_lock_held(void **state)
{
	struct fixture *f = *state;
	enum spool_outcome outcome;
	struct error error = ERROR_INIT;
	struct spool *other;

	assert_int_equal(spool_open(&other, f->path, SPOOL_WRITE, &error), 0);
	assert_int_equal(spool_lock_record(other, NAME, 0, &error), 0);
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), -1);
	assert_int_equal(error.kind, ERROR_BUSY);
	assert_int_equal(entries(f, SPOOL_NEW), 0);
	spool_unlock_record(other, NAME);
	assert_int_equal(put(f, SPOOL_NEW, &outcome, &error), 0);
	spool_close(other);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_order),
	    TEST(test_mode),
	    TEST(test_short_write),
	    TEST(test_every_failure),
	    TEST(test_unlink_fails),
	    TEST(test_unanswered_look),
	    TEST(test_link_exists),
	    TEST(test_duplicates),
	    TEST(test_duplicate_not_durable),
	    TEST(test_torn),
	    TEST(test_torn_failures),
	    TEST(test_no_memory),
	    TEST(test_leftover),
	    TEST(test_lock_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
