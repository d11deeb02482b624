/* SPDX-License-Identifier: ISC */
/* moment: the times that an operator may type, and the point in time for each. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/moment.h"

#define DAY 86400
#define MIDNIGHT 1795910400 /* 2026-11-29T00:00:00Z, a Sunday */
#define NOW (MIDNIGHT + 10 * 3600 + 30 * 60) /* 10:30:00 */
#define REFUSED (-7)

struct moment_case {
	const char *text;
	time_t t;
};

static const struct moment_case moments[] = {
    /* a full time */
    {"2026-11-29T02:00:00Z", MIDNIGHT + 7200},
    {"2026-11-29T02:00Z", MIDNIGHT + 7200},
    {"2026-11-29 02:00Z", MIDNIGHT + 7200},
    {"2026-11-29T02:00:00.9Z", MIDNIGHT + 7200},
    {"2026-11-29T04:00+02:00", MIDNIGHT + 7200},
    {"2026-11-29T02:00", REFUSED},
    {"2026-11-29T02Z", REFUSED},
    {"2026-13-01T00:00Z", REFUSED},
    /* a day */
    {"2026-11-29", MIDNIGHT},
    {"2026-11-28", MIDNIGHT - DAY},
    {"2027-01-01", MIDNIGHT + 33 * DAY},
    {"2026-02-29", REFUSED},
    {"2026-11-2", REFUSED},
    {"2026-11-290", REFUSED},
    {"20261129", REFUSED},
    /* a time of day: the last time that it was so late */
    {"00:00", MIDNIGHT},
    {"02:00", MIDNIGHT + 7200},
    {"02:00:05", MIDNIGHT + 7205},
    {"10:30", NOW},
    {"10:30:00", NOW},
    {"10:30:01", NOW + 1 - DAY},
    {"10:31", NOW + 60 - DAY},
    {"23:59:59", MIDNIGHT - 1},
    {"23:59:60", REFUSED}, /* the next day's first second */
    {"24:00", REFUSED},
    {"02:60", REFUSED},
    {"2:00", REFUSED},
    {"02:0", REFUSED},
    {"02.00", REFUSED},
    {"02:00Z", REFUSED},
    {"+2:00", REFUSED},
    {"02:00:0", REFUSED},
    /* words */
    {"yesterday", MIDNIGHT - DAY},
    {"Yesterday", REFUSED},
    {"tomorrow", REFUSED},
    {"", REFUSED},
    /* an age */
    {"0", NOW},
    {"1s", NOW - 1},
    {"1999ms", NOW - 1},
    {"2h", NOW - 7200},
    {"3d", NOW - 3 * DAY},
    {"2d12h", NOW - 2 * DAY - DAY / 2},
    {"12h2d", REFUSED},
    {"5", REFUSED},
    {"-2h", REFUSED},
    {"2h ago", REFUSED},
};

static void
test_moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
		time_t t = REFUSED;
		int rc = moment_parse(moments[i].text, NOW, &t);

		print_message("# %s\n", moments[i].text);
		assert_int_equal(rc, moments[i].t == REFUSED ? -1 : 0);
		assert_int_equal(t, moments[i].t);
	}
}

/* Around midnight, and before 1970, where a remainder is negative. */
static void
test_midnight(void **state)
{
	time_t t = 0;

	(void)state;
	assert_int_equal(moment_parse("00:00", MIDNIGHT, &t), 0);
	assert_int_equal(t, MIDNIGHT);
	assert_int_equal(moment_parse("00:00", MIDNIGHT - 1, &t), 0);
	assert_int_equal(t, MIDNIGHT - DAY);
	assert_int_equal(moment_parse("yesterday", MIDNIGHT - 1, &t), 0);
	assert_int_equal(t, MIDNIGHT - 2 * DAY);
	assert_int_equal(moment_parse("yesterday", MIDNIGHT, &t), 0);
	assert_int_equal(t, MIDNIGHT - DAY);
	assert_int_equal(moment_parse("12:00", -1, &t), 0);
	assert_int_equal(t, -DAY / 2);
	assert_int_equal(moment_parse("yesterday", -DAY, &t), 0);
	assert_int_equal(t, -2 * DAY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_moments),
	    cmocka_unit_test(test_midnight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
