/* SPDX-License-Identifier: ISC */
/* file: in a directory of its own, with everything that is not a regular file. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

struct place {
	char path[PATH_MAX];
	int dir;
};

static const char *const made[] = {"file", "empty", "created", "link", "fifo",
    "socket", "dirlink", "large"};

static int
setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	const char *tmp = getenv("TMPDIR");
	struct error error = ERROR_INIT;

	assert_non_null(place);
	snprintf(place->path, sizeof(place->path), "%s/file_test.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(place->path));
	place->dir = file_open_dir(AT_FDCWD, place->path, &error);
	assert_int_not_equal(place->dir, -1);
	assert_int_equal(file_create(place->dir, "file", 0640, "content\n", 8,
			     &error),
	    0);
	assert_int_equal(file_create(place->dir, "empty", 0600, NULL, 0,
			     &error),
	    0);
	assert_int_equal(mkdirat(place->dir, "dir", 0700), 0);
	assert_int_equal(symlinkat("file", place->dir, "link"), 0);
	assert_int_equal(symlinkat("dir", place->dir, "dirlink"), 0);
	assert_int_equal(mkfifoat(place->dir, "fifo", 0600), 0);
	assert_int_equal(mknodat(place->dir, "socket", S_IFSOCK | 0600, 0), 0);
	*state = place;
	return 0;
}

static int
teardown(void **state)
{
	struct place *place = *state;

	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		unlinkat(place->dir, made[i], 0);
	unlinkat(place->dir, "dir", AT_REMOVEDIR);
	close(place->dir);
	assert_int_equal(rmdir(place->path), 0);
	free(place);
	return 0;
}

static void
test_read(void **state)
{
	const struct place *place = *state;
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;
	struct stat st;

	buf_adds(&b, "before ");
	assert_int_equal(file_read(place->dir, "file", 8, &b, &st, &error), 0);
	assert_int_equal(file_read(place->dir, "empty", 0, &b, NULL, &error),
	    0);
	assert_string_equal(b.data, "before content\n");
	assert_int_equal(b.len, 15);
	assert_int_equal(st.st_size, 8);
	assert_int_equal(st.st_mode & 07777, 0640);
	buf_free(&b);
}

/* An open file is read from its beginning, and the position of its descriptor stays the
 * same. */
static void
test_read_open(void **state)
{
	const struct place *place = *state;
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;
	struct stat st;
	int fd = openat(place->dir, "file", O_RDONLY);

	assert_int_not_equal(fd, -1);
	assert_int_equal(lseek(fd, 3, SEEK_SET), 3);
	assert_int_equal(file_read_open(fd, "file", 8, &b, &st, &error), 0);
	assert_int_equal(b.len, st.st_size);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 3);
	assert_int_equal(file_read_open(fd, "file", 7, &b, NULL, &error), -1);
	assert_int_equal(error.kind, ERROR_INPUT);
	assert_int_equal(b.len, st.st_size);
	error_clear(&error);
	assert_int_equal(file_read_open(place->dir, "dir", 100, &b, NULL,
			     &error),
	    -1);
	assert_int_equal(error.kind, ERROR_INPUT);
	close(fd);
	buf_free(&b);
}

static void
test_read_refuses(void **state)
{
	static const struct {
		const char *path;
		size_t limit;
		enum error_kind kind;
	} cases[] = {
	    {"file", 7, ERROR_INPUT},
	    {"file", 0, ERROR_INPUT},
	    {"link", 100, ERROR_INPUT},
	    {"dir", 100, ERROR_INPUT},
	    {"dirlink", 100, ERROR_INPUT},
	    {"fifo", 100, ERROR_INPUT},
	    {"socket", 100, ERROR_INPUT},
	    {"/dev/null", 100, ERROR_INPUT},
	    {"none", 100, ERROR_NOT_FOUND},
	    {"", 100, ERROR_NOT_FOUND},
	    {"file/below", 100, ERROR_IO},
	};
	const struct place *place = *state;
	struct buf b = BUF_INIT;

	buf_adds(&b, "before");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(file_read(place->dir, cases[i].path,
				     cases[i].limit, &b, NULL, &error),
		    -1);
		assert_int_equal(error.kind, cases[i].kind);
		assert_string_equal(b.data, "before");
		assert_int_equal(b.len, 6);
	}
	buf_free(&b);
}

/* Root may read everything, so it becomes another user for a moment. */
static void
test_denied(void **state)
{
	static const uid_t nobody = 65534;
	const struct place *place = *state;
	const uid_t user = geteuid();
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;

	assert_int_equal(fchmod(place->dir, 0), 0);
	if (user == 0)
		assert_int_equal(seteuid(nobody), 0);
	assert_int_equal(file_read(place->dir, "file", 9, &b, NULL, &error),
	    -1);
	assert_int_equal(error.kind, ERROR_DENIED);
	error_clear(&error);
	assert_int_equal(file_open_dir(place->dir, "dir", &error), -1);
	assert_int_equal(error.kind, ERROR_DENIED);
	assert_int_equal(seteuid(user), 0);
	assert_int_equal(fchmod(place->dir, 0700), 0);
	buf_free(&b);
}

/* Files with a meaningless size, and with content that arrives in many pieces. */
static void
test_read_unsized(void **state)
{
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/maps", SIZE_MAX / 8,
			     &b, NULL, &error),
	    0);
	assert_true(b.len > 0);
	assert_int_equal(b.data[b.len - 1], '\n');
	buf_reset(&b);
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/maps", 10, &b, NULL,
			     &error),
	    -1);
	assert_int_equal(error.kind, ERROR_INPUT);
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void
test_large(void **state)
{
	const struct place *place = *state;
	const size_t n = 300000;
	char *bytes = malloc(n);
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 2654435761u >> 24);
	assert_int_equal(file_create(place->dir, "large", 0600, bytes, n,
			     &error),
	    0);
	assert_int_equal(file_read(place->dir, "large", n - 1, &b, NULL,
			     &error),
	    -1);
	error_clear(&error);
	assert_int_equal(file_read(place->dir, "large", n, &b, NULL, &error),
	    0);
	assert_int_equal(b.len, n);
	assert_memory_equal(b.data, bytes, n);
	buf_free(&b);
	free(bytes);
}

static void
test_create(void **state)
{
	const struct place *place = *state;
	struct error error = ERROR_INIT;
	struct stat st;
	mode_t old = umask(0777);

	assert_int_equal(file_create(place->dir, "created", 0640, "x", 1,
			     &error),
	    0);
	umask(old);
	assert_int_equal(fstatat(place->dir, "created", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, 1);
}

static void
test_create_refuses(void **state)
{
	static const char *const paths[] = {"file", "dir", "link",
	    "none/below"};
	const struct place *place = *state;
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(file_create(place->dir, paths[i], 0600, "x", 1,
				     &error),
		    -1);
		assert_int_equal(error.kind, ERROR_CREATE);
		assert_int_equal(error.sys, i < 3 ? EEXIST : ENOENT);
	}
	assert_int_equal(file_read(place->dir, "file", 8, &b, NULL,
			     &(struct error)ERROR_INIT),
	    0);
	assert_string_equal(b.data, "content\n");
	buf_free(&b);
}

static void
test_open_dir(void **state)
{
	static const struct {
		const char *path;
		enum error_kind kind;
	} refused[] = {
	    {"none", ERROR_NOT_FOUND},
	    {"file", ERROR_IO},
	    {"dirlink", ERROR_IO},
	};
	const struct place *place = *state;
	struct error error = ERROR_INIT;
	char path[PATH_MAX + 16];
	int fd;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		assert_int_equal(file_open_dir(place->dir, refused[i].path,
				     &error),
		    -1);
		assert_int_equal(error.kind, refused[i].kind);
		error_clear(&error);
	}
	/* the operator's path may be a link */
	snprintf(path, sizeof(path), "%s/dirlink", place->path);
	fd = file_open_dir(AT_FDCWD, path, &error);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

/* A pipe gives and takes less than was asked for. */
/* Only regular files are opened, and nothing waits. */
static void
test_open_regular(void **state)
{
	static const struct {
		const char *path;
		int flags, sys;
	} rows[] = {
	    {"file", O_RDONLY, 0},
	    {"file", O_RDWR, 0},
	    {"new", O_RDWR | O_CREAT, 0},
	    {"missing", O_RDONLY, ENOENT},
	    {"link", O_RDONLY, ELOOP},
	    {"dir", O_RDONLY, ENXIO},
	    {"fifo", O_RDONLY, ENXIO},
	    {"fifo", O_RDWR | O_CREAT, ENXIO},
	    {"fifo", O_WRONLY | O_APPEND, ENXIO},
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = file_open_regular(place->dir, rows[i].path,
		    rows[i].flags, 0600);

		if ((fd == -1 ? errno : 0) != rows[i].sys)
			fail_msg("%s: %s", rows[i].path, strerror(errno));
		if (fd != -1)
			close(fd);
	}
	assert_int_equal(unlinkat(place->dir, "new", 0), 0);
}

static void
test_transfers(void **state)
{
	char bytes[8];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(file_write_full(fds[1], "abc", 3), 0);
	assert_int_equal(file_write_full(fds[1], "", 0), 0);
	assert_int_equal(file_read_full(fds[0], bytes, 2), 2);
	close(fds[1]);
	assert_int_equal(file_read_full(fds[0], bytes + 2, 6), 1);
	assert_int_equal(file_read_full(fds[0], bytes + 3, 5), 0);
	assert_memory_equal(bytes, "abc", 3);
	assert_int_equal(file_write_full(fds[0], "x", 1), -1);
	assert_int_equal(errno, EBADF);
	close(fds[0]);
	assert_int_equal(file_read_full(fds[0], bytes, 1), -1);
	assert_int_equal(errno, EBADF);
}

static void
test_write_to_full_device(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd == -1)
		skip();
	assert_int_equal(file_write_full(fd, "x", 1), -1);
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_PLACE(test_read),
	    IN_PLACE(test_read_open),
	    IN_PLACE(test_read_refuses),
	    IN_PLACE(test_denied),
	    cmocka_unit_test(test_read_unsized),
	    IN_PLACE(test_large),
	    IN_PLACE(test_create),
	    IN_PLACE(test_create_refuses),
	    IN_PLACE(test_open_dir),
	    IN_PLACE(test_open_regular),
	    cmocka_unit_test(test_transfers),
	    cmocka_unit_test(test_write_to_full_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
