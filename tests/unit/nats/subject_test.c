/* SPDX-License-Identifier: ISC */
/* subject, message: templates, tokens that no record can break out of, patterns, and what
 * of a record is published. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/nats/message.h"
#include "cli/nats/subject.h"
#include "cli/records/record_view.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

#define NAME \
	"20240115T103000Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"00112233445566778899aabbccddeeff"

#define SIXTY_FOUR \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
templates(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
	    {SUBJECT_DEFAULT, true},
	    {"one", true},
	    {"a.b-{event}{state}.c", true},
	    {"{alert}", true},
	    {"", false},
	    {".", false},
	    {"a.", false},
	    {".a", false},
	    {"a..b", false},
	    {"a b", false},
	    {"a.*", false},
	    {"a.>", false},
	    {"$JS.API", false},
	    {"a.$JS", true},
	    {"a\x7f", false},
	    {"a.{", false},
	    {"a.{nothing}", false},
	    {"a.}", false},
	    {"a\n", false},
	    {"\xc3\xa4", false},
	    {SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR, true},
	    {SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR "0", false},
	    {"{alert}{alert}{alert}{alert}{alert}{alert}{alert}{alert}", true},
	    {"{alert}{alert}{alert}{alert}{alert}{alert}{alert}{alert}{alert}",
		false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(subject_check(rows[i].text, &error),
		    rows[i].good ? 0 : -1);
		assert_int_equal(error.kind,
		    rows[i].good ? ERROR_NONE : ERROR_USAGE);
	}
}

static void
patterns(void **state)
{
	static const struct {
		const char *pattern, *other;
		bool covers;
	} rows[] = {
	    {"atlas.alerts.*.*", "atlas.alerts.*.*", true},
	    {"atlas.>", "atlas.alerts.*.*", true},
	    {">", "atlas.alerts.*.*", true},
	    {"atlas.alerts.*", "atlas.alerts.*.*", false},
	    {"atlas.alerts.*.*.*", "atlas.alerts.*.*", false},
	    {"atlas.alerts.x.*", "atlas.alerts.*.*", false},
	    {"atlas.alerts.*.*", "atlas.alerts.x.open", true},
	    {"atlas.alerts", "atlas.alerts", true},
	    {"atlas.alert", "atlas.alerts", false},
	    {"atlas.alerts", "atlas.alert", false},
	    {"*", "atlas", true},
	    {"*", "atlas.alerts", false},
	    {"atlas.alerts.>", "atlas.alerts", false},
	    {"atlas.*", "atlas.>", false},
	    {"atlas.>", "atlas.>", true},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(subject_covers(rows[i].pattern, rows[i].other),
		    rows[i].covers);
	subject_pattern("a.x{event}.b.{alert}", &out);
	assert_string_equal(out.data, "a.*.b.*");
	buf_free(&out);
}

/* Makes a view of a record with this "alert" and "source". */
static void
make_view(struct record_view *v, const char *alert)
{
	*v = (struct record_view)RECORD_VIEW_INIT;
	strcpy(v->entry.name, NAME);
	assert_true(name_parse(v->entry.name, &v->name));
	v->record = json_pack("{s:i, s:s, s:s, s:{s:n, s:s, s:s}, s:o}",
	    "record_version", 1, "id", NAME, "source", "default", "delivery",
	    "signature", "signature_verdict", "valid", "signature_sha256",
	    "ab12", "alert", json_loads(alert, 0, NULL));
	assert_non_null(v->record);
}

static void
tokens(void **state)
{
	static const struct {
		const char *alert, *subject;
	} rows[] = {
	    {"{\"project\":{\"name\":\"Shop\",\"id\":\"5d\"},"
	     "\"transition\":\"open\"}",
		"Shop.open"},
	    {"{\"project\":{\"name\":null,\"id\":\"5d\"},"
	     "\"transition\":\"open\"}",
		"5d.open"},
	    {"{\"project\":{\"name\":\"\",\"id\":null}}", "-.-"},
	    {"{\"project\":{\"name\":\"a.b > *\"},\"transition\":\"x y\"}",
		"a_b____.x_y"},
	    {"{\"project\":{\"name\":\"\\u00dcb\\r\\n+\"},"
	     "\"transition\":3}",
		"_b___.-"},
	    /* The first and last safe characters, and their neighbours */
	    {"{\"project\":{\"name\":\"/09:@AZ[`az{-_\"}}", "_09__AZ__az_-_.-"},
	    {"{\"project\":{\"name\":\"0123456789012345678901234567890123456789"
	     "012345678901234567890123456789\"}}",
		"0123456789012345678901234567890123456789012345678901234567890"
		"123.-"},
	};
	char subject[SUBJECT_SIZE];
	struct record_view v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_view(&v, rows[i].alert);
		subject_make("{project}.{event}", &v, subject);
		assert_string_equal(subject, rows[i].subject);
		record_view_free(&v);
	}
}

/* Alerts of two sources never have the same subject. */
static void
alert_token(void **state)
{
	char subject[SUBJECT_SIZE];
	struct record_view v;

	(void)state;
	make_view(&v, "{\"id\":\"whatever\"}");
	subject_make("a.{alert}.{source}", &v, subject);
	assert_string_equal(subject, "a.5d1b6f8e8c2e4e2d3c4a5b6c.default");
	strcpy(v.entry.name,
	    "20240115T103000Z.5d1b6f8e8c2e4e2d3c4a5b6c+b.open."
	    "00112233445566778899aabbccddeeff");
	assert_true(name_parse(v.entry.name, &v.name));
	subject_make("a.{alert}", &v, subject);
	assert_string_equal(subject, "a.5d1b6f8e8c2e4e2d3c4a5b6c+b");
	record_view_free(&v);
}

static const char *
header(const struct message *m, const char *name)
{
	for (const struct nats_client_header *h = m->headers; h->name != NULL;
	    h++)
		if (strcmp(h->name, name) == 0)
			return h->value;
	return NULL;
}

static void
messages(void **state)
{
	struct error error = ERROR_INIT;
	struct message m;
	struct record_view v;

	(void)state;
	make_view(&v,
	    "{\"event_type\":\"A\\r\\nNats-Rollup: all\",\"state\":\"open\","
	    "\"severity\":null,\"value\":95.2}");
	assert_int_equal(message_make(&m, &v, 0, "x", "S", &error), 0);
	assert_string_equal(m.subject, "x");
	assert_string_equal(header(&m, "Nats-Msg-Id"), NAME);
	assert_string_equal(header(&m, "Nats-Expected-Stream"), "S");
	assert_string_equal(header(&m, "Alertspool-Id"), NAME);
	assert_string_equal(header(&m, "Alertspool-Record-Version"), "1");
	assert_string_equal(header(&m, "Alertspool-State"), "open");
	assert_string_equal(header(&m, "Alertspool-Event-Type"),
	    "A__Nats-Rollup: all");
	assert_null(header(&m, "Alertspool-Severity"));
	assert_string_equal(m.body.data,
	    "{\"record_version\":1,\"id\":\"" NAME "\",\"source\":\"default\","
	    "\"delivery\":{\"signature_verdict\":\"valid\"},"
	    "\"alert\":{\"event_type\":\"A\\r\\nNats-Rollup: all\","
	    "\"state\":\"open\",\"severity\":null,\"value\":95.2}}\n");
	message_free(&m);
	assert_int_equal(message_make(&m, &v, 12, "x", "S", &error), 0);
	assert_string_equal(header(&m, "Nats-Msg-Id"), NAME "+12");
	assert_string_equal(header(&m, "Alertspool-Id"), NAME);
	message_free(&m);
	record_view_free(&v);
}

/* The value of a header for any text. */
static void
header_values(void **state)
{
	static const struct {
		const char *alert, *value; /* NULL: no such header */
	} rows[] = {
	    {"{\"severity\":\"\"}", NULL},
	    {"{\"severity\":\" ~\\u001f\\u007f\\u00fcx\"}", " ~___x"},
	    {"{\"severity\":\"" SIXTY_FOUR SIXTY_FOUR "0\"}",
		SIXTY_FOUR SIXTY_FOUR},
	};
	struct error error = ERROR_INIT;
	struct message m;
	struct record_view v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_view(&v, rows[i].alert);
		assert_int_equal(message_make(&m, &v, 0, "x", "S", &error), 0);
		if (rows[i].value == NULL)
			assert_null(header(&m, "Alertspool-Severity"));
		else
			assert_string_equal(header(&m, "Alertspool-Severity"),
			    rows[i].value);
		message_free(&m);
		record_view_free(&v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(templates),
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(tokens),
	    cmocka_unit_test(alert_token),
	    cmocka_unit_test(messages),
	    cmocka_unit_test(header_values),
	};

	return cmocka_run_group_tests_name("subject", tests, NULL, NULL);
}
