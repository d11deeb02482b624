/* SPDX-License-Identifier: ISC */
/*
 * name: valid names of records, and above all invalid ones. The digests come from
 * sha256sum(1): the scheme of names must not change.
 */
#include "config.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/encode.h"
#include "lib/base/timestamp.h"
#include "lib/record/name.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define ID "5d1b6f8e8c2e4e2d3c4a5b6c"
#define HEX "0123456789abcdef0123456789abcdef"
#define HEX2 "0123456789abcdef0123456789abcdf0"
#define FOUR "aB0_"
#define SIXTEEN FOUR FOUR FOUR FOUR
#define LONGEST SIXTEEN SIXTEEN SIXTEEN SIXTEEN

#define NOON INT64_C(1705314600) /* 20240115T103000Z */

static const unsigned char digest[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd,
    0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

static void
test_words(void **state)
{
	static const char *const expected[] = {"open", "inform", "update",
	    "acknowledge", "unknown", "close", "cancel"};
	static const char *const none[] = {"", "ope", "opened", "Open",
	    "closed", "alert.open", "acknowledg", "open "};
	enum transition transition;

	(void)state;
	assert_int_equal(COUNT(expected), TRANSITIONS);
	for (size_t i = 0; i < COUNT(expected); i++) {
		const char *word = transition_word((enum transition)i);

		assert_string_equal(word, expected[i]);
		assert_true(transition_parse(word, strlen(word), &transition));
		assert_int_equal(transition, i);
	}
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(
		    transition_parse(none[i], strlen(none[i]), &transition));
	assert_true(transition_parse("opened", 4, &transition));
}

static void
test_digest(void **state)
{
	static const struct {
		const char *source;
		enum transition transition;
		const char *body;
		size_t len;
		const char *hex;
	} cases[] = {
	    {"default", TRANSITION_OPEN, "{\"id\":\"a\"}", 10,
		"31eaf50f67807184339c94a4c18adbab"
		"fa9a93f46694845ed6285436d976e95c"},
	    {"payments", TRANSITION_CLOSE, "", 0,
		"1bf4cc0c2a1b3d31804e4849b09ac7c7"
		"3c927072997fa8e5f3a8395cf740a54c"},
	    {"default", TRANSITION_ACKNOWLEDGE, "\0\377", 2,
		"d6e5b8686a903c76b129d07e5b948311"
		"25594eae5a769f70388aae6fadc77068"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned char bytes[DIGEST_SIZE];
		char hex[ENCODE_HEX_SIZE(DIGEST_SIZE)];

		name_digest(bytes, cases[i].source, cases[i].transition,
		    cases[i].body, cases[i].len);
		encode_hex(hex, bytes, sizeof(bytes));
		assert_string_equal(hex, cases[i].hex);
	}
}

static void
test_make(void **state)
{
	static const struct {
		const char *alert;
		size_t len;
		const char *name;
	} cases[] = {
	    {ID, sizeof(ID) - 1, "20240115T103000Z." ID ".open." HEX},
	    {NULL, 0, "20240115T103000Z.-.open." HEX},
	    {"", 0, "20240115T103000Z.-.open." HEX},
	    {"-", 1, "20240115T103000Z.-.open." HEX},
	    {"a", 1, "20240115T103000Z.a.open." HEX},
	    {"../../etc/passwd", 16,
		"20240115T103000Z.______etc_passwd.open." HEX},
	    {"a\0b\n\"'", 6, "20240115T103000Z.a_b___.open." HEX},
	    {"\303\251\377", 3, "20240115T103000Z.__.open." HEX},
	    {"\342\202\254.\360\237\230\200x", 9,
		"20240115T103000Z.___x.open." HEX},
	    {"\200\200", 2, "20240115T103000Z.-.open." HEX},
	    {LONGEST, 64, "20240115T103000Z." LONGEST ".open." HEX},
	    {LONGEST "x", 65, "20240115T103000Z." LONGEST ".open." HEX},
	};
	char name[NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		name_make(name,
		    &(struct name_parts){.has_time = true,
			.time = (time_t)NOON,
			.id = cases[i].alert,
			.id_len = cases[i].len,
			.source = i % 2 == 0 ? "default" : NULL,
			.transition = TRANSITION_OPEN,
			.digest = digest});
		assert_string_equal(name, cases[i].name);
		assert_true(name_parse(name, NULL));
		assert_string_equal(name_digits(name), HEX);
	}
}

/* The id is cut first, then the source is appended. */
static void
test_make_source(void **state)
{
	static const struct {
		const char *id, *source, *alert;
	} cases[] = {
	    {ID, "payments", ID "+payments"},
	    {ID, "default", ID},
	    {ID, "defaults", ID "+defaults"},
	    {ID, "defaul", ID "+defaul"},
	    {ID, "a", ID "+a"},
	    {ID, "0_-", ID "+0_-"},
	    {"a+payments", "default", "a_payments"},
	    {"a+payments", "b", "a_payments+b"},
	    {LONGEST "x", "payments", LONGEST "+payments"},
	    {NULL, "payments", "-"},
	    {"", "payments", "-"},
	    {"-", "payments", "-"},
	    {"--", "payments", "--+payments"},
	};
	char name[NAME_SIZE], want[2 * NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct name_view view;

		name_make(name,
		    &(struct name_parts){.id = cases[i].id,
			.id_len = cases[i].id == NULL ? 0 : strlen(cases[i].id),
			.source = cases[i].source,
			.transition = TRANSITION_OPEN,
			.digest = digest});
		snprintf(want, sizeof(want), "00000000T000000Z.%s.open." HEX,
		    cases[i].alert);
		assert_string_equal(name, want);
		assert_true(name_parse(name, &view));
		assert_int_equal(view.alert_len, strlen(cases[i].alert));
		assert_int_equal(view.id_len, strcspn(cases[i].alert, "+"));
	}
}

#define LONGEST_SOURCE "a123456789_123456789-123456789_1"

static void
test_make_longest(void **state)
{
	char name[NAME_SIZE];

	(void)state;
	name_make(name,
	    &(struct name_parts){.id = LONGEST LONGEST,
		.id_len = 128,
		.source = LONGEST_SOURCE,
		.transition = TRANSITION_ACKNOWLEDGE,
		.digest = digest});
	assert_string_equal(name,
	    "00000000T000000Z." LONGEST "+" LONGEST_SOURCE ".acknowledge." HEX);
	assert_int_equal(strlen(name), 159);
	assert_int_equal(strlen(name) + 1, NAME_SIZE);
	assert_true(name_parse(name, NULL));
}

static void
test_sources(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
	    {"a", true},
	    {"0", true},
	    {"a-_z09", true},
	    {LONGEST_SOURCE, true},
	    {LONGEST_SOURCE "0", false},
	    {"", false},
	    {"-a", false},
	    {"_a", false},
	    {"A", false},
	    {"aB", false},
	    {"a.b", false},
	    {"a+b", false},
	    {"a b", false},
	    {"\303\251", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(name_is_source(cases[i].text,
				     strlen(cases[i].text)),
		    cases[i].is);
	assert_false(name_is_source("a\0b", 3));
	assert_true(name_is_source("a.b", 1));
}

static void
test_parse(void **state)
{
	static const struct {
		const char *name;
		bool has_time;
		int64_t time;
		const char *alert;
		enum transition transition;
	} cases[] = {
	    {"20240115T103000Z." ID ".open." HEX, true, NOON, ID,
		TRANSITION_OPEN},
	    {"00000000T000000Z.-.unknown." HEX, false, 0, "-",
		TRANSITION_UNKNOWN},
	    {"19700101T000000Z.open.close." HEX, true, 0, "open",
		TRANSITION_CLOSE},
	    {"20240115T103000Z." ID "+b.open." HEX, true, NOON, ID "+b",
		TRANSITION_OPEN},
	    {"99991231T235959Z." LONGEST ".cancel." HEX, true,
		INT64_C(253402300799), LONGEST, TRANSITION_CANCEL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct name_view view;

		assert_true(name_parse(cases[i].name, &view));
		assert_int_equal(view.has_time, cases[i].has_time);
		assert_int_equal(view.time, cases[i].time);
		assert_int_equal(view.alert_len, strlen(cases[i].alert));
		assert_memory_equal(view.alert, cases[i].alert, view.alert_len);
		assert_int_equal(view.transition, cases[i].transition);
		assert_string_equal(view.digest, HEX);
	}
}

static void
test_parse_refuses(void **state)
{
	static const char *const cases[] = {
	    "",
	    ".",
	    "..",
	    "lock",
	    "....",
	    "20240115T103000Z",
	    "20240115T103000Z.",
	    "20240115T103000Z..open." HEX,
	    "20240115T103000Z.a.open.",
	    "20240115T103000Z.a.open",
	    "20240115T103000Z.a..open." HEX,
	    "20240115T103000Z.a.b.open." HEX,
	    "20240115T103000Z.a/b.open." HEX,
	    "20240115T103000Z.a b.open." HEX,
	    "20240115T103000Z.\303\251.open." HEX,
	    "20240115T103000Z." LONGEST "x.open." HEX,
	    "20240115T103000Z." LONGEST "x+b.open." HEX,
	    "20240115T103000Z.a+.open." HEX,
	    "20240115T103000Z.+b.open." HEX,
	    "20240115T103000Z.-+b.open." HEX,
	    "20240115T103000Z.a+default.open." HEX,
	    "20240115T103000Z.a+b+c.open." HEX,
	    "20240115T103000Z.a+B.open." HEX,
	    "20240115T103000Z.a+-b.open." HEX,
	    "20240115T103000Z.a+" LONGEST_SOURCE "0.open." HEX,
	    "20240115T103000Z+b.a.open." HEX,
	    "20240115T103000Z.a.open+b." HEX,
	    "20240115T103000Z.a.open." HEX "+b",
	    "20240115T103000Z.a.opened." HEX,
	    "20240115T103000Z.a.OPEN." HEX,
	    "20240115T103000Z.a.." HEX,
	    "20240115T103000Z.a.open." HEX "0",
	    "20240115T103000Z.a.open." HEX ".",
	    "20240115T103000Z.a.open." HEX "\n",
	    "20240115T103000Z.a.open." HEX ".tmp",
	    "20240115T103000Z.a.open.0123456789abcdef0123456789abcde",
	    "20240115T103000Z.a.open.0123456789ABCDEF0123456789abcdef",
	    "20240115T103000Z.a.open.0123456789abcdef0123456789abcdeg",
	    ".20240115T103000Z.a.open." HEX,
	    " 20240115T103000Z.a.open." HEX,
	    "2024-01-15T10:30:00Z.a.open." HEX,
	    "20240230T103000Z.a.open." HEX,
	    "20240115T240000Z.a.open." HEX,
	    "20240115T103060Z.a.open." HEX,
	    "00000101T000000Z.a.open." HEX,
	    "00000000T000001Z.a.open." HEX,
	    "00000000T000000z.a.open." HEX,
	    "new/20240115T103000Z.a.open." HEX,
	    "20240115T103000Z.a.open." HEX "/../../x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_false(name_parse(cases[i], NULL));
}

/* The form in section NAMES of alertspool-spool(5), as a regular expression. */
static bool
is_name(const regex_t *form, const char *text)
{
	char again[TIMESTAMP_COMPACT_SIZE];
	time_t t;

	if (regexec(form, text, 0, NULL, 0) != 0)
		return false;
	if (strncmp(text + 16, ".-+", 3) == 0 ||
	    strstr(text, "+default.") != NULL)
		return false;
	if (strncmp(text, "00000000T000000Z", 16) == 0)
		return true;
	if (timestamp_parse_compact(text, &t) == -1)
		return false;
	timestamp_compact(again, t);
	return memcmp(text, again, 16) == 0;
}

static void
assert_judged(const regex_t *form, const char *text)
{
	assert_int_equal(name_parse(text, NULL), is_name(form, text));
}

/* Every text that differs from the name in one byte, or has one byte less or more. */
static void
assert_neighbours_judged(const regex_t *form, const char *name)
{
	const int n = (int)strlen(name);
	char text[NAME_SIZE + 2];

	for (int i = 0; i <= n; i++) {
		const char *tail = name + i, *rest = tail + (i < n);

		snprintf(text, sizeof(text), "%.*s%s", i, name, rest);
		assert_judged(form, text);
		for (int c = 0; c < 256; c++) {
			snprintf(text, sizeof(text), "%.*s%c%s", i, name, c,
			    rest);
			assert_judged(form, text);
			snprintf(text, sizeof(text), "%.*s%c%s", i, name, c,
			    tail);
			assert_judged(form, text);
		}
	}
}

static void
test_parse_neighbours(void **state)
{
	static const char *const names[] = {
	    "20240229T235959Z." ID ".acknowledge." HEX,
	    "00000000T000000Z.-.close." HEX,
	    "20240115T103000Z." LONGEST ".open." HEX,
	    "20240115T103000Z.-a+defaults.open." HEX,
	    "20240115T103000Z." LONGEST "+" LONGEST_SOURCE ".acknowledge." HEX,
	};
	regex_t form;

	(void)state;
	assert_int_equal(regcomp(&form,
			     "^[0-9]{8}T[0-9]{6}Z\\.[A-Za-z0-9_-]{1,64}"
			     "(\\+[a-z0-9][a-z0-9_-]{0,31})?\\."
			     "(open|inform|update|acknowledge|unknown|close|"
			     "cancel)\\."
			     "[0-9a-f]{32}$",
			     REG_EXTENDED | REG_NOSUB),
	    0);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_true(is_name(&form, names[i]));
		assert_neighbours_judged(&form, names[i]);
	}
	regfree(&form);
}

static void
test_compare(void **state)
{
	static const char *const ascending[] = {
	    "00000000T000000Z.a.cancel." HEX,
	    "20240115T102959Z.z.cancel." HEX2,
	    "20240115T103000Z.z.open." HEX,
	    "20240115T103000Z.a.open." HEX2,
	    "20240115T103000Z.a.inform." HEX,
	    "20240115T103000Z.a.update." HEX,
	    "20240115T103000Z.a.acknowledge." HEX,
	    "20240115T103000Z.a.unknown." HEX,
	    "20240115T103000Z.a+b.close." HEX,
	    "20240115T103000Z.a.close." HEX,
	    "20240115T103000Z.b.close." HEX,
	    "20240115T103000Z.a.cancel." HEX,
	    "20240115T103001Z.a.open." HEX,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(ascending); i++) {
		for (size_t j = 0; j < COUNT(ascending); j++) {
			int order = name_compare(ascending[i], ascending[j]);

			assert_int_equal((order > 0) - (order < 0),
			    (i > j) - (i < j));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_digest),
	    cmocka_unit_test(test_make),
	    cmocka_unit_test(test_make_source),
	    cmocka_unit_test(test_make_longest),
	    cmocka_unit_test(test_sources),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_refuses),
	    cmocka_unit_test(test_parse_neighbours),
	    cmocka_unit_test(test_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
