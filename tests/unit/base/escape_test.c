/* SPDX-License-Identifier: ISC */
/* escape: no control sequence reaches a log or a terminal. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/escape.h"
#include "lib/base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct escape_case {
	const char *bytes;
	size_t n;
	const char *text;
};

static void
assert_escaped(void (*escape)(struct buf *, const void *, size_t),
    const struct escape_case *cases, size_t n)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		buf_adds(&b, ">");
		escape(&b, cases[i].bytes, cases[i].n);
		assert_string_equal(b.data + 1, cases[i].text);
	}
	buf_free(&b);
}

static void
test_escape_log(void **state)
{
	static const struct escape_case cases[] = {
	    {"", 0, ""},
	    {"plain ~text=1", 13, "plain ~text=1"},
	    {"a\"b\\c", 5, "a\\\"b\\\\c"},
	    {"\"", 1, "\\\""},
	    {"a\nb", 3, "a\\x0ab"},
	    {"\0\x1b\x7f\t", 4, "\\x00\\x1b\\x7f\\x09"},
	    {"\303\251", 2, "\\xc3\\xa9"},
	    {"\n", 1, "\\x0a"},
	    {"ab\377", 3, "ab\\xff"},
	};

	(void)state;
	assert_escaped(escape_log, cases, COUNT(cases));
}

static void
test_escape_terminal(void **state)
{
	static const struct escape_case cases[] = {
	    {"", 0, ""}, {"a\"b\\c", 5, "a\"b\\c"},
	    {"a\nb\tc", 5, "a\\u{0a}b\\u{09}c"},
	    {"\0\x1b[31m\x7f", 7, "\\u{00}\\u{1b}[31m\\u{7f}"},
	    {"\303\251\342\202\254", 5, "\303\251\342\202\254"},
	    {"\360\237\224\245", 4, "\360\237\224\245"},
	    {"\357\270\217", 3, "\\u{fe0f}"},	    /* variation selector */
	    {"a\343\205\244b", 5, "a\\u{3164}b"},   /* Hangul filler */
	    {"\302\233", 2, "\\u{9b}"},		    /* CSI as C1 */
	    {"\302\240", 2, "\302\240"},	    /* no-break space */
	    {"\342\200\256", 3, "\\u{202e}"},	    /* override */
	    {"\357\273\277", 3, "\\u{feff}"},	    /* BOM */
	    {"\363\240\201\201", 4, "\\u{e0041}"},  /* tag */
	    {"\357\277\276", 3, "\\u{fffe}"},	    /* noncharacter */
	    {"\364\217\277\277", 4, "\\u{10ffff}"}, /* the last one */
	    {"\357\277\275", 3, "\357\277\275"},    /* U+FFFD */
	    {"\200a\303", 3, "\\x80a\\xc3"},	    /* not UTF-8 */
	    {"\355\240\200", 3, "\\xed\\xa0\\x80"}, /* surrogate */
	    {"\342\202", 2, "\\xe2\\x82"},	    /* cut */
	};

	(void)state;
	assert_escaped(escape_terminal, cases, COUNT(cases));
}

/* The ranges that the header promises, one codepoint at a time. */
static void
test_escape_terminal_ranges(void **state)
{
	static const struct {
		unsigned int low, high;
	} hidden[] = {
	    {0, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x34f, 0x34f},
	    {0x61c, 0x61c},
	    {0x115f, 0x1160},
	    {0x17b4, 0x17b5},
	    {0x180b, 0x180f},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0x3164, 0x3164},
	    {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0},
	    {0xfff0, 0xfffb},
	    {0x1bca0, 0x1bca3},
	    {0x1d173, 0x1d17a},
	    {0xe0000, 0xe0fff},
	    {0xe000, 0xf8ff},
	    {0xf0000, 0x10ffff},
	    {0xfdd0, 0xfdef},
	};
	struct buf b = BUF_INIT, escaped = BUF_INIT;

	(void)state;
	for (unsigned int c = 0; c <= 0x10ffff; c++) {
		bool hide = c % 0x10000 >= 0xfffe;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		for (size_t i = 0; i < COUNT(hidden); i++)
			hide |= c >= hidden[i].low && c <= hidden[i].high;
		buf_reset(&b);
		buf_reset(&escaped);
		utf8_add(&b, c);
		escape_terminal(&escaped, b.data, b.len);
		if (hide)
			assert_memory_equal(escaped.data, "\\u{", 3);
		else
			assert_string_equal(escaped.data, b.data);
	}
	buf_free(&escaped);
	buf_free(&b);
}

static void
test_escape_page(void **state)
{
	static const struct escape_case cases[] = {
	    {"", 0, ""},
	    {"plain; text", 11, "plain; text"},
	    {"a<b>&\"'c", 8, "a&lt;b&gt;&amp;&quot;&#39;c"},
	    {"<", 1, "&lt;"},
	    {"&lt;", 4, "&amp;lt;"},
	    {"\0<\x1b", 3, "\\u{00}&lt;\\u{1b}"},
	    {"\303\251<\342\200\256>\377", 8, "\303\251&lt;\\u{202e}&gt;\\xff"},
	};

	(void)state;
	assert_escaped(escape_page, cases, COUNT(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escape_log),
	    cmocka_unit_test(test_escape_page),
	    cmocka_unit_test(test_escape_terminal),
	    cmocka_unit_test(test_escape_terminal_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
