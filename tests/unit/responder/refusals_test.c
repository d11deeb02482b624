/* SPDX-License-Identifier: ISC */
/* refusals: which answers get a log line of their own, and for how long. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "responder/refusals.h"

static unsigned int
wanted(struct refusals *r, int status, const char *outcome, int64_t now)
{
	unsigned int n = 0;

	for (int i = 0; i < 1000; i++)
		n += refusals_want(r, status, outcome, now);
	return n;
}

static void
test_kinds(void **state)
{
	static const char *const outcomes[REFUSALS_KINDS] = {"bad-request",
	    "forbidden", "not-found", "method-not-allowed", "too-large"};
	struct refusals r = {.until = 0};

	(void)state;
	assert_int_equal(wanted(&r, 200, "stored", 1), 1000);
	assert_int_equal(wanted(&r, 503, "unavailable", 1), 1000);
	assert_int_equal(r.until, 0);
	for (int i = 0; i < REFUSALS_KINDS; i++)
		assert_int_equal(wanted(&r, 403, outcomes[i], 1),
		    REFUSALS_LINES);
	for (int i = 0; i < REFUSALS_KINDS; i++)
		assert_int_equal(r.kind[i].unwritten, 1000 - REFUSALS_LINES);
}

static void
test_minute(void **state)
{
	struct refusals r = {.until = 0};

	(void)state;
	assert_int_equal(wanted(&r, 403, "forbidden", 1), REFUSALS_LINES);
	refusals_sum(&r, REFUSALS_MS, false);
	assert_int_equal(wanted(&r, 403, "forbidden", REFUSALS_MS), 0);
	refusals_sum(&r, REFUSALS_MS + 1, false);
	assert_int_equal(wanted(&r, 403, "forbidden", REFUSALS_MS + 2),
	    REFUSALS_LINES);
	refusals_sum(&r, REFUSALS_MS + 3, true);
	assert_int_equal(r.until, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
