/* SPDX-License-Identifier: ISC */
/* relay: complete, cut and hostile lines, in pieces of every size. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/output/line_relay.h"
#include "lib/base/buf.h"

struct rig {
	struct buf sink;
	char last[LINE_RELAY_LAST_SIZE];
	struct line_relay relay;
};

static void
rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	line_relay_init(&rig->relay, &rig->sink, "ID", rig->last);
}

/* Passes the bytes in pieces of this size, then the end. */
static void
feed(struct rig *rig, const char *bytes, size_t n, size_t piece)
{
	for (size_t i = 0; i < n; i += piece)
		line_relay_add(&rig->relay, bytes + i,
		    n - i < piece ? n - i : piece);
	line_relay_end(&rig->relay);
	assert_false(rig->sink.failed);
}

static void
assert_sink(const struct rig *rig, const char *text)
{
	assert_int_equal(rig->sink.len, strlen(text));
	assert_memory_equal(rig->sink.data, text, rig->sink.len);
}

static void
lines_get_a_prefix(void **state)
{
	static const struct {
		const char *in, *out, *last;
	} rows[] = {
	    {"one\n", "ID: one\n", "one"},
	    {"one\ntwo\n", "ID: one\nID: two\n", "two"},
	    {"no newline", "ID: no newline\n", "no newline"},
	    {"\n", "ID: \n", ""},
	    {"said\n \t \n", "ID: said\nID:  \\u{09} \n", "said"},
	    {"dos\r\n", "ID: dos\n", "dos"},
	    {"blanks behind  \n", "ID: blanks behind  \n", "blanks behind"},
	    {"\033[2Jclear\n", "ID: \\u{1b}[2Jclear\n", "\033[2Jclear"},
	    {"\xff\n", "ID: \\xff\n", "\xff"},
	    {"Gr\303\274\303\237e\n", "ID: Gr\303\274\303\237e\n",
		"Gr\303\274\303\237e"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t piece = 1; piece < 6; piece++) {
			struct rig rig;

			rig_init(&rig);
			feed(&rig, rows[i].in, strlen(rows[i].in), piece);
			assert_sink(&rig, rows[i].out);
			assert_string_equal(rig.last, rows[i].last);
			buf_free(&rig.sink);
		}
}

static void
nothing_is_nothing(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	line_relay_end(&rig.relay);
	assert_int_equal(rig.sink.len, 0);
	assert_string_equal(rig.last, "");
	buf_free(&rig.sink);
}

/* A line is passed on when it is complete, not when more arrives. */
static void
whole_lines_go_at_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig);
	line_relay_add(&rig.relay, "whole\nhalf", 10);
	assert_sink(&rig, "ID: whole\n");
	line_relay_add(&rig.relay, " full\n", 6);
	assert_sink(&rig, "ID: whole\nID: half full\n");
	buf_free(&rig.sink);
}

static void
long_lines_are_cut(void **state)
{
	static char in[2 * LINE_RELAY_LINE_MAX + 1];

	(void)state;
	for (size_t n = LINE_RELAY_LINE_MAX - 1; n < sizeof(in); n++) {
		size_t lines =
		    (n + LINE_RELAY_LINE_MAX - 1) / LINE_RELAY_LINE_MAX;
		struct rig rig;

		if (n > LINE_RELAY_LINE_MAX + 1 &&
		    n < 2 * LINE_RELAY_LINE_MAX - 1)
			continue;
		memset(in, 'x', n);
		rig_init(&rig);
		feed(&rig, in, n, 1000);
		assert_int_equal(rig.sink.len, n + lines * strlen("ID: \n"));
		assert_int_equal(strlen(rig.last),
		    n % LINE_RELAY_LINE_MAX == 1 ? 1
						 : LINE_RELAY_LAST_SIZE - 1);
		buf_free(&rig.sink);
	}
}

/* Exactly the limit and a newline is one line, not one and an empty one. */
static void
the_longest_line_is_one(void **state)
{
	static char in[LINE_RELAY_LINE_MAX + 1];
	struct rig rig;

	(void)state;
	memset(in, 'x', LINE_RELAY_LINE_MAX);
	in[LINE_RELAY_LINE_MAX] = '\n';
	rig_init(&rig);
	feed(&rig, in, sizeof(in), sizeof(in));
	assert_int_equal(rig.sink.len, LINE_RELAY_LINE_MAX + strlen("ID: \n"));
	buf_free(&rig.sink);
}

/* The cut may be inside a character of two, three or four bytes: the character stays
 * whole, so it is not escaped. */
static void
characters_are_not_torn(void **state)
{
	static const char *const characters[] = {"\303\274", "\342\202\254",
	    "\360\220\215\210"};

	(void)state;
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++)
		for (size_t before = LINE_RELAY_LINE_MAX - 4;
		    before <= LINE_RELAY_LINE_MAX; before++) {
			char in[LINE_RELAY_LINE_MAX + 8];
			size_t width = strlen(characters[i]);
			struct rig rig;

			memset(in, 'x', before);
			memcpy(in + before, characters[i], width);
			rig_init(&rig);
			feed(&rig, in, before + width, sizeof(in));
			assert_null(
			    memmem(rig.sink.data, rig.sink.len, "\\x", 2));
			assert_non_null(memmem(rig.sink.data, rig.sink.len,
			    characters[i], width));
			buf_free(&rig.sink);
		}
}

/* Endless bytes that look like half a character do not stop the output. */
static void
endless_halves_flow(void **state)
{
	static char in[3 * LINE_RELAY_LINE_MAX];
	struct rig rig;

	(void)state;
	memset(in, 0xf0, sizeof(in));
	rig_init(&rig);
	feed(&rig, in, sizeof(in), 17);
	assert_true(rig.sink.len > 4 * sizeof(in));
	buf_free(&rig.sink);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_get_a_prefix),
	    cmocka_unit_test(nothing_is_nothing),
	    cmocka_unit_test(whole_lines_go_at_once),
	    cmocka_unit_test(long_lines_are_cut),
	    cmocka_unit_test(the_longest_line_is_one),
	    cmocka_unit_test(characters_are_not_torn),
	    cmocka_unit_test(endless_halves_flow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
