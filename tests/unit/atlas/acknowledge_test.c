/* SPDX-License-Identifier: ISC */
/* The meaning of --until, and the fields of a record that an acknowledgement needs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/atlas/acknowledge.h"
#include "cli/atlas/commit.h"
#include "lib/base/error.h"

#define DAY 86400
#define MIDNIGHT 1795910400		     /* 2026-11-29T00:00:00Z */
#define NOW (MIDNIGHT + 10 * 3600 + 30 * 60) /* 10:30:00 */
#define REFUSED (-7)

static const struct {
	const char *text;
	time_t t;
} untils[] = {
    {"4h", NOW + 4 * 3600},
    {"2d12h", NOW + 60 * 3600},
    {"1s", NOW + 1},
    {"0", REFUSED},
    {"0s", REFUSED},
    {"11:00", MIDNIGHT + 11 * 3600},
    {"10:30:01", NOW + 1},
    {"10:30", NOW + DAY},
    {"00:00", MIDNIGHT + DAY},
    {"2026-11-30", MIDNIGHT + DAY},
    {"2026-11-30T02:00Z", MIDNIGHT + DAY + 7200},
    {"2026-11-29", REFUSED},
    {"2026-11-29T02:00Z", REFUSED},
    {"yesterday", REFUSED},
    {"soon", REFUSED},
    {"", REFUSED},
    {"forever", NOW + 36524 * (time_t)DAY}, /* 2126-11-29T10:30:00Z */
    {"Forever", REFUSED},
};

static void
test_until(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(untils) / sizeof(*untils); i++) {
		struct error error = ERROR_INIT;
		time_t t = 0;
		int rc = acknowledge_until(untils[i].text, NOW, &t, &error);

		if ((rc == -1) != (untils[i].t == REFUSED) ||
		    (rc == 0 && t != untils[i].t))
			fail_msg("\"%s\": %d, %lld", untils[i].text, rc,
			    (long long)t);
		if (rc == -1)
			assert_int_equal(error.kind, ERROR_USAGE);
	}
}

/* Two bytes each: the limit counts characters. */
static void
test_comment(void **state)
{
	char text[2 * (ACKNOWLEDGE_COMMENT_MAX + 1) + 1] = "";
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(acknowledge_check_comment("", &error), 0);
	for (int i = 0; i < ACKNOWLEDGE_COMMENT_MAX; i++) {
		text[2 * i] = '\xc3';
		text[2 * i + 1] = '\xbc';
	}
	assert_int_equal(acknowledge_check_comment(text, &error), 0);
	text[2 * ACKNOWLEDGE_COMMENT_MAX] = 'x';
	assert_int_equal(acknowledge_check_comment(text, &error), -1);
	error_clear(&error);
	assert_int_equal(acknowledge_check_comment("\xc3", &error), -1);
	assert_int_equal(error.kind, ERROR_USAGE);
}

static const struct {
	time_t there, here;
	enum transition transition;
} differences[] = {
    {0, 0, TRANSITION_UNKNOWN},
    {0, NOW - 1, TRANSITION_UNKNOWN},
    {NOW - 1, 0, TRANSITION_UNKNOWN},
    {NOW, NOW, TRANSITION_UNKNOWN},
    {NOW + 1, 0, TRANSITION_ACKNOWLEDGE},
    {NOW + 1, NOW - 1, TRANSITION_ACKNOWLEDGE},
    {NOW + 1, NOW + 1, TRANSITION_UNKNOWN},
    {NOW + 1, NOW + 2, TRANSITION_ACKNOWLEDGE},
    {0, NOW + 1, TRANSITION_UPDATE},
    {NOW - 1, NOW + 1, TRANSITION_UPDATE},
};

static void
test_differences(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(differences) / sizeof(*differences); i++)
		assert_int_equal(commit_acknowledgement(differences[i].there,
				     differences[i].here, NOW),
		    differences[i].transition);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_until),
	    cmocka_unit_test(test_comment),
	    cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
