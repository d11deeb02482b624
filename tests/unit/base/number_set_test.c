/* SPDX-License-Identifier: ISC */
/* The set compared with an array, over random sequences of its operations. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/number_set.h"

#define RANGE 512

static void
test_empty(void **state)
{
	struct number_set s = NUMBER_SET_INIT;

	(void)state;
	assert_false(number_set_has(&s, 0));
	assert_false(number_set_has(&s, 5));
	number_set_remove(&s, 5);
	number_set_free(&s);
}

/* Numbers with equal low bits collide, so that runs are long and wrap. */
static uint64_t
number(unsigned int i)
{
	return (uint64_t)(i / 8) << 40 | (61 + i % 8);
}

static void
test_random(void **state)
{
	bool there[RANGE] = {false};
	struct number_set s = NUMBER_SET_INIT;

	(void)state;
	srand(1);
	for (int step = 0; step < 200000; step++) {
		unsigned int i = (unsigned int)rand() % RANGE;

		if (rand() % 2 == 0) {
			assert_int_equal(number_set_add(&s, number(i)),
			    !there[i]);
			there[i] = true;
		} else {
			number_set_remove(&s, number(i));
			there[i] = false;
		}
		if (step % 1000 == 0)
			for (unsigned int j = 0; j < RANGE; j++)
				assert_int_equal(number_set_has(&s, number(j)),
				    there[j]);
	}
	number_set_free(&s);
}

static void
test_zero(void **state)
{
	struct number_set s = NUMBER_SET_INIT;

	(void)state;
	assert_int_equal(number_set_add(&s, 0), 1);
	assert_int_equal(number_set_add(&s, 0), 0);
	assert_true(number_set_has(&s, 0));
	number_set_remove(&s, 0);
	assert_false(number_set_has(&s, 0));
	number_set_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
