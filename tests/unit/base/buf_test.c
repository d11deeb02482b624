/* SPDX-License-Identifier: ISC */
/* buf: every way to append, growth, and a failure that is kept. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/error.h"

static void
assert_holds(const struct buf *b, const void *bytes, size_t n)
{
	struct error error = ERROR_INIT;

	assert_int_equal(buf_check(b, &error), 0);
	assert_int_equal(error.kind, ERROR_NONE);
	assert_int_equal(b->len, n);
	assert_true(b->size > n);
	assert_memory_equal(b->data, bytes, n);
	assert_int_equal(b->data[n], '\0');
}

static void
test_empty(void **state)
{
	struct error error = ERROR_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(buf_check(&b, &error), 0);
	buf_reset(&b);
	buf_wipe(&b);
	buf_free(&b);
	buf_free(&b);
}

static void
test_append(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_adds(&b, "");
	assert_holds(&b, "", 0);
	buf_add(&b, NULL, 0);
	assert_holds(&b, "", 0);
	buf_add(&b, "a\0b", 3);
	buf_adds(&b, "cd");
	buf_addc(&b, '\0');
	buf_addc(&b, 'e');
	buf_addf(&b, "%d-%s", -7, "x");
	buf_addf(&b, "%s", "");
	buf_addi(&b, -120);
	assert_holds(&b, "a\0bcd\0e-7-x-120", 15);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.size, 0);
}

/* In steps of each size, across many growths. */
static void
test_growth(void **state)
{
	char bytes[97];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 37);
	for (size_t step = 1; step <= sizeof(bytes); step += 8) {
		struct buf b = BUF_INIT;

		for (size_t i = 0; i < 300; i++)
			buf_add(&b, bytes, step);
		assert_int_equal(b.len, 300 * step);
		for (size_t i = 0; i < 300; i++)
			assert_memory_equal(b.data + i * step, bytes, step);
		assert_int_equal(b.data[b.len], '\0');
		buf_free(&b);
	}
}

/* Formatted text longer than the first guess. */
static void
test_format_long(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_addf(&b, "%05000d", 1);
	assert_int_equal(b.len, 5000);
	assert_int_equal(strspn(b.data, "0"), 4999);
	buf_free(&b);
}

static void
test_reserve(void **state)
{
	struct buf b = BUF_INIT;
	const char *data;

	(void)state;
	assert_int_equal(buf_reserve(&b, 0), 0);
	assert_holds(&b, "", 0);
	assert_int_equal(buf_reserve(&b, 100000), 0);
	data = b.data;
	for (size_t i = 0; i < 100000; i++)
		buf_addc(&b, 'x');
	assert_ptr_equal(b.data, data);
	assert_int_equal(b.len, 100000);
	buf_free(&b);
}

static void
test_failure(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2,
	    SIZE_MAX / 4};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct error error = ERROR_INIT;
		struct buf b = BUF_INIT;

		buf_adds(&b, "before");
		assert_int_equal(buf_reserve(&b, sizes[i]), -1);
		assert_true(b.failed);
		assert_int_equal(buf_reserve(&b, 0), -1);
		buf_adds(&b, "a");
		buf_addc(&b, 'b');
		buf_addf(&b, "%d", 1);
		assert_string_equal(b.data, "before");
		assert_int_equal(b.len, 6);
		assert_int_equal(buf_check(&b, &error), -1);
		assert_int_equal(error.kind, ERROR_IO);
		assert_int_equal(error.sys, ENOMEM);
		/* and it can be used again */
		buf_reset(&b);
		buf_adds(&b, "after");
		assert_holds(&b, "after", 5);
		buf_free(&b);
	}
}

static void
test_reset(void **state)
{
	struct buf b = BUF_INIT;
	const char *data;

	(void)state;
	buf_adds(&b, "something");
	data = b.data;
	buf_reset(&b);
	assert_holds(&b, "", 0);
	assert_ptr_equal(b.data, data);
	buf_adds(&b, "else");
	assert_holds(&b, "else", 4);
	buf_free(&b);
}

static void
test_wipe(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_adds(&b, "secret");
	buf_wipe(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.size, 0);
	buf_adds(&b, "again");
	assert_holds(&b, "again", 5);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_append),
	    cmocka_unit_test(test_growth),
	    cmocka_unit_test(test_format_long),
	    cmocka_unit_test(test_reserve),
	    cmocka_unit_test(test_failure),
	    cmocka_unit_test(test_reset),
	    cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
