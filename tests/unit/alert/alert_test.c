/* SPDX-License-Identifier: ISC */
/* Which field each key goes to, what stays in extra, and what is derived from fields. */
#include "config.h"

#include "tests/unit/alert/alert_check.h"

/* ---- times --------------------------------------------------------------- */

#define S0 1705314600 /* T0 */
#define S1 1705314900

static const struct {
	const char *body;
	bool has_time;
	time_t time;
	uint32_t warnings;
} times[] = {
    {"{\"id\":\"1\"}", false, 0, BIT(WARN_NO_TIME)},
    {"{\"id\":\"1\",\"created\":" T0 "}", true, S0, 0},
    {"{\"id\":\"1\",\"created\":" T1 ",\"updated\":" T0 "}", true, S0, 0},
    {"{\"id\":\"1\",\"updated\":" T0 ",\"lastNotified\":" T1 "}", true, S1, 0},
    {"{\"id\":\"1\",\"updated\":" T1 ",\"lastNotified\":" T0 "}", true, S1, 0},
    {"{\"id\":\"1\",\"lastNotified\":" T0 ",\"created\":" T1 "}", true, S0, 0},
    {"{\"id\":\"1\",\"updated\":\"2024-01-15T11:30:00.999+01:00\"}", true, S0,
	0},
    {"{\"id\":\"1\",\"updated\":\"2024-01-15T05:30:00-0500\"}", true, S0, 0},
    {"{\"id\":\"1\",\"resolved\":" T0 "}", false, 0, BIT(WARN_NO_TIME)},
    {"{\"id\":\"1\",\"updated\":\"yesterday\",\"created\":" T0 "}", true, S0,
	BIT(WARN_BAD_TIME)},
    {"{\"id\":\"1\",\"updated\":\"\",\"created\":" T0 "}", true, S0, 0},
    {"{\"id\":\"1\",\"updated\":\"2024-01-15T10:30Z\"}", true, S0, 0},
    {"{\"id\":\"1\",\"updated\":1705314600,\"created\":" T0 "}", true, S0,
	BIT(WARN_BAD_TIME)},
    {"{\"id\":\"1\",\"updated\":\"10000-01-01T00:00:00Z\"}", false, 0,
	BIT(WARN_BAD_TIME) | BIT(WARN_NO_TIME)},
    {"{\"id\":\"1\",\"resolved\":null,\"updated\":" T0 "}", true, S0, 0},
};

static void
times_of_names(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(times); i++) {
		parse(&a, times[i].body, NULL);
		expect_warnings(&a, times[i].warnings, times[i].body);
		assert_int_equal(a.has_time, times[i].has_time);
		if (a.has_time)
			assert_int_equal(a.time, times[i].time);
		assert_int_equal(json_object_size(a.extra),
		    (times[i].warnings & BIT(WARN_BAD_TIME)) != 0);
		alert_free(&a);
	}
}

/* ---- severity ------------------------------------------------------------ */

static const struct {
	const char *body, *severity, *source;
	int extra;
} severities[] = {
    {"{\"severity\":\"HIGH\",\"alertConfigId\":\"c1\"}", "HIGH", "body", 0},
    {"{\"alertConfigId\":\"c1\",\"eventTypeName\":\"NO_PRIMARY\"}", "CRITICAL",
	"config-id", 0},
    {"{\"alertConfigId\":\"c2\",\"eventTypeName\":\"NO_PRIMARY\"}", "ERROR",
	"event-type", 0},
    {"{\"eventTypeName\":\"HOST_DOWN\"}", "INFO", "default", 0},
    {"{\"severity\":\"\"}", "INFO", "default", 0},
    {"{\"severity\":3}", "INFO", "default", 1},
    {"{\"severity\":\"A\\u0000\"}", "INFO", "default", 1},
    {"{\"severity\":null}", "INFO", "default", 0},
};

static void
severity_of_body_or_rules(void **state)
{
	struct error error = ERROR_INIT;
	struct severity_map rules = {.n = 0};
	struct alert a;

	(void)state;
	parse(&a, "{\"eventTypeName\":\"NO_PRIMARY\"}", NULL);
	assert_null(a.severity);
	assert_null(a.severity_source);
	alert_free(&a);
	assert_int_equal(severity_add(&rules, "c1", "CRITICAL"), 0);
	assert_int_equal(severity_add(&rules, "NO_PRIMARY", "ERROR"), 0);
	assert_int_equal(severity_add(&rules, "default", "INFO"), 0);
	for (size_t i = 0; i < LENGTH(severities); i++) {
		assert_int_equal(alert_parse(&a, severities[i].body,
				     strlen(severities[i].body), NULL, &rules,
				     &error),
		    0);
		assert_string_equal(a.severity, severities[i].severity);
		assert_string_equal(a.severity_source, severities[i].source);
		assert_int_equal(json_object_size(a.extra),
		    severities[i].extra);
		alert_free(&a);
	}
	severity_free(&rules);
}

/* ---- fields -------------------------------------------------------------- */

/* Keys that take any string. If a row of the key table were out of order, one of them
 * would not be found. */
static const char *const string_keys[] = {"acknowledgementComment",
    "acknowledgingUsername", "alertConfigId", "clusterId", "clusterName",
    "eventTypeName", "groupId", "hostId", "hostnameAndPort", "humanReadable",
    "id", "instanceName", "metricName", "orgId", "orgName", "parentClusterId",
    "processorErrorMsg", "processorName", "processorState", "projectName",
    "replicaSetName", "severity", "userAlias"};

static const char *const other_keys[] = {"acknowledgedUntil", "created",
    "currentValue", "lastNotified", "links", "nonRunningHostIds", "resolved",
    "status", "updated"};

static const char *const strange_keys[] = {"typeName", "tags", "sourceTypeName",
    "event", "eventType", "requestId", "signature", "enabled", "matchers", "",
    "Id", "\\u00e9"};

/* Checks that a key's value is in extra, or not. */
static void
expect_kept(const char *key, const char *value, bool kept)
{
	struct alert a;

	parse_format(&a, "{\"%s\":%s}", key, value);
	if (json_object_size(a.extra) != kept)
		fail_msg("%s: %s is %sin extra", key, value,
		    kept ? "not " : "");
	if (kept)
		assert_true(json_equal(a.extra, a.root));
	alert_free(&a);
}

static void
what_is_placed_is_not_extra(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(string_keys); i++) {
		expect_kept(string_keys[i], "\"some text\"", false);
		expect_kept(string_keys[i], "null", false);
		expect_kept(string_keys[i], "\"\"", false);
		expect_kept(string_keys[i], "1", true);
		expect_kept(string_keys[i], "{\"a\":[]}", true);
	}
	for (size_t i = 0; i < LENGTH(other_keys); i++) {
		expect_kept(other_keys[i], "null", false);
		expect_kept(other_keys[i], "\"\"", false);
		expect_kept(other_keys[i], "\"some text\"", true);
		expect_kept(other_keys[i], "true", true);
	}
	for (size_t i = 0; i < LENGTH(strange_keys); i++) {
		expect_kept(strange_keys[i], "\"some text\"", true);
		expect_kept(strange_keys[i], "null", true);
		expect_kept(strange_keys[i], "\"\"", true);
	}
	expect_kept("nonRunningHostIds", "[]", false);
	expect_kept("nonRunningHostIds", "[\"a\",\"b\"]", false);
	expect_kept("nonRunningHostIds", "[\"a\",1]", true);
}

static void
ids(void **state)
{
	static const struct {
		const char *id;
		bool counts;
	} cases[] = {{"\"5d1b6f8e8c2e4e2d3c4a5b6c\"", true}, {"\"x\"", true},
	    {"\"\"", false}, {"12", false}, {"null", false},
	    {"{\"$oid\":\"x\"}", false}};
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		parse_format(&a, "{\"id\":%s}", cases[i].id);
		assert_int_equal(a.id != NULL, cases[i].counts);
		assert_int_equal((a.warnings & BIT(WARN_NO_ID)) != 0,
		    !cases[i].counts);
		alert_free(&a);
	}
}

static const struct {
	const char *links, *link;
	bool kept;
} links[] = {
    {"[{\"rel\":\"self\",\"href\":\"u\"}]", "u", false},
    {"[{\"href\":\"u\",\"rel\":\"self\"}]", "u", false},
    {"[{\"rel\":\"self\",\"href\":\"u\",\"x\":1}]", "u", true},
    {"[{\"rel\":\"a\",\"href\":\"v\"},{\"rel\":\"self\",\"href\":\"u\"}]", "u",
	true},
    {"[{\"rel\":\"self\",\"href\":\"u\"},{\"rel\":\"self\",\"href\":\"v\"}]",
	"u", true},
    {"[{\"rel\":\"self\"},{\"rel\":\"self\",\"href\":\"v\"}]", "v", true},
    {"[{\"rel\":\"other\",\"href\":\"u\"}]", NULL, true},
    {"[{\"rel\":\"self\",\"href\":1}]", NULL, true},
    {"[]", NULL, true},
    {"[1]", NULL, true},
    {"{\"rel\":\"self\",\"href\":\"u\"}", NULL, true},
};

static void
the_alerts_own_link(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(links); i++) {
		parse_format(&a, "{\"links\":%s}", links[i].links);
		expect_json(a.link, links[i].link);
		assert_int_equal(json_object_size(a.extra), links[i].kept);
		alert_free(&a);
	}
}

#define READABLE \
	"\"humanReadable\":\"Project: P &amp; Q\\n\\nOrganization: O&#39;s\\n" \
	"\\n------------------------------\\nOPEN\\nToo  hot \\nhost\\n\""

static const struct {
	const char *body, *project, *organization, *summary;
} texts[] = {
    {"{" READABLE "}", "P & Q", "O's", "Too hot"},
    {"{\"projectName\":\"A\"," READABLE "}", "A", "O's", "Too hot"},
    {"{" READABLE ",\"orgName\":\"B\",\"projectName\":\"\"}", "P & Q", "B",
	"Too hot"},
    {"{\"eventTypeName\":\"NO_PRIMARY\"}", NULL, NULL, "NO_PRIMARY"},
    {"{\"eventTypeName\":\"NO_PRIMARY\",\"humanReadable\":\"\"}", NULL, NULL,
	"NO_PRIMARY"},
    {"{\"eventTypeName\":\"NO_PRIMARY\",\"humanReadable\":\"CLOSED\"}", NULL,
	NULL, "NO_PRIMARY"},
    {"{\"eventTypeName\":\"OUTSIDE_METRIC_THRESHOLD\",\"metricName\":\"M\","
     "\"currentValue\":{\"number\":95.2,\"units\":\"RAW\"},"
     "\"replicaSetName\":\"rs\",\"hostnameAndPort\":\"h.example:27017\"}",
	NULL, NULL, "M is 95.2 on h.example"},
    {"{\"eventTypeName\":\"X\",\"replicaSetName\":\"rs\",\"clusterName\":"
     "\"c\"}",
	NULL, NULL, "X on rs"},
    {"{\"eventTypeName\":\"X\",\"clusterName\":\"c\"}", NULL, NULL, "X on c"},
    {"{\"eventTypeName\":\"X\",\"processorName\":\"p\"}", NULL, NULL, "X on p"},
    {"{\"currentValue\":{\"number\":5,\"units\":\"MB\"}}", NULL, NULL, "5 MB"},
    {"{\"clusterName\":\"c\\n d\"}", NULL, NULL, "c d"},
    {"{\"eventTypeName\":\"X\",\"replicaSetName\":\"\",\"clusterName\":"
     "\"c\"}",
	NULL, NULL, "X on c"},
    {"{\"eventTypeName\":\" \"}", NULL, NULL, NULL},
    {"{}", NULL, NULL, NULL},
};

static void
names_and_summaries(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		parse(&a, texts[i].body, NULL);
		expect_buf(&a.project_name, texts[i].project);
		expect_buf(&a.organization_name, texts[i].organization);
		expect_buf(&a.summary, texts[i].summary);
		alert_free(&a);
	}
	parse(&a, "{\"humanReadable\":\"a &lt;\\nb\"}", NULL);
	expect_buf(&a.text, "a <\nb");
	alert_free(&a);
}

static void
words(void **state)
{
	(void)state;
	for (int i = 0; i < ALERT_WARNINGS; i++)
		assert_non_null(alert_warning_word((enum alert_warning)i));
	for (int i = 0; i < ALERT_ERRORS; i++)
		assert_non_null(alert_error_word((enum alert_error_code)i));
	assert_string_equal(alert_state_word(ALERT_INFORMATIONAL),
	    "informational");
	assert_string_equal(alert_error_word(ALERT_NOT_UTF8), "not-utf-8");
	assert_string_equal(alert_warning_word(WARN_UNAUTHENTICATED_SOURCE),
	    "unauthenticated-source");
}

/* ---- compressed bodies ----------------------------------------------------- */

static void
compressed_bodies(void **state)
{
	static const struct {
		const char *body, *message;
	} cases[] = {
	    {"\x1f\x8b\x08\x01",
		"the body is compressed (gzip), which the sender never does"},
	    {"\x28\xb5\x2f\xfd\x01",
		"the body is compressed (zstd), which the sender never does"},
	    {"\x78\x9c\x01",
		"the body is compressed (deflate), which the sender never "
		"does"},
	    {"\x1f\x8c", "this byte is not UTF-8"},
	    {"\xff", "this byte is not UTF-8"},
	};
	struct error error = ERROR_INIT;
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(alert_parse(&a, cases[i].body,
				     strlen(cases[i].body), NULL, NULL, &error),
		    0);
		assert_int_equal(a.error.code, ALERT_NOT_UTF8);
		assert_string_equal(a.error.message, cases[i].message);
		alert_free(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_of_names),
	    cmocka_unit_test(severity_of_body_or_rules),
	    cmocka_unit_test(what_is_placed_is_not_extra),
	    cmocka_unit_test(ids),
	    cmocka_unit_test(the_alerts_own_link),
	    cmocka_unit_test(names_and_summaries),
	    cmocka_unit_test(words),
	    cmocka_unit_test(compressed_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
