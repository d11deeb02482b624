/* SPDX-License-Identifier: ISC */
/* jsonw: exact texts, which Jansson reads back. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/json/write.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void
test_string(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *json;
	} cases[] = {
	    {"", 0, "\"\""},
	    {"plain", 5, "\"plain\""},
	    {"a\"b", 3, "\"a\\\"b\""},
	    {"\"", 1, "\"\\\"\""},
	    {"a\\", 2, "\"a\\\\\""},
	    {"a/b", 3, "\"a/b\""},
	    {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
	    {"\0", 1, "\"\\u0000\""},
	    {"a\0b", 3, "\"a\\u0000b\""},
	    {"\x1f\x01\x0b", 3, "\"\\u001F\\u0001\\u000B\""},
	    {"\x7f", 1, "\"\x7f\""},
	    {"\303\251\342\202\254", 5, "\"\303\251\342\202\254\""},
	    {"plain", 2, "\"pl\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = BUF_INIT;

		json_write_string(&b, cases[i].text, cases[i].n);
		assert_string_equal(b.data, cases[i].json);
		buf_free(&b);
	}
}

/* Every byte below DEL, alone and between others. */
static void
test_string_is_read_back(void **state)
{
	(void)state;
	for (int c = 0; c < 128; c++) {
		const char text[] = {'a', (char)c, (char)c, 'z'};
		struct buf b = BUF_INIT;
		json_t *value;

		json_write_string(&b, text, sizeof(text));
		value = json_loadb(b.data, b.len,
		    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(value);
		assert_int_equal(json_string_length(value), sizeof(text));
		assert_memory_equal(json_string_value(value), text,
		    sizeof(text));
		json_decref(value);
		buf_free(&b);
	}
}

/* Pairs of escaped characters and their neighbours, at every place in texts of every
 * short length, because the writer looks at eight bytes together. The length shows that
 * nothing else is escaped. */
static void
test_string_at_every_place(void **state)
{
	static const char odd[] = {'\0', '\x1f', ' ', '!', '"', '#', '[', '\\',
	    ']', '\x7f'};
	char text[24];

	(void)state;
	for (size_t n = 2; n <= sizeof(text); n++)
		for (size_t i = 0; i < (n - 1) * sizeof(odd); i++) {
			struct buf b = BUF_INIT, alone = BUF_INIT;
			size_t at = i / sizeof(odd);
			char first = odd[i % sizeof(odd)];
			char second = odd[(i + at) % sizeof(odd)];
			json_t *value;

			memset(text, 'a', sizeof(text));
			text[at] = first;
			text[at + 1] = second;
			json_write_string(&alone, &first, 1);
			json_write_string(&alone, &second, 1);
			json_write_string(&b, text, n);
			value = json_loadb(b.data, b.len,
			    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
			assert_non_null(value);
			assert_int_equal(json_string_length(value), n);
			assert_memory_equal(json_string_value(value), text, n);
			assert_int_equal(b.len, n - 2 + alone.len - 4 + 2);
			json_decref(value);
			buf_free(&alone);
			buf_free(&b);
		}
}

static void
test_text(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	json_write_text(&b, NULL);
	json_write_text(&b, "");
	json_write_text(&b, "a\n");
	assert_string_equal(b.data, "null\"\"\"a\\n\"");
	buf_free(&b);
}

static void
test_real(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
	    {0.0, "0.0"},
	    {-0.0, "-0.0"},
	    {5.0, "5.0"},
	    {-100.0, "-100.0"},
	    {95.2, "95.2"},
	    {0.1, "0.1"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {1.0 / 3.0, "0.3333333333333333"},
	    {100000000000000.0, "100000000000000.0"},
	    {1e15, "1e+15"},
	    {1e300, "1e+300"},
	    {1e-7, "1e-07"},
	    {1e-4, "0.0001"},
	    {9.9e-5, "9.9e-05"},
	    {0.29, "0.29"},
	    {-1234.5678, "-1234.5678"},
	    {0.123456789012345, "0.123456789012345"},
	    {99999999999999.9, "99999999999999.9"},
	    {999999999999999.0, "999999999999999.0"},
	    {9007199254740993.0, "9007199254740992.0"},
	    {DBL_MAX, "1.7976931348623157e+308"},
	    {-DBL_MAX, "-1.7976931348623157e+308"},
	    {DBL_MIN, "2.2250738585072014e-308"},
	    {4.9406564584124654e-324, "4.94065645841247e-324"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf b = BUF_INIT;

		json_write_real(&b, cases[i].value);
		assert_string_equal(b.data, cases[i].text);
		assert_true(b.len < JSON_WRITE_REAL_SIZE);
		buf_free(&b);
	}
}

/* Doubles of every exponent, from a fixed generator: reading gives the same bits, as a
 * real. */
static void
test_real_is_read_back(void **state)
{
	uint64_t bits = 0x9e3779b97f4a7c15;
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double value, back;
		json_t *json;

		bits = bits * 6364136223846793005u + 1442695040888963407u;
		memcpy(&value, &bits, sizeof(value));
		if (!isfinite(value))
			continue;
		buf_reset(&b);
		json_write_real(&b, value);
		json = json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
		assert_true(json_is_real(json));
		back = json_real_value(json);
		assert_memory_equal(&back, &value, sizeof(value));
		json_decref(json);
	}
	buf_free(&b);
}

/* Decimals of up to 15 digits, most of which are written without printf, look the same as
 * with it. */
static void
test_real_is_as_printf_has_it(void **state)
{
	uint64_t bits = 0x9e3779b97f4a7c15;
	struct buf b = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		double value;
		char want[JSON_WRITE_REAL_SIZE + 2];

		bits = bits * 6364136223846793005u + 1442695040888963407u;
		snprintf(want, sizeof(want), "%s%lld.%0*llue%d",
		    i % 2 == 0 ? "-" : "", (long long)(bits >> 20) % 1000,
		    i % 12 + 1, (unsigned long long)(bits >> 32) % 10,
		    i % 37 - 18);
		value = strtod(want, NULL);
		snprintf(want, sizeof(want), "%.15g", value);
		if (strpbrk(want, ".e") == NULL)
			strcat(want, ".0");
		buf_reset(&b);
		json_write_real(&b, value);
		assert_string_equal(b.data, want);
	}
	buf_free(&b);
}

static void
test_value(void **state)
{
	static const char *const cases[] = {
	    "null",
	    "true",
	    "false",
	    "0",
	    "-9223372036854775808",
	    "9223372036854775807",
	    "1.5",
	    "\"a\\u0000b\"",
	    "[]",
	    "{}",
	    "[[],{},[{}]]",
	    "[1,2.0,\"x\",null,true]",
	    "{\"z\":1,\"a\":{\"b\":[],\"{\":\"{\"},\"\":null,\"a\\\"b\":3}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_t *value = json_loads(cases[i],
		    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		struct buf b = BUF_INIT;

		assert_non_null(value);
		json_write_value(&b, value);
		assert_string_equal(b.data, cases[i]);
		json_decref(value);
		buf_free(&b);
	}
}

static void
test_value_null(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	json_write_value(&b, NULL);
	assert_string_equal(b.data, "null");
	buf_free(&b);
}

/* As deep as Jansson reads. */
static void
test_value_deep(void **state)
{
	const size_t depth = 2048;
	struct buf text = BUF_INIT, b = BUF_INIT;
	json_t *value;

	(void)state;
	for (size_t i = 0; i < depth; i++)
		buf_addc(&text, '[');
	for (size_t i = 0; i < depth; i++)
		buf_addc(&text, ']');
	value = json_loadb(text.data, text.len, 0, NULL);
	assert_non_null(value);
	json_write_value(&b, value);
	assert_string_equal(b.data, text.data);
	json_decref(value);
	buf_free(&b);
	buf_free(&text);
}

static void
test_key(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_addc(&b, '{');
	json_write_key(&b, "a");
	json_write_text(&b, "{");
	json_write_key(&b, "b");
	buf_addc(&b, '{');
	json_write_key(&b, "c");
	json_write_real(&b, 1);
	buf_adds(&b, "}}");
	assert_string_equal(b.data, "{\"a\":\"{\",\"b\":{\"c\":1.0}}");
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_string),
	    cmocka_unit_test(test_string_is_read_back),
	    cmocka_unit_test(test_string_at_every_place),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_real),
	    cmocka_unit_test(test_real_is_read_back),
	    cmocka_unit_test(test_real_is_as_printf_has_it),
	    cmocka_unit_test(test_value),
	    cmocka_unit_test(test_value_null),
	    cmocka_unit_test(test_value_deep),
	    cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
