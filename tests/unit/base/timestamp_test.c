/* SPDX-License-Identifier: ISC */
/* timestamp: compared with tables, and with gmtime_r(3) all over the calendar. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/timestamp.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define FIRST INT64_C(-62135596800)
#define LAST INT64_C(253402300799)

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
		long nanoseconds;
	} cases[] = {
	    {"1970-01-01T00:00:00Z", 0, 0},
	    {"2024-01-15T10:30:00Z", 1705314600, 0},
	    {"2024-01-15t10:30:00z", 1705314600, 0},
	    {"2024-01-15 10:30:00Z", 1705314600, 0},
	    {"2024-01-15T12:30:00+02:00", 1705314600, 0},
	    {"2024-01-15T12:30:00+0200", 1705314600, 0},
	    {"2024-01-15T05:00:00-05:30", 1705314600, 0},
	    {"2024-01-15T10:30:00-00:00", 1705314600, 0},
	    {"2024-01-16T10:29:00+23:59", 1705314600, 0},
	    {"2024-01-15T10:30:00.5Z", 1705314600, 500000000},
	    {"2024-01-15T10:30:00.000Z", 1705314600, 0},
	    {"2024-01-15T10:30:00.123456789Z", 1705314600, 123456789},
	    {"2024-01-15T10:30:00.1234567899999Z", 1705314600, 123456789},
	    {"2024-01-15T10:30:00.000000001+00:00", 1705314600, 1},
	    {"2024-01-15T10:30Z", 1705314600, 0},
	    {"2024-01-15 10:30z", 1705314600, 0},
	    {"2024-01-15T12:30+02:00", 1705314600, 0},
	    {"2024-01-15T05:00-0530", 1705314600, 0},
	    {"1969-12-31T23:59:59.75Z", -1, 750000000},
	    {"2024-02-29T00:00:00Z", 1709164800, 0},
	    {"2000-02-29T00:00:00Z", 951782400, 0},
	    {"2016-12-31T23:59:60Z", 1483228800, 0},
	    {"2016-12-31T23:59:60.25Z", 1483228800, 250000000},
	    {"0001-01-01T00:00:00Z", FIRST, 0},
	    {"0000-12-31T23:00:00-01:00", FIRST, 0},
	    {"9999-12-31T23:59:59Z", LAST, 0},
	    {"9999-12-31T23:59:59.999999999Z", LAST, 999999999},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct timespec t;

		assert_int_equal(timestamp_parse(cases[i].text,
				     strlen(cases[i].text), &t),
		    0);
		assert_int_equal(t.tv_sec, cases[i].seconds);
		assert_int_equal(t.tv_nsec, cases[i].nanoseconds);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const cases[] = {
	    "",
	    "now",
	    "2024",
	    "2024-01-15",
	    "2024-01-15T10Z",
	    "2024-01-15T10:30",
	    "2024-01-15T10:30:Z",
	    "2024-01-15T10:30.5Z",
	    "2024-01-15T10:3Z",
	    "2024-01-15T10:30:00",
	    "2024-01-15T10:30:00Z ",
	    " 2024-01-15T10:30:00Z",
	    "2024-01-15T10:30:00ZZ",
	    "2024-01-15T10:30:00.Z",
	    "2024-01-15T10:30:00.5",
	    "2024-01-15T10:30:00,5Z",
	    "2024-01-15T10:30:00.-5Z",
	    "2024-01-15  10:30:00Z",
	    "2024-01-15\t10:30:00Z",
	    "2024-01-15_10:30:00Z",
	    "2024-01-15T10:30:00+02",
	    "2024-01-15T10:30:00+2:00",
	    "2024-01-15T10:30:00+24:00",
	    "2024-01-15T10:30:00+02:60",
	    "2024-01-15T10:30:00+02:0",
	    "2024-01-15T10:30:00 +02:00",
	    "2024-01-15T10:30:00Z+02:00",
	    "2024-00-15T10:30:00Z",
	    "2024-13-15T10:30:00Z",
	    "2024-01-00T10:30:00Z",
	    "2024-01-32T10:30:00Z",
	    "2024-04-31T10:30:00Z",
	    "2024-02-30T10:30:00Z",
	    "2023-02-29T10:30:00Z",
	    "1900-02-29T10:30:00Z",
	    "2024-01-15T24:00:00Z",
	    "2024-01-15T10:60:00Z",
	    "2024-01-15T10:30:61Z",
	    "2024-1-15T10:30:00Z",
	    "24-01-15T10:30:00Z",
	    "12024-01-15T10:30:00Z",
	    "-024-01-15T10:30:00Z",
	    "+024-01-15T10:30:00Z",
	    "2024-01-15T1 :30:00Z",
	    "20240115T103000Z",
	    "0000-12-31T23:59:59Z",
	    "0001-01-01T00:00:00+00:01",
	    "9999-12-31T23:59:60Z",
	    "9999-12-31T23:59:00-00:01",
	    "1705314600",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct timespec t = {.tv_sec = 1, .tv_nsec = 2};

		assert_int_equal(timestamp_parse(cases[i], strlen(cases[i]),
				     &t),
		    -1);
		assert_int_equal(t.tv_sec, 1);
		assert_int_equal(t.tv_nsec, 2);
	}
}

/* Every beginning of a valid text, and a NUL at every place. */
static void
test_parse_cut(void **state)
{
	static const char good[] = "2024-01-15T12:30:00.25+02:00";
	const size_t n = sizeof(good) - 1;
	char text[sizeof(good)];
	struct timespec t;

	(void)state;
	assert_int_equal(timestamp_parse(good, n, &t), 0);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(timestamp_parse(good, i, &t), -1);
		memcpy(text, good, sizeof(good));
		text[i] = '\0';
		assert_int_equal(timestamp_parse(text, n, &t), -1);
	}
}

static void
test_format(void **state)
{
	static const struct {
		struct timespec t;
		int digits;
		const char *text;
	} cases[] = {
	    {{0, 0}, 0, "1970-01-01T00:00:00Z"},
	    {{0, 0}, TIMESTAMP_SHORTEST, "1970-01-01T00:00:00Z"},
	    {{0, 0}, 3, "1970-01-01T00:00:00.000Z"},
	    {{1705314600, 0}, TIMESTAMP_SHORTEST, "2024-01-15T10:30:00Z"},
	    {{1705314600, 500000000}, TIMESTAMP_SHORTEST,
		"2024-01-15T10:30:00.5Z"},
	    {{1705314600, 1}, TIMESTAMP_SHORTEST,
		"2024-01-15T10:30:00.000000001Z"},
	    {{1705314600, 123456789}, 6, "2024-01-15T10:30:00.123456Z"},
	    {{1705314600, 999999999}, 0, "2024-01-15T10:30:00Z"},
	    {{1705314600, 999999999}, 3, "2024-01-15T10:30:00.999Z"},
	    {{1705314600, 999999999}, 9, "2024-01-15T10:30:00.999999999Z"},
	    {{-1, 750000000}, 2, "1969-12-31T23:59:59.75Z"},
	    {{FIRST, 0}, 0, "0001-01-01T00:00:00Z"},
	    {{LAST, 0}, 0, "9999-12-31T23:59:59Z"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[TIMESTAMP_SIZE];

		timestamp_format(text, cases[i].t, cases[i].digits);
		assert_string_equal(text, cases[i].text);
	}
}

static void
test_compact(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
	    {"00010101T000000Z", FIRST},
	    {"19700101T000000Z", 0},
	    {"20240115T103000Z", 1705314600},
	    {"20240229T235959Z", 1709251199},
	    {"99991231T235959Z", LAST},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[TIMESTAMP_COMPACT_SIZE];
		time_t t;

		timestamp_compact(text, (time_t)cases[i].seconds);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(timestamp_parse_compact(text, &t), 0);
		assert_int_equal(t, cases[i].seconds);
	}
}

static void
test_compact_refuses(void **state)
{
	static const char *const cases[] = {
	    "",
	    "20240115",
	    "20240115T103000",
	    "00000000T000000Z",
	    "00001231T235959Z",
	    "00010100T000000Z",
	    "20240115t103000Z",
	    "20240115T103000z",
	    "20240115 103000Z",
	    "2024-01-15T10:30:00Z",
	    "20240015T103000Z",
	    "20241315T103000Z",
	    "20240132T103000Z",
	    "20230229T103000Z",
	    "20240115T243000Z",
	    "20240115T106000Z",
	    "20240115T103060Z",
	    "20240115T10300aZ",
	    "2024011 T103000Z",
	    "+0240115T103000Z",
	};
	time_t t = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(timestamp_parse_compact(cases[i], &t), -1);
	assert_int_equal(t, 7);
	/* only sixteen characters are read */
	assert_int_equal(timestamp_parse_compact("19700101T000000Z.a", &t), 0);
	assert_int_equal(t, 0);
}

static void
test_compare(void **state)
{
	static const struct timespec ascending[] = {{FIRST, 0}, {-1, 0},
	    {-1, 999999999}, {0, 0}, {0, 1}, {LAST, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++)
			assert_int_equal(timestamp_compare(ascending[i],
					     ascending[j]),
			    (i > j) - (i < j));
	}
}

static void
assert_agrees_with_libc(int64_t seconds)
{
	const time_t t = (time_t)seconds;
	char ours[TIMESTAMP_SIZE], theirs[64];
	struct timespec back;
	time_t compact;
	struct tm tm;

	assert_non_null(gmtime_r(&t, &tm));
	snprintf(theirs, sizeof(theirs), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	timestamp_format(ours, (struct timespec){.tv_sec = t}, 0);
	assert_string_equal(ours, theirs);
	assert_int_equal(timestamp_parse(ours, strlen(ours), &back), 0);
	assert_int_equal(back.tv_sec, t);
	timestamp_compact(ours, t);
	assert_int_equal(timestamp_parse_compact(ours, &compact), 0);
	assert_int_equal(compact, t);
}

/* The first and last second of every day of two eras, then moments all over (in a step
 * that has no common factor with a day). */
static void
test_against_libc(void **state)
{
	(void)state;
	for (int64_t day = 0; day < INT64_C(146097) * 2; day++) {
		assert_agrees_with_libc(FIRST + day * 86400);
		assert_agrees_with_libc(FIRST + day * 86400 + 86399);
	}
	for (int64_t t = FIRST; t <= LAST; t += 1234577)
		assert_agrees_with_libc(t);
	assert_agrees_with_libc(LAST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_refuses),
	    cmocka_unit_test(test_parse_cut),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_compact),
	    cmocka_unit_test(test_compact_refuses),
	    cmocka_unit_test(test_compare),
	    cmocka_unit_test(test_against_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
