/* SPDX-License-Identifier: ISC */
/* Making and opening spools, room, a spool that is replaced while it is open, byte locks.
 *  */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/lock.h"
#include "lib/spool/private.h"
#include "tests/unit/scratch.h"

#define NAME "00000000T000000Z.-.unknown.00112233445566778899aabbccddeeff"
#define OTHER "00000000T000000Z.-.unknown.ff112233445566778899aabbccddeeff"

static int
setup(void **state)
{
	*state = scratch_make();
	return 0;
}

static int
teardown(void **state)
{
	scratch_remove(*state);
	return 0;
}

static struct spool *
make(const char *path)
{
	struct error error = ERROR_INIT;
	struct spool *s;

	if (spool_create(AT_FDCWD, path, (uid_t)-1, (gid_t)-1, &error) == -1)
		fail_msg("%s", error.text);
	if (spool_open(&s, path, SPOOL_WRITE, &error) == -1)
		fail_msg("%s", error.text);
	return s;
}

static void
test_create(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} made[] = {
	    {"", S_IFDIR | 02750},
	    {"/new", S_IFDIR | 02750},
	    {"/cur", S_IFDIR | 02750},
	    {"/done", S_IFDIR | 02750},
	    {"/dead", S_IFDIR | 02750},
	    {"/bad", S_IFDIR | 02750},
	    {"/history", S_IFDIR | 02750},
	    {"/heard", S_IFDIR | 02750},
	    {"/lock", S_IFREG | 0600},
	};
	struct error error = ERROR_INIT;
	mode_t saved = umask(077);
	char path[4096];
	struct stat st;

	assert_int_equal(spool_create(AT_FDCWD, *state, (uid_t)-1, (gid_t)-1,
			     &error),
	    0);
	umask(saved);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", (char *)*state,
		    made[i].name);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode, made[i].mode);
	}
	assert_int_equal(spool_create(AT_FDCWD, *state, (uid_t)-1, (gid_t)-1,
			     &error),
	    -1);
	assert_int_equal(error.kind, ERROR_CREATE);
}

static void
test_open_refusals(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s;
	char path[4096];

	snprintf(path, sizeof(path), "%s/none", (char *)*state);
	assert_int_equal(spool_open(&s, path, SPOOL_WRITE, &error), -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_null(s);
	error_clear(&error);
	/* A directory, but not a spool. */
	assert_int_equal(spool_open(&s, *state, SPOOL_WRITE, &error), -1);
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void
test_open_owner(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);

	spool_close(s);
	if (geteuid() != 0)
		skip(); /* only root can make a spool for another user */
	assert_int_equal(chown(*state, 12345, 12345), 0);
	assert_int_equal(spool_open(&s, *state, SPOOL_WRITE, &error), -1);
	assert_int_equal(error.kind, ERROR_DENIED);
	assert_non_null(strstr(error.text, "uid 12345"));
	error_clear(&error);
	/* Root counts as another user: it must become the owner before. */
	assert_int_equal(spool_open(&s, *state, SPOOL_READ, &error),
	    geteuid() == 0 ? -1 : 0);
	spool_close(s);
}

/* A user who can open the lock file can stop all reception. So an older one becomes the
 * owner's alone, too. */
static void
test_lock_is_the_owners(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);
	struct stat st;

	assert_int_equal(fchmodat(spool_root(s), "lock", 0640, 0), 0);
	spool_close(s);
	assert_int_equal(spool_open(&s, *state, SPOOL_WRITE, &error), 0);
	assert_int_equal(fstatat(spool_root(s), "lock", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fstat(spool_lock_file(s), &st), 0);
	spool_close(s);
}

static void
test_lock_file_is_made(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);

	assert_int_equal(unlinkat(spool_root(s), "lock", 0), 0);
	spool_close(s);
	assert_int_equal(spool_open(&s, *state, SPOOL_WRITE, &error), 0);
	assert_int_equal(faccessat(spool_root(s), "lock", F_OK, 0), 0);
	spool_close(s);
}

static void
test_lock_is_no_link(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);

	unlinkat(spool_root(s), "lock", 0);
	assert_int_equal(symlinkat("new", spool_root(s), "lock"), 0);
	spool_close(s);
	assert_int_equal(spool_open(&s, *state, SPOOL_WRITE, &error), -1);
}

static void
test_current(void **state)
{
	struct spool *s, *again;
	char path[4096], moved[4096];

	snprintf(path, sizeof(path), "%s/spool", (char *)*state);
	snprintf(moved, sizeof(moved), "%s/moved", (char *)*state);
	s = make(path);
	assert_true(spool_is_current(s));
	assert_int_equal(rename(path, moved), 0);
	assert_false(spool_is_current(s));
	again = make(path);
	assert_false(spool_is_current(s));
	assert_true(spool_is_current(again));
	spool_close(again);
	spool_close(s);
}

/* A spool that did not change for a while is not checked closely. A change is still
 * noticed at once, and again. */
static void
test_current_for_long(void **state)
{
	const struct timespec while_unchanged = {.tv_sec = 3,
	    .tv_nsec = 200000000};
	struct spool *s = make(*state);
	int root = spool_root(s);

	nanosleep(&while_unchanged, NULL);
	for (int i = 0; i < 3; i++)
		assert_true(spool_is_current(s));
	assert_int_equal(renameat(root, "cur", root, "aside"), 0);
	assert_false(spool_is_current(s));
	assert_int_equal(mkdirat(root, "cur", 0750), 0);
	assert_false(spool_is_current(s));
	assert_int_equal(unlinkat(root, "cur", AT_REMOVEDIR), 0);
	assert_int_equal(renameat(root, "aside", root, "cur"), 0);
	for (int i = 0; i < 3; i++)
		assert_true(spool_is_current(s));
	assert_int_equal(unlinkat(root, "lock", 0), 0);
	assert_false(spool_is_current(s));
	spool_close(s);
}

/* A subdirectory was replaced: what is written to the old one would be lost. */
static void
test_current_parts(void **state)
{
	static const char *const parts[] = {"new", "cur", "done", "dead", "bad",
	    "lock"};
	struct spool *s = make(*state);
	int root = spool_root(s);

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		assert_int_equal(renameat(root, parts[i], root, "aside"), 0);
		assert_false(spool_is_current(s));
		assert_int_equal(mkdirat(root, parts[i], 0750), 0);
		assert_false(spool_is_current(s));
		assert_int_equal(unlinkat(root, parts[i], AT_REMOVEDIR), 0);
		assert_int_equal(symlinkat("aside", root, parts[i]), 0);
		assert_false(spool_is_current(s));
		assert_int_equal(unlinkat(root, parts[i], 0), 0);
		assert_int_equal(renameat(root, "aside", root, parts[i]), 0);
		assert_true(spool_is_current(s));
	}
	spool_close(s);
}

static void
test_room(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);

	assert_int_equal(spool_check_room(s, 0, &error), 0);
	assert_int_equal(spool_check_room(s, INT64_MAX, &error), -1);
	assert_int_equal(error.kind, ERROR_CREATE);
	assert_non_null(strstr(error.text, "min_free"));
	spool_close(s);
}

static void
test_states(void **state)
{
	static const char *const words[] = {"new", "cur", "done", "dead",
	    "bad"};
	enum spool_state found;

	(void)state;
	for (int i = 0; i < SPOOL_STATES; i++) {
		assert_string_equal(spool_state_word((enum spool_state)i),
		    words[i]);
		assert_true(spool_state_parse(words[i], &found));
		assert_int_equal(found, i);
	}
	assert_false(spool_state_parse("history", &found));
	assert_false(spool_state_parse("", &found));
	assert_false(spool_state_parse("new/", &found));
}

static void
test_locks(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *a = make(*state), *b;
	int64_t begin;

	assert_int_equal(spool_open(&b, *state, SPOOL_WRITE, &error), 0);
	assert_int_equal(spool_lock_record(a, NAME, 0, &error), 0);
	/* Two opens in one process exclude each other. */
	assert_int_equal(spool_lock_record(b, NAME, 0, &error), -1);
	assert_int_equal(error.kind, ERROR_BUSY);
	error_clear(&error);
	/* Another record is another byte. */
	assert_int_equal(spool_lock_record(b, OTHER, 0, &error), 0);
	/* Waiting ends in time. */
	begin = clock_ms();
	assert_int_equal(spool_lock_record(b, NAME, 30, &error), -1);
	assert_true(clock_ms() - begin >= 30);
	error_clear(&error);
	spool_unlock_record(a, NAME);
	assert_int_equal(spool_lock_record(b, NAME, 0, &error), 0);
	spool_close(a);
	spool_close(b);
}

/* The byte as alertspool-spool(5) defines it: the first 8 bytes of DIGEST modulo 2^61. */
static void
test_lock_byte(void **state)
{
	struct error error = ERROR_INIT;
	struct spool *s = make(*state);
	struct flock lock = {
	    .l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_len = 1,
	};
	int fd = openat(spool_root(s), "lock", O_RDWR | O_CLOEXEC);

	assert_int_equal(spool_lock_record(s, OTHER, 0, &error), 0);
	lock.l_start = 0x1f11223344556677;
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), -1);
	lock.l_start++;
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	close(fd);
	spool_close(s);
}

/* The kernel frees the locks of a process that dies. */
static void
test_lock_of_the_dead(void **state)
{
	struct error error = ERROR_INIT;
	static struct spool *s; /* the child has it, too, until it ends */
	int status;
	pid_t pid;

	s = make(*state);
	pid = fork();
	if (pid == 0) {
		struct spool *child;

		if (spool_open(&child, *state, SPOOL_WRITE, &error) == -1 ||
		    spool_lock_record(child, NAME, 0, &error) == -1)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(spool_lock_record(s, NAME, 0, &error), 0);
	spool_close(s);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_create),
	    TEST(test_open_refusals),
	    TEST(test_open_owner),
	    TEST(test_lock_is_the_owners),
	    TEST(test_lock_file_is_made),
	    TEST(test_lock_is_no_link),
	    TEST(test_current),
	    TEST(test_current_parts),
	    TEST(test_current_for_long),
	    TEST(test_room),
	    TEST(test_states),
	    TEST(test_locks),
	    TEST(test_lock_byte),
	    TEST(test_lock_of_the_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
