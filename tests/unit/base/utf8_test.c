/* SPDX-License-Identifier: ISC */
/* utf8: every sequence compared with the definition in RFC 3629. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The length of the first character by the definition in RFC 3629 section 3: decodes the
 * bits, then checks whether the number may be encoded so. */
static size_t
plain_decode(const unsigned char *p, size_t n, uint32_t *codepoint)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = 0;

	if (p[0] < 0x80)
		len = 1;
	else if (p[0] >> 5 == 6)
		len = 2;
	else if (p[0] >> 4 == 14)
		len = 3;
	else if (p[0] >> 3 == 30)
		len = 4;
	if (len == 0 || len > n)
		return 0;
	*codepoint = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		*codepoint = *codepoint * 64 + p[i] % 64;
	}
	if (*codepoint < least[len] || *codepoint > 0x10ffff ||
	    (*codepoint >= 0xd800 && *codepoint <= 0xdfff))
		return 0;
	return len;
}

static size_t
plain_bad(const unsigned char *p, size_t n)
{
	uint32_t codepoint;
	size_t i = 0, len;

	while (i < n && (len = plain_decode(p + i, n - i, &codepoint)) > 0)
		i += len;
	return i;
}

static void
assert_judged(const unsigned char *p, size_t n)
{
	const size_t expected = plain_bad(p, n);
	unsigned int codepoint = 0;
	uint32_t plain = 0;
	size_t bad = n;

	if (utf8_valid(p, n, &bad) != (expected == n) || bad != expected ||
	    utf8_next((const char *)p, n, &codepoint) !=
		plain_decode(p, n, &plain) ||
	    (expected > 0 && codepoint != plain))
		fail_msg("%02x %02x %02x %02x, %zu bytes", p[0], p[1], p[2],
		    p[3], n);
}

/* All first two bytes, with every kind of byte after them, cut at each place. */
static void
test_utf8_sequences(void **state)
{
	static const unsigned char tails[] = {0x00, 0x41, 0x7f, 0x80, 0x8f,
	    0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xf0, 0xff};
	unsigned char p[4];

	(void)state;
	for (unsigned int i = 0; i < 0x10000; i++) {
		p[0] = (unsigned char)(i >> 8);
		p[1] = (unsigned char)i;
		for (size_t j = 0; j < COUNT(tails) * COUNT(tails); j++) {
			p[2] = tails[j / COUNT(tails)];
			p[3] = tails[j % COUNT(tails)];
			for (size_t n = 1; n <= sizeof(p); n++)
				assert_judged(p, n);
		}
	}
}

static void
test_utf8_codepoints(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (unsigned int c = 0; c <= 0x10ffff; c++) {
		unsigned int back = ~c;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_reset(&b);
		utf8_add(&b, c);
		assert_int_equal(utf8_next(b.data, b.len, &back), b.len);
		assert_int_equal(back, c);
		assert_int_equal(utf8_next(b.data, b.len - 1, &back), 0);
	}
	buf_free(&b);
}

/* A bad byte at every place in texts of every length around the word size. */
static void
test_utf8_offsets(void **state)
{
	char text[40];
	size_t bad;

	(void)state;
	for (size_t n = 0; n <= sizeof(text); n++) {
		memset(text, 'a', sizeof(text));
		assert_true(utf8_valid(text, n, &bad));
		for (size_t i = 0; i < n; i++) {
			memset(text, 'a', sizeof(text));
			text[i] = (char)0x80;
			assert_false(utf8_valid(text, n, &bad));
			assert_int_equal(bad, i);
			assert_false(utf8_valid(text, n, NULL));
			memcpy(text + i, "\303\251", i + 1 < n ? 2 : 1);
			assert_int_equal(utf8_valid(text, n, &bad), i + 1 < n);
		}
	}
	assert_int_equal(utf8_next("", 0, &(unsigned int){0}), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8_sequences),
	    cmocka_unit_test(test_utf8_codepoints),
	    cmocka_unit_test(test_utf8_offsets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
