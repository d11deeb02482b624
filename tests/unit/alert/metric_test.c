/* SPDX-License-Identifier: ISC */
/* Every unit in both spellings, and currentValue of any shape. */
#include "config.h"

#include "tests/unit/alert/alert_check.h"

static const struct {
	const char *unit, *canonical;
	double five; /* five of this unit as a canonical value */
} units[] = {
    {"BITS", "bytes", 0.625},
    {"KILOBITS", "bytes", 640},
    {"MEGABITS", "bytes", 655360},
    {"GIGABITS", "bytes", 671088640},
    {"BYTES", "bytes", 5},
    {"KILOBYTES", "bytes", 5120},
    {"MEGABYTES", "bytes", 5242880},
    {"GIGABYTES", "bytes", 5368709120},
    {"TERABYTES", "bytes", 5497558138880},
    {"PETABYTES", "bytes", 5629499534213120},
    {"NANOSECONDS", "seconds", 5e-9},
    {"MILLISECONDS", "seconds", 0.005},
    {"SECONDS", "seconds", 5},
    {"MINUTES", "seconds", 300},
    {"MILLION_MINUTES", "seconds", 300000000},
    {"HOURS", "seconds", 18000},
    {"DAYS", "seconds", 432000},
    {"COUNT", "count", 5},
    {"THOUSAND", "count", 5000},
    {"MILLION", "count", 5000000},
    {"BILLION", "count", 5000000000},
    {"RAW", "count", 5},
    {"RPU", "read-units", 5},
    {"THOUSAND_RPU", "read-units", 5000},
    {"MILLION_RPU", "read-units", 5000000},
    {"WPU", "write-units", 5},
    {"THOUSAND_WPU", "write-units", 5000},
    {"MILLION_WPU", "write-units", 5000000},
    {"bits", "bytes", 0.625},
    {"Kbits", "bytes", 640},
    {"Mbits", "bytes", 655360},
    {"Gbits", "bytes", 671088640},
    {"bytes", "bytes", 5},
    {"KB", "bytes", 5120},
    {"MB", "bytes", 5242880},
    {"GB", "bytes", 5368709120},
    {"TB", "bytes", 5497558138880},
    {"PB", "bytes", 5629499534213120},
    {"nsec", "seconds", 5e-9},
    {"msec", "seconds", 0.005},
    {"sec", "seconds", 5},
    {"min", "seconds", 300},
    {"hours", "seconds", 18000},
    {"million minutes", "seconds", 300000000},
    {"days", "seconds", 432000},
    {"requests", "requests", 5},
    {"1000 requests", "requests", 5000},
    {"tokens", "tokens", 5},
    {"million tokens", "tokens", 5000000},
    {"pixels", "pixels", 5},
    {"billion pixels", "pixels", 5000000000},
    {"GB seconds", NULL, 0},
    {"GB hours", NULL, 0},
    {"GB days", NULL, 0},
    {"thousand RPU", "read-units", 5000},
    {"million RPU", "read-units", 5000000},
    {"thousand WPU", "write-units", 5000},
    {"million WPU", "write-units", 5000000},
    {"count", "count", 5},
    {"thousand", "count", 5000},
    {"million", "count", 5000000},
    {"billion", "count", 5000000000},
};

static void
every_unit_in_both_spellings(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(units); i++) {
		parse_format(&a,
		    "{\"currentValue\":{\"number\":5,\"units\":\"%s\"}}",
		    units[i].unit);
		expect_warnings(&a, BARE, units[i].unit);
		expect_json(a.metric_unit, units[i].unit);
		assert_int_equal(json_integer_value(a.metric_value), 5);
		assert_int_equal(a.metric_canonical,
		    units[i].canonical != NULL);
		expect_extra(&a, "{}");
		if (a.metric_canonical) {
			assert_string_equal(a.metric_canonical_unit,
			    units[i].canonical);
			if (a.metric_canonical_value != units[i].five)
				fail_msg("%s: %.17g", units[i].unit,
				    a.metric_canonical_value);
		}
		alert_free(&a);
	}
}

static const struct {
	const char *value;
	double canonical;
} large[] = {
    {"{\"number\":1e300,\"units\":\"GIGABITS\"}", 1.34217728e308},
    {"{\"number\":-1e300,\"units\":\"Gbits\"}", -1.34217728e308},
};

/* A number that fits into a double gets a value: no intermediate product overflows. */
static void
large_values(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(large); i++) {
		parse_format(&a, "{\"currentValue\":%s}", large[i].value);
		assert_true(a.metric_canonical);
		if (a.metric_canonical_value != large[i].canonical)
			fail_msg("%s: %.17g", large[i].value,
			    a.metric_canonical_value);
		alert_free(&a);
	}
}

static const struct {
	const char *metric, *canonical;
} raw_metrics[] = {
    {"CONNECTIONS", "count"},
    {"CONNECTIONS_PERCENT", "percent"},
    {"GLOBAL_LOCK_PERCENTAGE", "percent"},
    {"SYSTEM_MEMORY_PERCENT_USED", "percent"},
    {"MAX_SYSTEM_MEMORY_PERCENT_USED", "percent"},
    {"DISK_PARTITION_SPACE_USED_DATA", "percent"},
    {"MAX_DISK_PARTITION_SPACE_USED_JOURNAL", "percent"},
    {"DISK_PARTITION_UTILIZATION_INDEX", "percent"},
    {"MAX_DISK_PARTITION_UTILIZATION_DATA", "percent"},
    {"NORMALIZED_SYSTEM_CPU_USER", "percent"},
    {"MAX_NORMALIZED_SYSTEM_CPU_STEAL", "percent"},
    {"NORMALIZED_FTS_PROCESS_CPU_KERNEL", "percent"},
    {"MUNIN_CPU_IOWAIT", "percent"},
    {"FTS_PROCESS_CPU_USER", "percent"},
    {"SERVERLESS_CONNECTIONS_PERCENT", "percent"},
    {"FLEX_CONNECTIONS_PERCENT", "percent"},
    {"REALM_SYNC_NUM_UNSYNCABLE_DOCS_PERCENT", "percent"},
    {"DISK_PARTITION_READ_IOPS_DATA", "count"},
    {"QUERY_TARGETING_SCANNED_PER_RETURNED", "count"},
    {"A_METRIC_OF_TOMORROW", "count"},
};

static void
raw_is_percent_or_count_by_the_metric(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(raw_metrics); i++) {
		parse_format(&a,
		    "{\"currentValue\":{\"number\":95.2,\"units\":\"RAW\"},"
		    "\"metricName\":\"%s\"}",
		    raw_metrics[i].metric);
		assert_true(a.metric_canonical);
		assert_string_equal(a.metric_canonical_unit,
		    raw_metrics[i].canonical);
		assert_true(a.metric_canonical_value == 95.2);
		alert_free(&a);
	}
}

static const struct {
	const char *value; /* of currentValue */
	bool number, unit, canonical, unknown_unit, extra;
} values[] = {
    {"{\"number\":5,\"units\":\"RAW\"}", true, true, true, false, false},
    {"{\"number\":0.0,\"units\":\"RAW\"}", true, true, true, false, false},
    {"{\"number\":5}", true, false, false, false, false},
    {"{\"units\":\"RAW\"}", false, true, false, false, false},
    {"{\"number\":5,\"units\":\"RAW_SCALAR\"}", true, true, false, true, false},
    {"{\"number\":5,\"units\":\"raw\"}", true, true, false, true, false},
    {"{\"number\":5,\"units\":\"\"}", true, false, false, false, true},
    {"{\"number\":5,\"units\":\"RAW\\u0000\"}", true, true, false, true, false},
    {"{\"number\":5,\"units\":null}", true, false, false, false, true},
    {"{\"number\":5,\"units\":3}", true, false, false, true, true},
    {"{\"number\":\"5\",\"units\":\"RAW\"}", false, true, false, false, true},
    {"{\"number\":5,\"units\":\"RAW\",\"x\":1}", true, true, true, false, true},
    {"{\"number\":1e308,\"units\":\"GB\"}", true, true, false, false, false},
    {"{}", false, false, false, false, true},
    {"[5]", false, false, false, false, true},
    {"5", false, false, false, false, true},
    {"null", false, false, false, false, false},
};

static void
current_values_of_any_shape(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(values); i++) {
		parse_format(&a, "{\"currentValue\":%s}", values[i].value);
		assert_int_equal(a.metric_value != NULL, values[i].number);
		assert_int_equal(a.metric_unit != NULL, values[i].unit);
		assert_int_equal(a.metric_canonical, values[i].canonical);
		expect_warnings(&a,
		    BARE |
			(values[i].unknown_unit ? BIT(WARN_UNKNOWN_UNIT) : 0),
		    values[i].value);
		assert_int_equal(json_object_size(a.extra), values[i].extra);
		alert_free(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_unit_in_both_spellings),
	    cmocka_unit_test(raw_is_percent_or_count_by_the_metric),
	    cmocka_unit_test(large_values),
	    cmocka_unit_test(current_values_of_any_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
