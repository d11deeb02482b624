/* SPDX-License-Identifier: ISC */
/* style: short numbers, and where the unit changes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/output/format.h"

static void
ages(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {INT64_MIN, "0s"},
	    {-1, "0s"},
	    {0, "0s"},
	    {59, "59s"},
	    {60, "1m"},
	    {3599, "59m"},
	    {3600, "1h"},
	    {86399, "23h"},
	    {86400, "1d"},
	    {INT64_C(365) * 86400 - 1, "364d"},
	    {INT64_C(365) * 86400, "1y"},
	    {INT64_MAX, "292471208677y"},
	};
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		format_age(text, rows[i].seconds);
		assert_string_equal(text, rows[i].text);
	}
}

/* Never more than four characters and a letter, and never "1024K". */
static void
sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
	    {0, "0"},
	    {1023, "1023"},
	    {1024, "1.0K"},
	    {1536, "1.5K"},
	    {10188, "9.9K"},
	    {10189, "10K"},
	    {1048063, "1023K"}, /* below 1023.5 K */
	    {1048064, "1.0M"},
	    {1048575, "1.0M"},
	    {1048576, "1.0M"},
	    {UINT64_C(1073217535), "1023M"},
	    {UINT64_C(1073217536), "1.0G"},
	    {UINT64_C(1) << 40, "1.0T"},
	    {UINT64_C(1) << 50, "1.0P"},
	    {UINT64_MAX, "16E"},
	};
	char text[FORMAT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		format_bytes(text, rows[i].bytes);
		assert_string_equal(text, rows[i].text);
	}
}

/* The sender's own severities, which templates add, come in any case. */
static void
severities(void **state)
{
	(void)state;
	assert_int_equal(format_severity("CRITICAL"), TABLE_RED);
	assert_int_equal(format_severity("critical"), TABLE_RED);
	assert_int_equal(format_severity("Error"), TABLE_RED);
	assert_int_equal(format_severity("warning"), TABLE_YELLOW);
	assert_int_equal(format_severity("info"), TABLE_BLUE);
	assert_int_equal(format_severity("notice"), TABLE_BLUE);
	assert_int_equal(format_severity("Informational"), TABLE_BLUE);
	assert_int_equal(format_severity("HIGH"), TABLE_PLAIN);
	assert_int_equal(format_severity(NULL), TABLE_PLAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ages),
	    cmocka_unit_test(sizes),
	    cmocka_unit_test(severities),
	};

	return cmocka_run_group_tests_name("style", tests, NULL, NULL);
}
