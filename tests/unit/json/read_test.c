/* SPDX-License-Identifier: ISC */
/* Bodies that are repaired, and bodies that are refused with line and column. */
#include "config.h"

#include "lib/json/read.h"
#include "tests/unit/alert/alert_check.h"

static const struct {
	const char *body;
	const char *value; /* of "a", as JSON */
	uint32_t warnings;
} repairs[] = {
    {"{\"a\":\"x\ny\"}", "\"x\\ny\"", BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    {"{\"a\":\"\t\r\x01\x1F\"}", "\"\\t\\r\\u0001\\u001F\"",
	BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    {"{\n\"a\":\t\"\\\"\n\\\\\",\r\n\"b\\n\":\"\"}", "\"\\\"\\n\\\\\"",
	BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    {"{\"a\":1,\"b\nc\":2}", "1", BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    {"{\"a\":1e400}", "null", BIT(WARN_NUMBER_OUT_OF_RANGE)},
    {"{\"a\":-1.5E+999}", "null", BIT(WARN_NUMBER_OUT_OF_RANGE)},
    {"{\"a\":9223372036854775808}", "9.2233720368547758e18",
	BIT(WARN_NUMBER_ROUNDED)},
    {"{\"a\":-9223372036854775809}", "-9.2233720368547758e18",
	BIT(WARN_NUMBER_ROUNDED)},
    {"{\"a\":[123456789012345678901234567890,1e999,2]}",
	"[1.2345678901234568e29,null,2]",
	BIT(WARN_NUMBER_ROUNDED) | BIT(WARN_NUMBER_OUT_OF_RANGE)},
    {"\xEF\xBB\xBF{\"a\":true}", "true", BIT(WARN_BOM_DROPPED)},
    {"\xEF\xBB\xBF \r\n{\"a\":\"\n\"}\r\n", "\"\\n\"",
	BIT(WARN_BOM_DROPPED) | BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    {"{\"a\":1,\"a\":2}", "2", BIT(WARN_DUPLICATE_KEY)},
    {"{\"a\":{\"b\":1,\"b\":null}}", "{\"b\":null}", BIT(WARN_DUPLICATE_KEY)},
    {"{\"a\":1,\"\\u0061\":\"\n\"}", "\"\\n\"",
	BIT(WARN_DUPLICATE_KEY) | BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
    /* Strict JSON, however odd. */
    {"{\"a\":\"\\u0000\"}", "\"\\u0000\"", 0},
    {"{\"a\":9223372036854775807}", "9223372036854775807", 0},
    {"{\"a\":-9223372036854775808}", "-9223372036854775808", 0},
    {"{\"a\":1.7976931348623157e308}", "1.7976931348623157e308", 0},
    {"{\"a\":\"\\ud83d\\ude00\"}", "\"\xF0\x9F\x98\x80\"", 0},
    {"{\"a\":\"\x7F\xC2\x80\"}", "\"\x7F\xC2\x80\"", 0},
    /* Next to a repair, everything that is strict JSON is still read. */
    {"{\"a\":[true,false,null,-0.5e-3,\"\\u0000\\ud83d\\ude00\\b\",{},[],0],"
     "\"b\":\"\n\"}",
	"[true,false,null,-0.5e-3,\"\\u0000\\ud83d\\ude00\\b\",{},[],0]",
	BIT(WARN_CONTROL_CHARACTER_ESCAPED)},
};

static void
repaired_bodies(void **state)
{
	struct alert a;
	json_t *want;

	(void)state;
	for (size_t i = 0; i < LENGTH(repairs); i++) {
		parse(&a, repairs[i].body, NULL);
		expect_warnings(&a, BARE | repairs[i].warnings,
		    repairs[i].body);
		want = json_loads(repairs[i].value,
		    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(want);
		if (!json_equal(want, json_object_get(a.extra, "a")))
			fail_msg("%s", repairs[i].body);
		json_decref(want);
		alert_free(&a);
	}
}

static void
a_raw_nul_is_a_control_character(void **state)
{
	static const char body[] = "{\"a\":\"x\0y\"}";
	struct alert a;
	const json_t *value;

	(void)state;
	parse_bytes(&a, body, sizeof(body) - 1, NULL);
	assert_int_equal(a.error.code, ALERT_OK);
	expect_warnings(&a, BARE | BIT(WARN_CONTROL_CHARACTER_ESCAPED), "NUL");
	value = json_object_get(a.extra, "a");
	assert_int_equal(json_string_length(value), 3);
	assert_memory_equal(json_string_value(value), "x\0y", 3);
	alert_free(&a);
}

#define BODY(text) text, sizeof(text) - 1

static const struct {
	const char *body;
	size_t len;
	enum alert_error_code code;
	int line, column;
} refused[] = {
    {BODY(""), ALERT_EMPTY, 1, 1},
    {BODY(" \t\r\n"), ALERT_EMPTY, 1, 1},
    {BODY("\xEF\xBB\xBF\n"), ALERT_EMPTY, 1, 1},
    {BODY("[{}]"), ALERT_NOT_AN_OBJECT, 1, 1},
    {BODY("\n [ 1, 2 ]\n"), ALERT_NOT_AN_OBJECT, 2, 2},
    {BODY("\"text\""), ALERT_NOT_AN_OBJECT, 1, 1},
    {BODY("  null"), ALERT_NOT_AN_OBJECT, 1, 3},
    {BODY("true"), ALERT_NOT_AN_OBJECT, 1, 1},
    {BODY("-12.5e3\n"), ALERT_NOT_AN_OBJECT, 1, 1},
    {BODY("\xEF\xBB\xBF[]"), ALERT_NOT_AN_OBJECT, 1, 2},
    {BODY("{\"a\":\"\xFF\"}"), ALERT_NOT_UTF8, 1, 7},
    {BODY("{\"\xC3\xA9\":\n\"\xE2\x82\xAC\xC3\"}"), ALERT_NOT_UTF8, 2, 3},
    {BODY("{\"a\":\"\xED\xA0\x80\"}"), ALERT_NOT_UTF8, 1, 7},
    {BODY("{\"a\":\"\xC0\x80\"}"), ALERT_NOT_UTF8, 1, 7},
    {BODY("\xFF\xFE{\0}\0"), ALERT_NOT_UTF8, 1, 1},
    {BODY("{"), ALERT_NOT_JSON, 1, 2},
    {BODY("}"), ALERT_NOT_JSON, 1, 1},
    {BODY("{\"a\":1"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":1,\n"), ALERT_NOT_JSON, 2, 1},
    {BODY("{\"a\":1,}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{,}"), ALERT_NOT_JSON, 1, 2},
    {BODY("{a:1}"), ALERT_NOT_JSON, 1, 2},
    {BODY("{'a':1}"), ALERT_NOT_JSON, 1, 2},
    {BODY("{\"a\" 1}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":1 \"b\":2}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":[1,]}"), ALERT_NOT_JSON, 1, 9},
    {BODY("{\"a\":[1 2]}"), ALERT_NOT_JSON, 1, 9},
    {BODY("{\"a\":[ ... ]}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":[1}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":{]}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{} {}"), ALERT_NOT_JSON, 1, 4},
    {BODY("{}\0"), ALERT_NOT_JSON, 1, 3},
    {BODY("{\"a\":1\0}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":1.5\0}"), ALERT_NOT_JSON, 1, 9},
    {BODY("[]]"), ALERT_NOT_JSON, 1, 3},
    {BODY("{\"a\":\"x"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":\"x\n\n\""), ALERT_NOT_JSON, 3, 2},
    {BODY("{\"\xE2\x82\xAC\":\"\xF0\x9F\x98\x80\" x}"), ALERT_NOT_JSON, 1, 10},
    {BODY("{\"a\":\"\\x\"}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":\"\\u12G4\"}"), ALERT_NOT_JSON, 1, 11},
    {BODY("{\"a\":\"\\"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":\"x\\ud800\"}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":\"\\ud800\\u0041\"}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":\"\\ud800\\ud800\"}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":\"\\udc00\"}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\\u0000\":1}"), ALERT_NOT_JSON, 1, 4},
    {BODY("{\"a\0\":1}"), ALERT_NOT_JSON, 1, 4},
    {BODY("{\"a\":tru}"), ALERT_NOT_JSON, 1, 9},
    {BODY("{\"a\":nulL}"), ALERT_NOT_JSON, 1, 9},
    {BODY("{\"a\":True}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":NaN}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":-Infinity}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":01}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\"a\":+1}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":.5}"), ALERT_NOT_JSON, 1, 6},
    {BODY("{\"a\":1.}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":1e}"), ALERT_NOT_JSON, 1, 8},
    {BODY("{\"a\":1e+}"), ALERT_NOT_JSON, 1, 9},
    {BODY("{\"a\":0x10}"), ALERT_NOT_JSON, 1, 7},
    {BODY("{\f}"), ALERT_NOT_JSON, 1, 2},
    {BODY("{\xC2\xA0}"), ALERT_NOT_JSON, 1, 2},
    {BODY("{} // c"), ALERT_NOT_JSON, 1, 4},
    {BODY("<html>"), ALERT_NOT_JSON, 1, 1},
    {BODY("payload=%7B%7D"), ALERT_NOT_JSON, 1, 1},
    {BODY("{}\xEF\xBB\xBF"), ALERT_NOT_JSON, 1, 3},
};

static void
what_is_no_object_and_where(void **state)
{
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(refused); i++) {
		parse_bytes(&a, refused[i].body, refused[i].len, "alert.open");
		if (a.error.code != refused[i].code ||
		    a.error.line != refused[i].line ||
		    a.error.column != refused[i].column)
			fail_msg("%s: %s %d:%d", refused[i].body,
			    alert_error_word(a.error.code), a.error.line,
			    a.error.column);
		assert_string_not_equal(a.error.message, "");
		assert_null(a.root);
		assert_null(a.extra);
		assert_int_equal(a.warnings, 0);
		assert_int_equal(a.transition, TRANSITION_UNKNOWN);
		assert_false(a.has_time);
		alert_free(&a);
	}
}

/* {"a":[[…]]} with this many levels; the innermost is an empty list or a number. */
static void
make_deep(struct buf *b, int levels, bool number)
{
	buf_adds(b, "{\"a\":");
	for (int i = 1; i < levels - number; i++)
		buf_addc(b, '[');
	if (number)
		buf_addc(b, '7');
	for (int i = 1; i < levels - number; i++)
		buf_addc(b, ']');
	buf_addc(b, '}');
}

static void
nesting(void **state)
{
	static const struct {
		int levels;
		bool number;
		enum alert_error_code code;
	} cases[] = {
	    {2046, false, ALERT_OK},
	    {2047, false, ALERT_OK},
	    {2047, true, ALERT_OK},
	    {2048, false, ALERT_TOO_DEEP},
	    {2048, true, ALERT_TOO_DEEP},
	    {2049, false, ALERT_TOO_DEEP},
	    {100000, false, ALERT_TOO_DEEP},
	};
	struct buf body = BUF_INIT;
	struct alert a;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		make_deep(&body, cases[i].levels, cases[i].number);
		parse_bytes(&a, body.data, body.len, NULL);
		assert_int_equal(a.error.code, cases[i].code);
		if (a.error.code == ALERT_TOO_DEEP)
			assert_int_equal(a.error.column, 5 + 2048 - 1);
		alert_free(&a);
		buf_reset(&body);
	}
	for (int i = 0; i < 100000; i++)
		buf_addc(&body, '[');
	parse_bytes(&a, body.data, body.len, NULL);
	assert_int_equal(a.error.code, ALERT_TOO_DEEP);
	assert_int_equal(a.error.column, 2048);
	alert_free(&a);
	buf_free(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(repaired_bodies),
	    cmocka_unit_test(a_raw_nul_is_a_control_character),
	    cmocka_unit_test(what_is_no_object_and_where),
	    cmocka_unit_test(nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
