/* SPDX-License-Identifier: ISC */
/* json_memory: values apart from each other, the block as new when all are
 * gone, and malloc(3) for what it cannot hold. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "responder/json_memory.h"

#define MANY 3000 /* more than the block holds */

static json_malloc_t allocate;
static json_free_t give_back;

static int
start(void **state)
{
	(void)state;
	json_memory_start();
	json_get_alloc_funcs(&allocate, &give_back);
	return 0;
}

static void
test_values_are_apart(void **state)
{
	static char *values[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		values[i] = allocate(i % 40 + 1);
		assert_non_null(values[i]);
		assert_int_equal((uintptr_t)values[i] % _Alignof(max_align_t),
		    0);
		memset(values[i], (char)i, i % 40 + 1);
	}
	for (size_t i = 0; i < MANY; i++) {
		for (size_t j = 0; j <= i % 40; j++)
			assert_int_equal(values[i][j], (char)i);
		give_back(values[i]);
	}
	give_back(NULL);
}

/* Which addresses these are is malloc's affair in a build with sanitizers. */
static void
test_used_again_when_all_are_gone(void **state)
{
	char *first = allocate(8), *second = allocate(8), *third;

	(void)state;
	give_back(first);
	third = allocate(8);
	assert_true(WITH_SANITIZERS || third > second);
	give_back(third);
	give_back(second);
	second = allocate(8);
	assert_true(WITH_SANITIZERS || second == first);
	give_back(second);
}

static void
test_large_values(void **state)
{
	static const size_t sizes[] = {16383, 16384, 16385, 1000000};

	(void)state;
	if (!WITH_SANITIZERS)
		assert_null(allocate(PTRDIFF_MAX));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char *small = allocate(1), *large = allocate(sizes[i]);

		assert_non_null(large);
		memset(large, 'x', sizes[i]);
		*small = 'y';
		assert_int_equal(large[0], 'x');
		assert_int_equal(large[sizes[i] - 1], 'x');
		give_back(small);
		give_back(large);
	}
}

/* Trees, kept and freed in another order than they were made. */
static void
test_trees(void **state)
{
	static const char text[] = "{\"a\":[1,2.5,\"x\"],\"b\":{\"c\":null}}";
	json_t *trees[200];
	char *again;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		trees[i] = json_loads(text, 0, NULL);
		assert_non_null(trees[i]);
	}
	for (size_t i = 0; i < 200; i++) {
		json_t *tree = trees[i * 77 % 200];

		again = json_dumps(tree, JSON_COMPACT);
		assert_string_equal(again, text);
		give_back(again);
		json_decref(tree);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values_are_apart),
	    cmocka_unit_test(test_used_again_when_all_are_gone),
	    cmocka_unit_test(test_large_values),
	    cmocka_unit_test(test_trees),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
