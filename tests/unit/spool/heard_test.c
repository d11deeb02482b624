/* SPDX-License-Identifier: ISC */
/* heard: one touch a second for each source; failures are ignored. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/spool/heard.h"
#include "tests/unit/scratch.h"

struct fixture {
	char *path;
	int root;
	struct heard *heard;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct error error = ERROR_INIT;

	f->path = scratch_make();
	f->root = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (heard_open(&f->heard, f->root, &error) == -1)
		fail_msg("%s", error.text);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	heard_close(f->heard);
	close(f->root);
	scratch_remove(f->path);
	free(f);
	return 0;
}

/* As if it had been touched long ago. */
static void
age(const struct fixture *f, const char *path)
{
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	assert_int_equal(utimensat(f->root, path, old, 0), 0);
}

static time_t
last(const struct fixture *f, const char *source)
{
	time_t t = -1;

	return heard_last(f->root, source, &t) ? t : -1;
}

static void
test_touch(void **state)
{
	const struct fixture *f = *state;
	const time_t begin = time(NULL);
	struct stat st;

	assert_int_equal(last(f, "default"), -1);
	heard_touch(f->heard, "default", 5000);
	assert_int_equal(fstatat(f->root, "heard/default", &st, 0), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, 0);
	assert_in_range(last(f, "default"), begin - 1, begin + 60);

	age(f, "heard/default");
	heard_touch(f->heard, "default", 5999);
	assert_int_equal(last(f, "default"), 1000); /* within a second */
	heard_touch(f->heard, "payments", 5999);
	assert_in_range(last(f, "payments"), begin - 1, begin + 60);
	heard_touch(f->heard, "default", 6000);
	assert_in_range(last(f, "default"), begin - 1, begin + 60);
}

/* Another process, which does not remember the last touch. */
static void
test_reopened(void **state)
{
	const struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct heard *other;

	heard_touch(f->heard, "default", 5000);
	age(f, "heard/default");
	assert_int_equal(heard_open(&other, f->root, &error), 0);
	heard_touch(other, "default", 5000);
	assert_true(last(f, "default") > 1000);
	heard_close(other);
}

/* Nothing fails, no link is followed, and other users cannot read it. */
static void
test_odd(void **state)
{
	const struct fixture *f = *state;
	struct error error = ERROR_INIT;
	struct heard *other;
	struct stat st;

	heard_touch(NULL, "default", 5000);
	heard_touch(f->heard, "../escaped", 5000);
	assert_int_equal(fstatat(f->root, "escaped", &st, 0), -1);

	close(openat(f->root, "elsewhere", O_WRONLY | O_CREAT, 0600));
	age(f, "elsewhere");
	assert_int_equal(symlinkat("../elsewhere", f->root, "heard/linked"), 0);
	heard_touch(f->heard, "linked", 5000);
	assert_int_equal(fstatat(f->root, "elsewhere", &st, 0), 0);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(last(f, "linked"), -1);
	assert_int_equal(mkdirat(f->root, "heard/directory", 0700), 0);
	assert_int_equal(last(f, "directory"), -1);

	assert_int_equal(unlinkat(f->root, "heard/linked", 0), 0);
	assert_int_equal(unlinkat(f->root, "heard/directory", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(f->root, "heard", AT_REMOVEDIR), 0);
	heard_touch(f->heard, "default", 5000);
	assert_int_equal(last(f, "default"), -1);

	assert_int_equal(symlinkat(".", f->root, "heard"), 0);
	assert_int_equal(heard_open(&other, f->root, &error), -1);
	assert_null(other);
	assert_string_not_equal(error.text, "");
}

static void
test_metric(void **state)
{
	const struct fixture *f = *state;
	struct buf out = BUF_INIT;

	heard_touch(f->heard, "default", 5000);
	age(f, "heard/default");
	heard_prometheus(&out, f->root, "default", true);
	heard_prometheus(&out, f->root, "payments", false);
	assert_string_equal(out.data,
	    "# HELP alertspool_last_delivery_timestamp_seconds When the last "
	    "delivery of a source was stored, in seconds since 1970; 0: "
	    "never.\n"
	    "# TYPE alertspool_last_delivery_timestamp_seconds gauge\n"
	    "alertspool_last_delivery_timestamp_seconds{source=\"default\"} "
	    "1000\n"
	    "alertspool_last_delivery_timestamp_seconds{source=\"payments\"} "
	    "0\n");
	buf_free(&out);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_touch),
	    TEST(test_reopened),
	    TEST(test_odd),
	    TEST(test_metric),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
