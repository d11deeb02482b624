/* SPDX-License-Identifier: ISC */
/*
 * Moves, the order of their calls and their second look, each call failing in turn;
 * histories, removing, leftover files.
 *
 * The two calls that make a move are defined here and replace libc's: they record each
 * call and fail if a test wants it.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/spool/private.h"
#include "lib/spool/queue.h"
#include "tests/unit/spool/fixture.h"
#include "tests/unit/stat_fails.h"

#define NAME \
	"20261123T074542Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"00112233445566778899aabbccddeeff"

#define DIED 7 /* exit code */

static struct {
	char trace[256];
	const char *fail; /* fails in this call */
	int fail_errno;
	bool fail_once;	 /* … and only once */
	const char *die; /* dies in this call, before it does anything, */
	int skip;	 /* but not in the first calls, this many */
} calls;

static bool
called(const char *name)
{
	if (strlen(calls.trace) + strlen(name) + 2 < sizeof(calls.trace)) {
		strcat(calls.trace, name);
		strcat(calls.trace, " ");
	}
	if (calls.die != NULL && strcmp(name, calls.die) == 0 &&
	    calls.skip-- == 0)
		_exit(DIED);
	if (calls.fail == NULL || strcmp(name, calls.fail) != 0)
		return false;
	if (calls.fail_once)
		calls.fail = NULL;
	errno = calls.fail_errno;
	return true;
}

int
utimensat(int at, const char *path, const struct timespec times[2], int flags)
{
	if (called("utimens"))
		return -1;
	return (int)syscall(SYS_utimensat, at, path, times, flags);
}

int
renameat2(int a, const char *from, int b, const char *to, unsigned int flags)
{
	if (called("rename"))
		return -1;
	return (int)syscall(SYS_renameat2, a, from, b, to, flags);
}

int
linkat(int a, const char *from, int b, const char *to, int flags)
{
	if (called("link"))
		return -1;
	return (int)syscall(SYS_linkat, a, from, b, to, flags);
}

int
unlinkat(int at, const char *path, int flags)
{
	if (called("unlink"))
		return -1;
	return (int)syscall(SYS_unlinkat, at, path, flags);
}

static int
setup(void **state)
{
	memset(&calls, 0, sizeof(calls));
	return fixture_setup(state);
}

static void
place(struct fixture *f, int dir, const char *name, time_t mtime)
{
	struct timespec times[2] = {{.tv_sec = mtime}, {.tv_sec = mtime}};
	int fd = openat(dir, name, O_WRONLY | O_CREAT, 0640);

	(void)f;
	assert_int_not_equal(fd, -1);
	close(fd);
	utimensat(dir, name, times, 0);
}

static bool
is_at(const struct fixture *f, enum spool_state state, time_t mtime)
{
	struct stat st;

	return fstatat(spool_dir(f->spool, state), NAME, &st, 0) == 0 &&
	    st.st_mtime == mtime;
}

static void
test_move(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct timespec seen = {.tv_sec = 1000}, other = {.tv_sec = 1001};
	struct spool_move m = {
	    .from = SPOOL_NEW,
	    .to = SPOOL_CUR,
	    .mtime = {.tv_sec = 2000},
	    .expect = &other,
	};

	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
	/* Touched since it was seen: neither moved nor touched. */
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(is_at(f, SPOOL_NEW, 1000));
	error_clear(&error);
	m.expect = &seen;
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), 0);
	assert_true(is_at(f, SPOOL_CUR, 2000));
	/* It is not there any more. */
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void
test_renew(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move m = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_CUR,
	    .mtime = {.tv_sec = 3000},
	};

	place(f, spool_dir(f->spool, SPOOL_CUR), NAME, 1000);
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), 0);
	assert_true(is_at(f, SPOOL_CUR, 3000));
}

static void
note(struct fixture *f, const char *what, const char *why)
{
	struct spool_event event = {.who = "me", .what = what, .why = why};
	struct error error = ERROR_INIT;

	assert_int_equal(spool_note(f->spool, NAME, &event, &error), 0);
}

static struct timespec
hours_from_now(int hours)
{
	return (struct timespec){.tv_sec = time(NULL) + hours * 3600};
}

static const struct spool_move to_cur = {
    .from = SPOOL_NEW,
    .to = SPOOL_CUR,
    .mtime = {.tv_sec = 2000},
};

/* The lease is set after the record is in cur/, any other time before the move. */
static void
test_order(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move claim = to_cur;
	struct spool_move ack = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_DONE,
	    .mtime = {.tv_sec = 3000},
	};

	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
	calls.trace[0] = '\0';
	assert_int_equal(spool_move(f->spool, NAME, &claim, &error), 0);
	assert_string_equal(calls.trace, "rename utimens ");
	calls.trace[0] = '\0';
	assert_int_equal(spool_move(f->spool, NAME, &ack, &error), 0);
	assert_string_equal(calls.trace, "utimens rename ");
}

/* True if the record, wherever it is, is due at once. */
static bool
is_due(const struct fixture *f)
{
	struct spool_entry entry = {.name = NAME};
	struct error error = ERROR_INIT;
	struct timespec now, mtime;
	enum queue_status status;

	assert_int_equal(spool_find(f->spool, NAME, &entry.state, &error), 1);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_int_equal(queue_judge(f->spool, &entry, now, &status, &mtime,
			     &error),
	    0);
	return status == QUEUE_DUE;
}

/* A child makes this move and dies in this call. */
static void
die_in(struct fixture *f, const char *call, enum spool_state from,
    enum spool_state to, struct timespec mtime)
{
	struct spool_move m = {.from = from, .to = to, .mtime = mtime};
	struct error error = ERROR_INIT;
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		calls.die = call;
		_exit(spool_move(f->spool, NAME, &m, &error) == 0 ? 2 : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), DIED);
}

/* A process that dies during a move leaves a record that is due at once, even if it has a
 * history, for which a time ahead means "not before". */
static void
test_death(void **state)
{
	static const char *const names[] = {"utimens", "rename"};
	struct fixture *f = *state;
	struct timespec now = hours_from_now(0), lease = hours_from_now(5);

	note(f, "requeue", NULL);
	for (size_t i = 0; i < 2; i++) {
		place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
		die_in(f, names[i], SPOOL_NEW, SPOOL_CUR, lease);
		assert_true(is_due(f));
		unlinkat(spool_dir(f->spool, SPOOL_NEW), NAME, 0);
		unlinkat(spool_dir(f->spool, SPOOL_CUR), NAME, 0);
	}
	place(f, spool_dir(f->spool, SPOOL_CUR), NAME, lease.tv_sec);
	die_in(f, "rename", SPOOL_CUR, SPOOL_NEW, now);
	assert_true(is_due(f));
	place(f, spool_dir(f->spool, SPOOL_CUR), NAME, lease.tv_sec);
	die_in(f, "rename", SPOOL_CUR, SPOOL_DONE, now);
	assert_true(is_due(f));
}

/* A record in new/ without a history is due whatever its time; in cur/ that time would be
 * a lease. */
static void
test_death_with_a_time_ahead(void **state)
{
	struct fixture *f = *state;
	struct timespec lease = hours_from_now(5);

	place(f, spool_dir(f->spool, SPOOL_NEW), NAME,
	    hours_from_now(7).tv_sec);
	assert_true(is_due(f));
	calls.skip = 1; /* the first call succeeds */
	die_in(f, "utimens", SPOOL_NEW, SPOOL_CUR, lease);
	assert_int_equal(faccessat(spool_dir(f->spool, SPOOL_CUR), NAME, F_OK,
			     0),
	    0);
	assert_true(is_due(f));
}

/* The move fails in this call with any error, and nothing has changed. */
static void
fails_in(struct fixture *f, const char *call, const struct spool_move *m,
    time_t mtime)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT, EROFS, EACCES, ENOMEM,
	    EINTR};
	struct error error = ERROR_INIT;
	enum spool_state where;

	for (size_t j = 0; j < sizeof(errors) / sizeof(errors[0]); j++) {
		calls.trace[0] = '\0';
		calls.fail = call;
		calls.fail_errno = errors[j];
		calls.fail_once = true;
		error_clear(&error);
		assert_int_equal(spool_move(f->spool, NAME, m, &error), -1);
		assert_int_equal(error.kind, ERROR_IO);
		assert_int_equal(error.sys, errors[j]);
		error_clear(&error);
		assert_int_equal(spool_find(f->spool, NAME, &where, &error), 1);
		assert_int_equal(where, m->from);
		assert_true(is_at(f, m->from, mtime));
	}
}

/* Whatever fails, the record stays where it is and unchanged, and can be moved
 * afterwards. */
static void
test_every_failure(void **state)
{
	static const char *const names[] = {"utimens", "rename"};
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move claim = to_cur;
	struct spool_move release = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_NEW,
	    .mtime = {.tv_sec = 3000},
	};

	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fails_in(f, names[i], &claim, 1000);
	assert_int_equal(spool_move(f->spool, NAME, &claim, &error), 0);
	assert_true(is_at(f, SPOOL_CUR, 2000));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fails_in(f, names[i], &release, 2000);
	assert_int_equal(spool_move(f->spool, NAME, &release, &error), 0);
	assert_true(is_at(f, SPOOL_NEW, 3000));
}

/* A disk that refuses one kind of call permanently. */
static void
test_broken_disk(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move claim = {.from = SPOOL_NEW, .to = SPOOL_CUR};

	note(f, "requeue", NULL);
	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
	claim.mtime = hours_from_now(5);
	calls.fail = "utimens";
	calls.fail_errno = EIO;
	assert_int_equal(spool_move(f->spool, NAME, &claim, &error), -1);
	calls.fail = "rename";
	error_clear(&error);
	assert_int_equal(spool_move(f->spool, NAME, &claim, &error), -1);
	calls.fail = NULL;
	assert_true(is_due(f));
}

/* Never replaces a file. */
static void
test_taken(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move m = {.from = SPOOL_CUR, .to = SPOOL_DONE};

	place(f, spool_dir(f->spool, SPOOL_CUR), NAME, 1000);
	place(f, spool_dir(f->spool, SPOOL_DONE), NAME, 500);
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), -1);
	assert_int_equal(error.kind, ERROR_CREATE);
	assert_true(is_at(f, SPOOL_DONE, 500));
}

/* Half a move, as a power cut leaves it on btrfs, is completed. */
static void
test_half_moved(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move m = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_DONE,
	    .mtime = {.tv_sec = 2000},
	};

	place(f, spool_dir(f->spool, SPOOL_CUR), NAME, 1000);
	assert_int_equal(linkat(spool_dir(f->spool, SPOOL_CUR), NAME,
			     spool_dir(f->spool, SPOOL_DONE), NAME, 0),
	    0);
	assert_int_equal(spool_move(f->spool, NAME, &m, &error), 0);
	assert_true(is_at(f, SPOOL_DONE, 2000));
	assert_false(is_at(f, SPOOL_CUR, 2000));
}

/* A file system without RENAME_NOREPLACE (EINVAL), or such a kernel. */
static void
test_no_noreplace(void **state)
{
	static const int errors[] = {EINVAL, ENOSYS};
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move claim = to_cur;
	struct spool_move ack = {.from = SPOOL_CUR, .to = SPOOL_DONE};

	for (size_t i = 0; i < 2; i++) {
		f->spool->links = false;
		place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
		calls.trace[0] = '\0';
		calls.fail = "rename";
		calls.fail_errno = errors[i];
		assert_int_equal(spool_move(f->spool, NAME, &claim, &error), 0);
		assert_string_equal(calls.trace, "rename link unlink utimens ");
		assert_true(is_at(f, SPOOL_CUR, 2000));
		assert_false(is_at(f, SPOOL_NEW, 2000));
		calls.trace[0] = '\0';
		assert_int_equal(spool_move(f->spool, NAME, &ack, &error), 0);
		assert_string_equal(calls.trace, "utimens link unlink ");
		/* Never replaces a file. */
		place(f, spool_dir(f->spool, SPOOL_CUR), NAME, 1000);
		assert_int_equal(spool_move(f->spool, NAME, &ack, &error), -1);
		assert_int_equal(error.kind, ERROR_CREATE);
		assert_true(is_at(f, SPOOL_CUR, 1000));
		error_clear(&error);
		unlinkat(spool_dir(f->spool, SPOOL_CUR), NAME, 0);
		unlinkat(spool_dir(f->spool, SPOOL_DONE), NAME, 0);
	}
}

/* After any failure or death, the record is due at once, and the same move can be
 * repeated. */
static void
test_no_noreplace_fails(void **state)
{
	static const char *const names[] = {"link", "unlink", "utimens"};
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_move claim = {.from = SPOOL_NEW, .to = SPOOL_CUR};

	claim.mtime = hours_from_now(5);
	note(f, "requeue", NULL);
	f->spool->links = true;
	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1000);
	for (size_t i = 0; i < 3; i++)
		fails_in(f, names[i], &claim, 1000);
	for (size_t i = 0; i < 3; i++) {
		die_in(f, names[i], SPOOL_NEW, SPOOL_CUR, claim.mtime);
		assert_true(is_due(f));
	}
	assert_true(is_at(f, SPOOL_CUR, 1000));
	assert_int_equal(linkat(spool_dir(f->spool, SPOOL_CUR), NAME,
			     spool_dir(f->spool, SPOOL_NEW), NAME, 0),
	    0);
	assert_int_equal(spool_move(f->spool, NAME, &claim, &error), 0);
	assert_true(is_at(f, SPOOL_CUR, claim.mtime.tv_sec));
	assert_false(is_at(f, SPOOL_NEW, claim.mtime.tv_sec));
}

/* The number of names in a state, with those that begin with a dot. */
static size_t
names_in(const struct fixture *f, enum spool_state state)
{
	DIR *dir = fdopendir(
	    openat(spool_dir(f->spool, state), ".", O_RDONLY | O_DIRECTORY));
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

/* Moves can be tested without a record. */
static void
test_try(void **state)
{
	static const char *const names[] = {"rename", "utimens", "unlink"};
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	bool links;

	for (size_t i = 0; i < 3; i++) {
		calls.fail = names[i];
		calls.fail_errno = EIO;
		calls.fail_once = true;
		assert_int_equal(spool_try_move(f->spool, &links, &error), -1);
		assert_int_equal(error.sys, EIO);
		error_clear(&error);
	}
	assert_int_equal(spool_try_move(f->spool, &links, &error), 0);
	assert_false(links);
	calls.fail = "rename";
	calls.fail_errno = EINVAL;
	assert_int_equal(spool_try_move(f->spool, &links, &error), 0);
	assert_true(links);
	/* Only what could not be removed is left. */
	assert_int_equal(names_in(f, SPOOL_NEW), 0);
	assert_int_equal(names_in(f, SPOOL_CUR), 1);
}

static void
test_waits_for_the_record(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool *other;

	assert_int_equal(spool_open(&other, f->path, SPOOL_WRITE, &error), 0);
	assert_int_equal(spool_lock_record(other, NAME, 0, &error), 0);
	assert_int_equal(spool_lock_record(f->spool, NAME, 20, &error), -1);
	error_clear(&error);
	spool_close(other);
	assert_int_equal(spool_lock_record(f->spool, NAME, 20, &error), 0);
}

static unsigned int
attempts(struct fixture *f)
{
	struct error error = ERROR_INIT;
	struct spool_tally tally;

	assert_int_equal(spool_tally(f->spool, NAME, &tally, &error), 0);
	return tally.attempts;
}

static void
test_history(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct spool_tally tally;
	struct buf text = BUF_INIT;

	assert_int_equal(spool_has_history(f->spool, NAME, &error), 0);
	assert_int_equal(attempts(f), 0);
	assert_int_equal(spool_tally(f->spool, NAME, &tally, &error), 0);
	assert_int_equal(tally.lines, 0);
	note(f, "attempt", NULL);
	note(f, "fail", "said \"no\"\xff\n\x1b[2J");
	note(f, "attempt", NULL);
	assert_int_equal(spool_has_history(f->spool, NAME, &error), 1);
	assert_int_equal(attempts(f), 2);
	note(f, "requeue", "again");
	assert_int_equal(attempts(f), 0);
	note(f, "attempt", NULL);
	assert_int_equal(attempts(f), 1);
	note(f, "requeue", "was bad/" NAME); /* not from done/ or dead/ */
	note(f, "fail", NULL);
	assert_int_equal(spool_tally(f->spool, NAME, &tally, &error), 0);
	assert_int_equal(tally.requeues, 1);
	assert_int_equal(tally.failures, 1);
	assert_int_equal(tally.attempts, 0);
	assert_int_equal(tally.lines, 7);
	assert_int_equal(spool_history(f->spool, NAME, &text, &error), 0);
	assert_non_null(strstr(text.data,
	    "\"who\":\"me\",\"what\":\"fail\","
	    "\"why\":\"said \\\"no\\\"\xef\xbf\xbd\\n\\u001B[2J\"}\n"));
	buf_free(&text);
}

/* An operator may remove all histories while the spool is open. */
static void
test_history_removed(void **state)
{
	struct fixture *f = *state;
	int root = spool_root(f->spool);

	note(f, "attempt", NULL);
	assert_int_equal(unlinkat(root, "history/" NAME, 0), 0);
	assert_int_equal(unlinkat(root, "history", AT_REMOVEDIR), 0);
	assert_int_equal(attempts(f), 0);
	note(f, "attempt", NULL);
	assert_int_equal(attempts(f), 1);
}

static void
test_long_why(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	char why[5000];

	memset(why, 'x', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	note(f, "fail", why);
	assert_int_equal(spool_history(f->spool, NAME, &text, &error), 0);
	assert_in_range(text.len, 1000, 1200);
	buf_free(&text);
}

static void
test_remove(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct timespec seen = {.tv_sec = 1000}, other = {.tv_sec = 1};

	note(f, "ack", NULL);
	place(f, spool_dir(f->spool, SPOOL_DONE), NAME, 1000);
	assert_int_equal(spool_remove(f->spool, SPOOL_DONE, NAME, &other,
			     &error),
	    -1);
	error_clear(&error);
	assert_true(is_at(f, SPOOL_DONE, 1000));
	assert_int_equal(spool_remove(f->spool, SPOOL_DONE, NAME, &seen,
			     &error),
	    0);
	assert_false(is_at(f, SPOOL_DONE, 1000));
	assert_int_equal(spool_has_history(f->spool, NAME, &error), 0);
}

static char found[4096];

static void
collect(const char *phrase)
{
	strncat(found, phrase, sizeof(found) - strlen(found) - 1);
	strncat(found, "\n", sizeof(found) - strlen(found) - 1);
}

#define DOT_OLD ".00112233445566778899aabbccddeeff.12.3"
#define DOT_YOUNG ".00112233445566778899aabbccddeeff.12.4"
#define DOT_STRANGE ".nfs00000123"

static void
test_litter(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct timespec before = {.tv_sec = 5000};
	int dir = spool_dir(f->spool, SPOOL_BAD);

	found[0] = '\0';
	place(f, dir, DOT_OLD, 4999);
	place(f, dir, DOT_YOUNG, 5000);
	place(f, dir, DOT_STRANGE, 1);
	note(f, "ack", NULL);
	assert_int_equal(spool_clean_temporaries(f->spool, before, true,
			     collect, &error),
	    0);
	assert_int_equal(faccessat(dir, DOT_OLD, F_OK, 0), 0);
	assert_non_null(strstr(found, DOT_OLD "\t"));
	assert_null(strstr(found, DOT_YOUNG));
	assert_int_equal(spool_clean_temporaries(f->spool, before, false,
			     collect, &error),
	    0);
	assert_int_equal(faccessat(dir, DOT_OLD, F_OK, 0), -1);
	assert_int_equal(faccessat(dir, DOT_YOUNG, F_OK, 0), 0);
	assert_int_equal(faccessat(dir, DOT_STRANGE, F_OK, 0), 0);
	/* A history is deleted if its record does not exist. */
	place(f, spool_dir(f->spool, SPOOL_DEAD), NAME, 1);
	assert_int_equal(spool_clean_histories(f->spool, false, collect,
			     &error),
	    0);
	assert_int_equal(spool_has_history(f->spool, NAME, &error), 1);
	unlinkat(spool_dir(f->spool, SPOOL_DEAD), NAME, 0);
	assert_int_equal(spool_clean_histories(f->spool, false, collect,
			     &error),
	    0);
	assert_int_equal(spool_has_history(f->spool, NAME, &error), 0);
}

/* If it is unknown whether a record exists, its history stays, and leftovers that cannot
 * be checked are reported. */
static void
test_unanswered_look(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct timespec before = {.tv_sec = 5000};
	enum spool_state where;

	note(f, "ack", NULL);
	place(f, spool_dir(f->spool, SPOOL_NEW), NAME, 1);
	place(f, spool_dir(f->spool, SPOOL_BAD), DOT_OLD, 1);
	stat_errno = EIO;
	assert_int_equal(spool_clean_histories(f->spool, false, collect,
			     &error),
	    -1);
	assert_int_equal(error.kind, ERROR_IO);
	error_clear(&error);
	assert_int_equal(spool_clean_temporaries(f->spool, before, false,
			     collect, &error),
	    -1);
	error_clear(&error);
	assert_int_equal(spool_find(f->spool, NAME, &where, &error), -1);
	error_clear(&error);
	assert_int_equal(spool_has_history(f->spool, NAME, &error), -1);
	error_clear(&error);
	stat_errno = 0;
	assert_int_equal(spool_has_history(f->spool, NAME, &error), 1);
}

int
main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_move),
	    TEST(test_renew),
	    TEST(test_order),
	    TEST(test_death),
	    TEST(test_death_with_a_time_ahead),
	    TEST(test_every_failure),
	    TEST(test_broken_disk),
	    TEST(test_taken),
	    TEST(test_half_moved),
	    TEST(test_no_noreplace),
	    TEST(test_no_noreplace_fails),
	    TEST(test_try),
	    TEST(test_waits_for_the_record),
	    TEST(test_history),
	    TEST(test_history_removed),
	    TEST(test_long_why),
	    TEST(test_remove),
	    TEST(test_litter),
	    TEST(test_unanswered_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
