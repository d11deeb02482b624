/* SPDX-License-Identifier: ISC */
/* The record byte for byte, and that it is read back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/record/record.h"

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

static const struct severity_map no_rules = {.n = 0};

static struct delivery
delivery_of(const void *body, size_t len)
{
	struct delivery d = {
	    .received_at = {.tv_sec = 1795419942, .tv_nsec = 123456789},
	    .source = "default",
	    .signature_verdict = "valid",
	    .token_verdict = "not-required",
	    .body = body,
	    .body_len = len,
	};

	digest_sha256(d.body_sha256,
	    &(struct digest_part){.bytes = body, .len = len}, 1);
	return d;
}

/* The record of a body, with extra warnings as the receiver sets them. */
static void
encode(struct buf *b, const struct delivery *d, const char *event,
    uint32_t warnings)
{
	struct error error = ERROR_INIT;
	struct alert a;

	assert_int_equal(alert_parse(&a, d->body, d->body_len, event, &no_rules,
			     &error),
	    0);
	a.warnings |= warnings;
	assert_int_equal(record_encode(b, "the-name", d, &a, &error), 0);
	alert_free(&a);
}

static const char full_body[] =
    "{\"zeta\":{\"b\":1,\"a\":[0.10,true]},"
    "\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\",\"groupId\":\"g1\",\"orgId\":\"o1\","
    "\"alertConfigId\":\"c1\",\"eventTypeName\":\"OUTSIDE_METRIC_THRESHOLD\","
    "\"status\":\"OPEN\",\"created\":\"2024-01-15T10:30:00Z\","
    "\"updated\":\"2024-01-15T11:00:00.250+00:30\","
    "\"lastNotified\":\"2024-01-15T10:30:01Z\","
    "\"resolved\":\"2024-01-15T10:31:00Z\","
    "\"acknowledgedUntil\":\"2124-01-15T10:30:00Z\","
    "\"acknowledgementComment\":\"on it\",\"acknowledgingUsername\":\"me\","
    "\"links\":[{\"rel\":\"self\",\"href\":\"https://h.example/a\"}],"
    "\"clusterName\":\"c\",\"clusterId\":\"ci\",\"parentClusterId\":\"pci\","
    "\"hostnameAndPort\":\"h.example:27017\",\"hostId\":\"hi\","
    "\"userAlias\":\"alias\",\"replicaSetName\":\"rs\","
    "\"nonRunningHostIds\":[\"aa\",\"bb\"],"
    "\"metricName\":\"DISK_PARTITION_SPACE_USED_DATA\","
    "\"currentValue\":{\"number\":95.2,\"units\":\"RAW\"},"
    "\"instanceName\":\"ws\",\"processorName\":\"p\","
    "\"processorState\":\"FAILED\",\"processorErrorMsg\":\"oops\","
    "\"severity\":\"ERROR\","
    "\"humanReadable\":\"Disk &gt; 95%.\\n"
    "Project: MyProject Organization: O&#39;s\",\"tags\":[]}";

static const char full_alert[] =
    "{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\",\"state\":\"open\","
    "\"transition\":\"open\",\"transition_source\":\"header\","
    "\"event_type\":\"OUTSIDE_METRIC_THRESHOLD\","
    "\"category\":\"host-metric\",\"severity\":\"ERROR\","
    "\"severity_source\":\"body\",\"summary\":\"Disk > 95%.\","
    "\"text\":\"Disk > 95%.\\nProject: MyProject Organization: O's\","
    "\"created_at\":\"2024-01-15T10:30:00Z\","
    "\"updated_at\":\"2024-01-15T10:30:00.25Z\","
    "\"last_notified_at\":\"2024-01-15T10:30:01Z\","
    "\"resolved_at\":\"2024-01-15T10:31:00Z\","
    "\"acknowledged_until\":\"2124-01-15T10:30:00Z\","
    "\"acknowledged_by\":\"me\",\"acknowledgement_comment\":\"on it\","
    "\"organization\":{\"id\":\"o1\",\"name\":\"O's\"},"
    "\"project\":{\"id\":\"g1\",\"name\":\"MyProject\"},"
    "\"config_id\":\"c1\","
    "\"cluster\":{\"id\":\"ci\",\"name\":\"c\",\"parent_id\":\"pci\"},"
    "\"host\":{\"id\":\"hi\",\"name\":\"h.example\",\"port\":27017,"
    "\"alias\":\"alias\"},\"replica_set\":\"rs\","
    "\"non_running_hosts\":[\"aa\",\"bb\"],"
    "\"metric\":{\"name\":\"DISK_PARTITION_SPACE_USED_DATA\","
    "\"value\":95.2,\"unit\":\"RAW\",\"canonical_value\":95.2,"
    "\"canonical_unit\":\"percent\"},"
    "\"stream\":{\"instance\":\"ws\",\"processor\":\"p\","
    "\"state\":\"FAILED\",\"error\":\"oops\"},"
    "\"link\":\"https://h.example/a\"}";

static const char empty_alert[] =
    "{\"id\":null,\"state\":\"unknown\",\"transition\":\"unknown\","
    "\"transition_source\":\"body\",\"event_type\":null,"
    "\"category\":\"unknown\",\"severity\":null,\"severity_source\":null,"
    "\"summary\":null,\"text\":null,\"created_at\":null,"
    "\"updated_at\":null,\"last_notified_at\":null,\"resolved_at\":null,"
    "\"acknowledged_until\":null,\"acknowledged_by\":null,"
    "\"acknowledgement_comment\":null,"
    "\"organization\":{\"id\":null,\"name\":null},"
    "\"project\":{\"id\":null,\"name\":null},\"config_id\":null,"
    "\"cluster\":{\"id\":null,\"name\":null,\"parent_id\":null},"
    "\"host\":{\"id\":null,\"name\":null,\"port\":null,\"alias\":null},"
    "\"replica_set\":null,\"non_running_hosts\":[],"
    "\"metric\":{\"name\":null,\"value\":null,\"unit\":null,"
    "\"canonical_value\":null,\"canonical_unit\":null},"
    "\"stream\":{\"instance\":null,\"processor\":null,\"state\":null,"
    "\"error\":null},\"link\":null}";

/* The part of a record after its alert: from one key to another. */
static void
expect_part(const struct buf *record, const char *from, const char *to,
    const char *want)
{
	const char *begin = strstr(record->data, from);
	const char *end;

	assert_non_null(begin);
	end = to[0] == '\0' ? record->data + record->len : strstr(begin, to);
	assert_non_null(end);
	if ((size_t)(end - begin) != strlen(want) ||
	    memcmp(begin, want, strlen(want)) != 0)
		fail_msg("got\n%.*s\nnot\n%s", (int)(end - begin), begin, want);
}

static void
a_full_record_byte_for_byte(void **state)
{
	char sha256[ENCODE_HEX_SIZE(DIGEST_SIZE)];
	struct delivery d = delivery_of(full_body, sizeof(full_body) - 1);
	struct buf got = BUF_INIT, want = BUF_INIT;

	(void)state;
	d.receiver = "host.example";
	d.remote_addr = "203.0.113.7";
	d.event = "alert.open";
	d.request_id = "r\"1";
	d.user_agent = "agent/1";
	d.content_type = "application/json";
	d.content_encoding = "gzip";
	d.signature_sha256 = "ab12";
	d.method = RECORD_WEBHOOK;
	d.key = "secret";
	encode(&got, &d, d.event, 1u << WARN_STALE);
	encode_hex(sha256, d.body_sha256, DIGEST_SIZE);
	buf_addf(&want,
	    "{\"record_version\":1,\"id\":\"the-name\","
	    "\"received_at\":\"2026-11-23T07:45:42.123456Z\","
	    "\"source\":\"default\","
	    "\"delivery\":{\"receiver\":\"host.example\","
	    "\"remote_addr\":\"203.0.113.7\",\"event\":\"alert.open\","
	    "\"request_id\":\"r\\\"1\",\"user_agent\":\"agent/1\","
	    "\"content_type\":\"application/json\","
	    "\"content_encoding\":\"gzip\",\"body_bytes\":%zu,"
	    "\"body_sha256\":\"%s\",\"signature\":null,"
	    "\"signature_verdict\":\"valid\",\"key\":\"secret\","
	    "\"token_verdict\":\"not-required\","
	    "\"signature_sha256\":\"ab12\",\"method\":\"webhook\"},\"alert\":%"
	    "s,"
	    "\"error\":null,\"warnings\":[\"stale\"],"
	    "\"extra\":{\"zeta\":{\"b\":1,\"a\":[0.1,true]},\"tags\":[]},"
	    "\"raw\":\"",
	    sizeof(full_body) - 1, sha256, full_alert);
	for (const char *p = full_body; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_addc(&want, '\\');
		buf_addc(&want, *p);
	}
	buf_adds(&want, "\",\"raw_base64\":null}\n");
	assert_string_equal(got.data, want.data);
	buf_free(&got);
	buf_free(&want);
}

static void
an_empty_object_byte_for_byte(void **state)
{
	struct delivery d = delivery_of("{}", 2);
	struct buf got = BUF_INIT, want = BUF_INIT;

	(void)state;
	encode(&got, &d, NULL, 0);
	buf_addf(&want,
	    "{\"record_version\":1,\"id\":\"the-name\","
	    "\"received_at\":\"2026-11-23T07:45:42.123456Z\","
	    "\"source\":\"default\","
	    "\"delivery\":{\"receiver\":null,\"remote_addr\":null,"
	    "\"event\":null,\"request_id\":null,\"user_agent\":null,"
	    "\"content_type\":null,\"content_encoding\":null,"
	    "\"body_bytes\":2,\"body_sha256\":"
	    "\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff"
	    "8a\",\"signature\":null,\"signature_verdict\":\"valid\","
	    "\"key\":null,\"token_verdict\":\"not-required\","
	    "\"signature_sha256\":null,\"method\":null},\"alert\":%s,"
	    "\"error\":null,\"warnings\":[\"no-id\",\"no-time\"],"
	    "\"extra\":{},\"raw\":\"{}\",\"raw_base64\":null}\n",
	    empty_alert);
	assert_string_equal(got.data, want.data);
	buf_free(&got);
	buf_free(&want);
}

#define BODY(text) text, sizeof(text) - 1

static const struct {
	const char *body;
	size_t len;
	uint32_t warnings;
	const char *tail; /* of the record, from "alert" on */
} odd[] = {
    {BODY("[1,"), 0,
	"\"alert\":null,\"error\":{\"code\":\"not-json\",\"line\":1,"
	"\"column\":4,\"message\":\"the text ends too early: expected a "
	"value\"},\"warnings\":[],\"extra\":{},\"raw\":\"[1,\","
	"\"raw_base64\":null}\n"},
    {BODY(""), 1u << WARN_UNAUTHENTICATED_SOURCE,
	"\"alert\":null,\"error\":{\"code\":\"empty\",\"line\":1,\"column\":1,"
	"\"message\":\"the body is empty\"},"
	"\"warnings\":[\"unauthenticated-source\"],\"extra\":{},\"raw\":\"\","
	"\"raw_base64\":null}\n"},
    {BODY("\n \xFF"), 0,
	"\"alert\":null,\"error\":{\"code\":\"not-utf-8\",\"line\":2,"
	"\"column\":2,\"message\":\"this byte is not UTF-8\"},"
	"\"warnings\":[],\"extra\":{},\"raw\":null,"
	"\"raw_base64\":\"CiD/\"}\n"},
    {BODY("{}\0"), 0,
	"\"alert\":null,\"error\":{\"code\":\"not-json\",\"line\":1,"
	"\"column\":3,\"message\":\"expected nothing after the JSON text\"},"
	"\"warnings\":[],\"extra\":{},\"raw\":null,"
	"\"raw_base64\":\"e30A\"}\n"},
    {BODY("{\"a\":\"b"), 0,
	"\"alert\":null,\"error\":{\"code\":\"not-json\",\"line\":1,\"column\":"
	"8,\"message\":\"the text ends too early: expected the end of a "
	"string\"},\"warnings\":[],\"extra\":{},\"raw\":\"{\\\"a\\\":\\\"b\","
	"\"raw_base64\":null}\n"},
};

static void
odd_bodies_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(odd); i++) {
		struct delivery d = delivery_of(odd[i].body, odd[i].len);
		struct buf b = BUF_INIT;

		encode(&b, &d, NULL, odd[i].warnings);
		expect_part(&b, "\"alert\":", "", odd[i].tail);
		buf_free(&b);
	}
}

/* Numbers as extra has them. */
static const struct {
	const char *in, *out;
} numbers[] = {
    {"95.2", "95.2"},
    {"0.1", "0.1"},
    {"0.0", "0.0"},
    {"0", "0"},
    {"1.0", "1.0"},
    {"100", "100"},
    {"1.2666666666666666", "1.2666666666666666"},
    {"1e2", "100.0"},
    {"1E300", "1e+300"},
    {"-0.0", "-0.0"},
    {"9223372036854775807", "9223372036854775807"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"9223372036854775808", "9.223372036854776e+18"},
    {"0.30000000000000004", "0.30000000000000004"},
    {"1e400", "null"},
};

static void
numbers_print_shortest(void **state)
{
	char body[128], want[128];

	(void)state;
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		struct delivery d;
		struct buf b = BUF_INIT;

		snprintf(body, sizeof(body), "{\"x\":%s}", numbers[i].in);
		snprintf(want, sizeof(want), "\"extra\":{\"x\":%s}",
		    numbers[i].out);
		d = delivery_of(body, strlen(body));
		encode(&b, &d, NULL, 0);
		expect_part(&b, "\"extra\":", ",\"raw\"", want);
		/* raw keeps every digit. */
		assert_non_null(strstr(b.data, numbers[i].in));
		buf_free(&b);
	}
}

static void
warnings_in_their_order(void **state)
{
	struct delivery d = delivery_of("{\"id\":\"1\",\"updated\":7}", 22);
	struct buf b = BUF_INIT;

	(void)state;
	encode(&b, &d, "a, b", (1u << ALERT_WARNINGS) - 1);
	expect_part(&b, "\"warnings\":", ",\"extra\"",
	    "\"warnings\":[\"event-status-mismatch\",\"event-header-unusable\","
	    "\"no-id\",\"no-time\",\"bad-time\",\"stale\","
	    "\"control-character-escaped\",\"number-out-of-range\","
	    "\"number-rounded\",\"bom-dropped\",\"unknown-event-type\","
	    "\"unknown-status\",\"unknown-unit\",\"duplicate-key\","
	    "\"unauthenticated-source\"]");
	buf_free(&b);
}

static const struct {
	const char *sent, *written;
} headers[] = {
    {NULL, "null"},
    {"", "\"\""},
    {"plain", "\"plain\""},
    {"caf\xC3\xA9", "\"caf\xC3\xA9\""},
    {"caf\xE9!", "\"caf\xEF\xBF\xBD!\""},
    {"\xFF\xFE", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"a\xC3", "\"a\xEF\xBF\xBD\""},
    {"\x01\"\\", "\"\\u0001\\\"\\\\\""},
};

static void
header_text_becomes_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(headers); i++) {
		struct delivery d = delivery_of("{}", 2);
		struct buf b = BUF_INIT, want = BUF_INIT;

		d.user_agent = headers[i].sent;
		encode(&b, &d, NULL, 0);
		buf_addf(&want, "\"user_agent\":%s", headers[i].written);
		expect_part(&b, "\"user_agent\":", ",\"content_type\"",
		    want.data);
		buf_free(&b);
		buf_free(&want);
	}
}

/* ---- reading back -------------------------------------------------------- */

static const struct {
	const char *body;
	size_t len;
} bodies[] = {
    {BODY("{}")},
    {BODY("")},
    {BODY("{\"a\":\"\n\t\x01\x7F €\"}")},
    {BODY("{\"a\":\"\\u0000\"}")},
    {BODY("\0")},
    {BODY("\xFF\xFE\x00")},
    {BODY("a\0b")},
    {BODY("\r\n")},
};

static void
the_body_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(bodies); i++) {
		struct delivery d = delivery_of(bodies[i].body, bodies[i].len);
		struct error error = ERROR_INIT;
		struct buf b = BUF_INIT, body = BUF_INIT;
		json_t *record;

		encode(&b, &d, NULL, 0);
		record = record_decode(b.data, b.len, &error);
		assert_non_null(record);
		assert_int_equal(record_body(record, &body, &error), 0);
		assert_int_equal(body.len, bodies[i].len);
		assert_memory_equal(body.data, bodies[i].body, body.len);
		assert_int_equal(record_is_whole(b.data, b.len, d.body_sha256,
				     &error),
		    1);
		json_decref(record);
		buf_free(&b);
		buf_free(&body);
	}
}

/* A body of the greatest depth: its record is one level deeper. */
static void
the_deepest_record_is_readable(void **state)
{
	struct buf body = BUF_INIT, b = BUF_INIT;
	struct error error = ERROR_INIT;
	struct delivery d;

	(void)state;
	buf_adds(&body, "{\"a\":");
	for (int i = 0; i < 2046; i++)
		buf_addc(&body, '[');
	for (int i = 0; i < 2046; i++)
		buf_addc(&body, ']');
	buf_addc(&body, '}');
	d = delivery_of(body.data, body.len);
	encode(&b, &d, NULL, 0);
	assert_null(strstr(b.data, "too-deep"));
	assert_int_equal(record_is_whole(b.data, b.len, d.body_sha256, &error),
	    1);
	buf_free(&body);
	buf_free(&b);
}

static const char *const no_records[] = {
    "",
    "\n",
    "{\"record_version\":1,\"raw\":\"\"}",
    "{\"record_version\":1,\"raw\":\"\"}\n\n",
    "{\"record_version\":1,\n\"raw\":\"\"}\n",
    "{\"record_version\":1,\"raw\":\"\n",
    "{\"record_version\":0,\"raw\":\"\"}\n",
    "{\"record_version\":\"1\",\"raw\":\"\"}\n",
    "{\"record_version\":1.0,\"raw\":\"\"}\n",
    "{\"record_version\":1,\"raw\":\"a\",\"raw\":\"b\"}\n",
    "{\"record_version\":1,\"raw\":\"\t\"}\n",
    "{\"record_version\":1,\"raw\":\"\",\"extra\":{\"n\":1e999}}\n",
    "\xEF\xBB\xBF{\"record_version\":1,\"raw\":\"\"}\n",
    "{\"raw\":\"\"}\n",
    "[1]\n",
    "1\n",
};

static void
what_is_no_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(no_records); i++) {
		struct error error = ERROR_INIT;

		assert_null(record_decode(no_records[i], strlen(no_records[i]),
		    &error));
		assert_int_equal(error.kind, ERROR_INPUT);
	}
}

static const char *const no_bodies[] = {
    "{\"record_version\":1}\n",
    "{\"record_version\":2,\"raw\":null,\"raw_base64\":null}\n",
    "{\"record_version\":1,\"raw\":1,\"raw_base64\":1}\n",
    "{\"record_version\":1,\"raw\":null,\"raw_base64\":\"e30\"}\n",
    "{\"record_version\":1,\"raw\":null,\"raw_base64\":\"e3==\"}\n",
    "{\"record_version\":1,\"raw\":null,\"raw_base64\":\"e3 0A\"}\n",
};

static void
records_without_a_body(void **state)
{
	static const unsigned char digest[DIGEST_SIZE];

	(void)state;
	for (size_t i = 0; i < LENGTH(no_bodies); i++) {
		struct error error = ERROR_INIT;
		struct buf body = BUF_INIT;
		json_t *record =
		    record_decode(no_bodies[i], strlen(no_bodies[i]), &error);

		assert_non_null(record);
		assert_int_equal(record_body(record, &body, &error), -1);
		assert_int_equal(error.kind, ERROR_INPUT);
		assert_int_equal(record_is_whole(no_bodies[i],
				     strlen(no_bodies[i]), digest, &error),
		    0);
		json_decref(record);
		buf_free(&body);
	}
}

static void
whole_records(void **state)
{
	struct delivery d = delivery_of("{\"a\":1}", 7);
	struct delivery other = delivery_of("{\"a\":2}", 7);
	struct buf b = BUF_INIT;
	struct error error = ERROR_INIT;

	(void)state;
	encode(&b, &d, NULL, 0);
	assert_int_equal(record_is_whole(b.data, b.len, d.body_sha256, &error),
	    1);
	assert_int_equal(record_is_whole(b.data, b.len, other.body_sha256,
			     &error),
	    0);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(record_is_whole(b.data, n, d.body_sha256,
				     &error),
		    0);
	b.data[b.len - 20] = '\0';
	assert_int_equal(record_is_whole(b.data, b.len, d.body_sha256, &error),
	    0);
	buf_free(&b);
}

/* ---- the longest records -------------------------------------------------- */

/* A field, and the text around n control characters in it. */
static const struct {
	const char *before, *after;
} long_fields[] = {
    {"{\"acknowledgementComment\":\"", "\"}"},
    {"{\"unknown\":\"", "\"}"},
    {"{\"", "\":1}"},
    {"{\"humanReadable\":\"", "\"}"},
    {"{\"humanReadable\":\"Project: ", "\"}"},
    {"{\"links\":[{\"rel\":\"self\",\"href\":\"", "\"},{}]}"},
    {"{\"currentValue\":{\"x\":1,\"units\":\"", "\"}}"},
    {"{\"hostnameAndPort\":\"", "\"}"},
};

/* receive.c relies on SPOOL_RECORD_MAX: records reach it, and are never longer. */
static void
growth_is_bounded(void **state)
{
	const size_t n = 60000, rest = 4096;
	size_t longest = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(long_fields) / sizeof(*long_fields);
	    i++) {
		struct buf body = BUF_INIT, text = BUF_INIT;
		struct delivery d;

		buf_adds(&body, long_fields[i].before);
		for (size_t k = 0; k < n; k++)
			buf_addc(&body, '\1');
		buf_adds(&body, long_fields[i].after);
		d = delivery_of(body.data, body.len);
		encode(&text, &d, "alert.open", 0);
		assert_true(text.len <= RECORD_GROWTH * body.len + rest);
		if (text.len > longest)
			longest = text.len;
		buf_free(&text);
		buf_free(&body);
	}
	assert_true(longest >= RECORD_GROWTH * n);
	assert_true(rest < RECORD_REST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_full_record_byte_for_byte),
	    cmocka_unit_test(an_empty_object_byte_for_byte),
	    cmocka_unit_test(odd_bodies_byte_for_byte),
	    cmocka_unit_test(numbers_print_shortest),
	    cmocka_unit_test(warnings_in_their_order),
	    cmocka_unit_test(header_text_becomes_utf8),
	    cmocka_unit_test(the_body_comes_back),
	    cmocka_unit_test(the_deepest_record_is_readable),
	    cmocka_unit_test(what_is_no_record),
	    cmocka_unit_test(records_without_a_body),
	    cmocka_unit_test(whole_records),
	    cmocka_unit_test(growth_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
