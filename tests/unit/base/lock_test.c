/* SPDX-License-Identifier: ISC */
/*
 * Waiting for a lock, and the meaning of each answer of the kernel. The answers come from
 * a list: fcntl() is defined here.
 */
/* Otherwise fcntl(2), which is defined here, would be an inline function. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/lock.h"

#define FD 77
#define BYTE 7
#define ANSWERS_MAX 4
#define FREE 0

/* The answers: an error, or FREE. The last one is repeated. */
static int answers[ANSWERS_MAX];
static size_t asked;

int
fcntl(int fd, int command, ...)
{
	size_t n = asked < ANSWERS_MAX ? asked : ANSWERS_MAX - 1;
	const struct flock *lock;
	va_list ap;

	va_start(ap, command);
	lock = va_arg(ap, const struct flock *);
	va_end(ap);
	assert_int_equal(fd, FD);
	assert_int_equal(command, F_OFD_SETLK);
	assert_int_equal(lock->l_start, BYTE);
	assert_int_equal(lock->l_len, 1);
	asked++;
	errno = answers[n];
	return answers[n] == FREE ? 0 : -1;
}

static void
answer(int first, int second, int rest)
{
	answers[0] = first;
	answers[1] = second;
	for (size_t i = 2; i < ANSWERS_MAX; i++)
		answers[i] = rest;
	asked = 0;
}

static void
assert_refused(int64_t wait_ms, int error)
{
	assert_int_equal(lock_byte(FD, BYTE, wait_ms), -1);
	assert_int_equal(errno, error);
}

static void
test_not_waited_for(void **state)
{
	static const struct {
		int answer, error;
	} rows[] = {
	    {EAGAIN, EAGAIN},
	    {EACCES, EAGAIN}, /* POSIX allows this answer, too */
	    {ENOLCK, ENOLCK},
	    {EIO, EIO},
	};

	(void)state;
	answer(FREE, EIO, EIO);
	assert_int_equal(lock_byte(FD, BYTE, 0), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		answer(rows[i].answer, FREE, FREE);
		assert_refused(0, rows[i].error);
		assert_int_equal(asked, 1);
	}
}

/* This says nothing about the lock. */
static void
test_interrupted(void **state)
{
	(void)state;
	answer(EINTR, EINTR, FREE);
	assert_int_equal(lock_byte(FD, BYTE, 0), 0);
	assert_int_equal(asked, 3);
	answer(EINTR, EAGAIN, FREE);
	assert_refused(0, EAGAIN);
	answer(EINTR, EINTR, FREE);
	unlock_byte(FD, BYTE);
	assert_int_equal(asked, 3);
}

static void
test_waited_for(void **state)
{
	(void)state;
	answer(EAGAIN, EACCES, FREE);
	assert_int_equal(lock_byte(FD, BYTE, 60000), 0);
	assert_int_equal(asked, 3);
	answer(EAGAIN, EIO, FREE);
	assert_refused(60000, EIO);
	answer(EAGAIN, EAGAIN, EAGAIN);
	assert_refused(20, EAGAIN);
	assert_true(asked > 2);
}

static void
test_not_unlocked(void **state)
{
	(void)state;
	answer(ENOLCK, ENOLCK, FREE);
	unlock_byte(FD, BYTE);
	assert_int_equal(asked, 3);
	answer(ENOLCK, ENOLCK, ENOLCK); /* it returns all the same */
	unlock_byte(FD, BYTE);
	assert_true(asked > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_not_waited_for),
	    cmocka_unit_test(test_interrupted),
	    cmocka_unit_test(test_waited_for),
	    cmocka_unit_test(test_not_unlocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
