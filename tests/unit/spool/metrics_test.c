/* SPDX-License-Identifier: ISC */
/*
 * Counters: sums over processes, damage, a disk that reads in pieces or not at all, a
 * held lock, the text format.
 */
/* Otherwise pread(2), which is defined here, would be an inline function. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/lock.h"
#include "lib/spool/metrics.h"
#include "tests/unit/scratch.h"

/* These replace libc's: at most this many bytes at once; 0: EIO. */
static size_t at_once = SIZE_MAX;

ssize_t
pread(int fd, void *bytes, size_t n, off_t at)
{
	errno = EIO;
	if (at_once == 0)
		return -1;
	return syscall(SYS_pread64, fd, bytes, n < at_once ? n : at_once, at);
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	errno = EIO;
	if (at_once == 0)
		return -1;
	return syscall(SYS_pwrite64, fd, bytes, n < at_once ? n : at_once, at);
}

struct fixture {
	char *path;
	int root, lock;
};

static int
open_lock(const struct fixture *f)
{
	return openat(f->root, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->path = scratch_make();
	f->root = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->lock = open_lock(f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	close(f->lock);
	close(f->root);
	scratch_remove(f->path);
	free(f);
	return 0;
}

static void
test_add_and_read(void **state)
{
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;
	int fd = metrics_open_add(f->root), reader;

	assert_int_not_equal(fd, -1);
	delta.add[METRIC_STORED] = 2;
	delta.add[METRIC_COMMITS] = 3;
	metrics_add(fd, f->lock, &delta);
	metrics_add(fd, f->lock, &delta);
	reader = metrics_open_read(f->root);
	metrics_read(reader, &m);
	assert_int_equal(m.value[METRIC_STORED], 4);
	assert_int_equal(m.value[METRIC_COMMITS], 6);
	assert_int_equal(m.value[METRIC_FORBIDDEN], 0);
	assert_true(m.since > 1700000000);
	close(reader);
	close(fd);
}

/* Reading in pieces gives the same. A file that cannot be read now is not reset. */
static void
test_bad_disk(void **state)
{
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;
	int fd = metrics_open_add(f->root);

	delta.add[METRIC_STORED] = 1;
	at_once = 7;
	metrics_add(fd, f->lock, &delta);
	metrics_add(fd, f->lock, &delta);
	at_once = 0;
	metrics_add(fd, f->lock, &delta);
	at_once = SIZE_MAX;
	metrics_add(fd, f->lock, &delta);
	metrics_read(fd, &m);
	assert_int_equal(m.value[METRIC_STORED], 3);
	close(fd);
}

static void
test_nothing_there(void **state)
{
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;

	assert_int_equal(metrics_open_read(f->root), -1);
	metrics_read(-1, &m);
	assert_int_equal(m.value[METRIC_STORED], 0);
	metrics_add(-1, -1, &delta);
}

/* Any single damaged byte, and any length: the file is reset, and there is no error. */
static void
test_damage(void **state)
{
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;
	int fd = metrics_open_add(f->root);
	unsigned char byte;
	off_t size;

	delta.add[METRIC_STORED] = 1;
	metrics_add(fd, f->lock, &delta);
	metrics_add(fd, f->lock, &delta);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = 0; at < size; at++) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 0x10;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		metrics_read(fd, &m);
		assert_int_equal(m.value[METRIC_STORED], 0);
		metrics_add(fd, f->lock, &delta);
		metrics_add(fd, f->lock, &delta);
		metrics_read(fd, &m);
		assert_int_equal(m.value[METRIC_STORED], 2);
	}
	assert_int_equal(ftruncate(fd, size / 2), 0);
	metrics_add(fd, f->lock, &delta);
	metrics_read(fd, &m);
	assert_int_equal(m.value[METRIC_STORED], 1);
	close(fd);
}

static void
test_lock_held(void **state)
{
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;
	int fd = metrics_open_add(f->root), other = open_lock(f);
	int64_t begin = clock_ms();

	delta.add[METRIC_STORED] = 1;
	assert_int_equal(lock_byte(other, METRICS_LOCK_BYTE, 0), 0);
	metrics_add(fd, f->lock, &delta);
	assert_true(clock_ms() - begin < 1000); /* 10 ms and a slow machine */
	metrics_read(fd, &m);
	assert_int_equal(m.value[METRIC_STORED], 0);
	unlock_byte(other, METRICS_LOCK_BYTE);
	metrics_add(fd, f->lock, &delta);
	metrics_read(fd, &m);
	assert_int_equal(m.value[METRIC_STORED], 1);
	close(other);
	close(fd);
}

static void
test_processes(void **state)
{
	enum { PROCESSES = 4, EACH = 500 };
	struct fixture *f = *state;
	struct metrics_delta delta = {0};
	struct metrics m;
	int fd, status;

	delta.add[METRIC_STORED] = 1;
	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			fd = metrics_open_add(f->root);
			f->lock = open_lock(f);
			for (int j = 0; j < EACH; j++)
				metrics_add(fd, f->lock, &delta);
			_exit(0);
		}
	for (int i = 0; i < PROCESSES; i++) {
		wait(&status);
		assert_int_equal(status, 0);
	}
	fd = metrics_open_read(f->root);
	metrics_read(fd, &m);
	close(fd);
	/* A busy lock may lose a count, but most are kept, and none is added. */
	assert_in_range(m.value[METRIC_STORED], PROCESSES * EACH / 2,
	    PROCESSES * EACH);
}

static void
test_text(void **state)
{
	struct metrics m = {.since = 1700000000};
	struct buf out = BUF_INIT;

	(void)state;
	m.value[METRIC_STORED] = 7;
	m.value[METRIC_COMMIT_MICROSECONDS] = 1500000;
	metrics_prometheus(&out, &(struct metrics_set){NULL, &m}, 1);
	assert_non_null(strstr(out.data,
	    "# HELP alertspool_requests_total Requests answered, by outcome.\n"
	    "# TYPE alertspool_requests_total counter\n"
	    "alertspool_requests_total{outcome=\"stored\"} 7\n"));
	assert_non_null(
	    strstr(out.data, "alertspool_commit_seconds_total 1.500000\n"));
	assert_non_null(strstr(out.data,
	    "alertspool_counters_start_time_seconds 1700000000\n"));
	buf_free(&out);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(test_add_and_read),
	    TEST(test_nothing_there),
	    TEST(test_damage),
	    TEST(test_bad_disk),
	    TEST(test_lock_held),
	    TEST(test_processes),
	    TEST(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
