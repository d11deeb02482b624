/* SPDX-License-Identifier: ISC */
/*
 * Every event type and every metric that the sender publishes is known. Each
 * line in tests/published names one, after the category, or the meaning of RAW
 * values, that it must get.
 */
#include "config.h"

#include "tests/unit/alert/alert_check.h"

/* Calls check(word, name) for each line "WORD NAME". Returns their number. */
static size_t
each_line(const char *file, void (*check)(const char *, const char *))
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[256], word[64], name[128];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/published/%s",
	    srcdir != NULL ? srcdir : ".", file);
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#')
			continue;
		if (sscanf(line, "%63s %127s", word, name) != 2)
			fail_msg("%s: not \"WORD NAME\": %s", path, line);
		check(word, name);
		n++;
	}
	fclose(f);
	return n;
}

static void
check_event_type(const char *category, const char *type)
{
	struct alert a;

	parse_format(&a, "{\"eventTypeName\":\"%s\"}", type);
	expect_warnings(&a, BARE, type);
	expect_json(a.event_type, type);
	if (strcmp(a.category, category) != 0)
		fail_msg("%s is %s, not %s", type, a.category, category);
	alert_free(&a);

	/* The event type has precedence over the old field typeName. */
	parse_format(&a, "{\"eventTypeName\":\"%s\",\"typeName\":\"AGENT\"}",
	    type);
	assert_string_equal(a.category, category);
	alert_free(&a);
}

static void
every_event_type_has_its_category(void **state)
{
	(void)state;
	assert_int_not_equal(each_line("event-types", check_event_type), 0);
}

static void
check_metric(const char *unit, const char *metric)
{
	struct alert a;

	parse_format(&a,
	    "{\"metricName\":\"%s\","
	    "\"currentValue\":{\"number\":5,\"units\":\"RAW\"}}",
	    metric);
	expect_warnings(&a, BARE, metric);
	expect_json(a.metric_name, metric);
	assert_true(a.metric_canonical);
	if (strcmp(a.metric_canonical_unit, unit) != 0)
		fail_msg("%s is a %s, not a %s", metric,
		    a.metric_canonical_unit, unit);
	alert_free(&a);
}

static void
every_metric_is_a_percent_or_a_count(void **state)
{
	(void)state;
	assert_int_not_equal(each_line("metrics", check_metric), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_event_type_has_its_category),
	    cmocka_unit_test(every_metric_is_a_percent_or_a_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
