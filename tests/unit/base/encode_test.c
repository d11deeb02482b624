/* SPDX-License-Identifier: ISC */
/*
 * encode: the vectors of the standards, then every near miss. What decodes must
 * be exactly what encoding gives, or one signature would have two spellings.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- hexadecimal --------------------------------------------------------- */

static void
test_decimal(void **state)
{
	static const struct {
		intmax_t number;
		const char *text;
	} cases[] = {
	    {0, "0"},
	    {7, "7"},
	    {-7, "-7"},
	    {10, "10"},
	    {1099, "1099"},
	    {INTMAX_MAX, "9223372036854775807"},
	    {INTMAX_MIN, "-9223372036854775808"},
	};
	char text[ENCODE_DECIMAL_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		memset(text, 'x', sizeof(text));
		assert_ptr_equal(encode_decimal(text, cases[i].number),
		    text + strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
}

static void
test_hex(void **state)
{
	unsigned char bytes[256], back[256];
	char text[ENCODE_HEX_SIZE(256)];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	encode_hex(text, bytes, sizeof(bytes));
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 506, "fdfeff");
	assert_int_equal(decode_hex(back, sizeof(back), text, 512), 256);
	assert_memory_equal(back, bytes, sizeof(bytes));
	encode_hex(text, NULL, 0);
	assert_string_equal(text, "");
}

static void
test_decode_hex(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		ssize_t result;
	} cases[] = {
	    {"", 0, 0},
	    {"00", 1, 1},
	    {"aBcDeF09", 4, 4},
	    {"aBcDeF09", 5, 4},
	    {"aBcDeF09", 3, -1},
	    {"a", 4, -1},
	    {"abc", 4, -1},
	    {"0x", 4, -1},
	    {"0x00", 4, -1},
	    {"ag", 4, -1},
	    {"ga", 4, -1},
	    {" ab ", 4, -1},
	    {"+a", 4, -1},
	    {"a\n", 4, -1},
	    {"/0", 4, -1},
	    {":0", 4, -1},
	    {"@0", 4, -1},
	    {"`0", 4, -1},
	    {"\377\377", 4, -1},
	};
	unsigned char out[8];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(decode_hex(out, cases[i].size, cases[i].text,
				     strlen(cases[i].text)),
		    cases[i].result);
	assert_int_equal(decode_hex(out, sizeof(out), "a\0b\0", 4), -1);
	assert_int_equal(decode_hex(out, sizeof(out), "fFFf", 4), 2);
	assert_memory_equal(out, "\377\377", 2);
}

/* ---- percent ------------------------------------------------------------- */

static void
test_decode_percent(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *bytes;
		ssize_t result;
	} cases[] = {
	    {"", 0, "", 0},
	    {"abc", 3, "abc", 3},
	    {"a+b", 8, "a+b", 3},
	    {"a%2Bb%2b", 8, "a+b+", 4},
	    {"%25", 8, "%", 1},
	    {"%2525", 8, "%25", 3},
	    {"%00%ff", 8, "\0\377", 2},
	    {"\303\251", 8, "\303\251", 2},
	    {"abc", 2, "", -1},
	    {"%41%42", 1, "", -1},
	    {"%", 8, "", -1},
	    {"a%", 8, "", -1},
	    {"%4", 8, "", -1},
	    {"a%4", 8, "", -1},
	    {"%%41", 8, "", -1},
	    {"%4g", 8, "", -1},
	    {"%g4", 8, "", -1},
	    {"% 4", 8, "", -1},
	    {"%u0041", 8, "", -1},
	    {"%-1", 8, "", -1},
	};
	char out[8];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ssize_t result = decode_percent(out, cases[i].size,
		    cases[i].text, strlen(cases[i].text));

		assert_int_equal(result, cases[i].result);
		if (result > 0)
			assert_memory_equal(out, cases[i].bytes,
			    (size_t)result);
	}
	/* what follows n is not looked at */
	assert_int_equal(decode_percent(out, sizeof(out), "%41", 2), -1);
}

/* ---- Base64 -------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *base64;
} base64_vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void
test_base64(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(base64_vectors); i++) {
		const char *base64 = base64_vectors[i].base64;
		const size_t n = strlen(base64_vectors[i].text);
		char text[ENCODE_BASE64_SIZE(6)], back[6];

		encode_base64(text, base64_vectors[i].text, n);
		assert_string_equal(text, base64);
		assert_int_equal(strlen(text) + 1, ENCODE_BASE64_SIZE(n));
		assert_int_equal(decode_base64(back, n, base64, strlen(base64)),
		    n);
		assert_memory_equal(back, base64_vectors[i].text, n);
	}
}

static void
test_base64_refuses(void **state)
{
	static const char *const cases[] = {
	    "Z",
	    "Zg",
	    "Zg=",
	    "Zg===",
	    "Zg====",
	    "Zm8",
	    "Zm8==",
	    "Zm9v=",
	    "Zm9v====",
	    "=",
	    "==",
	    "====",
	    "Z===",
	    "=Zg=",
	    "Z=g=",
	    "Zg==Zg==",
	    "Zm8=Zm8=",
	    "Zh==", /* unused bits */
	    "Zv==",
	    "Zm9=",
	    "Zm+=",
	    "Zg==\n",
	    " Zg==",
	    "Zg= =",
	    "Zm9\n",
	    "Zm\r\n",
	    "Zm9-", /* the alphabet of section 5 */
	    "Zm9_",
	    "Zm9.",
	    "Zm9\377",
	};
	unsigned char out[16];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(decode_base64(out, sizeof(out), cases[i],
				     strlen(cases[i])),
		    -1);
	assert_int_equal(decode_base64(out, sizeof(out), "Zm9\0", 4), -1);
}

/* Decode into memory of exactly this size, so that a sanitizer sees one byte
 * too many, and if it decodes, demand that it encodes to the same text. */
static ssize_t
decode_strictly(const char *text, size_t n, size_t size)
{
	unsigned char *bytes = malloc(size + (size == 0));
	char *again = malloc(ENCODE_BASE64_SIZE(size));
	ssize_t got;

	assert_non_null(bytes);
	assert_non_null(again);
	got = decode_base64(bytes, size, text, n);
	if (got != -1) {
		encode_base64(again, bytes, (size_t)got);
		assert_int_equal(strlen(again), n);
		assert_memory_equal(again, text, n);
	}
	free(again);
	free(bytes);
	return got;
}

/* A signature's text: each length it can be cut to, each bit wrong. */
static void
test_base64_signature(void **state)
{
	static const char good[] = "3q2+78r+ur4AESIzRFVmd4iZqrs=";
	const size_t n = sizeof(good) - 1;
	char text[sizeof(good)];

	(void)state;
	assert_int_equal(decode_strictly(good, n, 20), 20);
	assert_int_equal(decode_strictly(good, n, 19), -1);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(decode_strictly(good, i, 20),
		    i % 4 == 0 ? (ssize_t)(i / 4 * 3) : -1);
	for (size_t i = 0; i < n * 8; i++) {
		memcpy(text, good, sizeof(text));
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
		decode_strictly(text, n, 20);
	}
}

/* All last groups of the alphabet, '=' and some that belong nowhere: as many
 * decode as there are groups of one, two and three bytes. */
static void
test_base64_tails(void **state)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz"
				  "0123456789+/=-_ \n";
	unsigned int count[4] = {0};
	char text[4] = {'Q'};
	unsigned char out[3];

	(void)state;
	for (size_t i = 0; i < sizeof(set); i++) {
		for (size_t j = 0; j < sizeof(set); j++) {
			for (size_t k = 0; k < sizeof(set); k++) {
				ssize_t got;

				text[1] = set[i];
				text[2] = set[j];
				text[3] = set[k];
				got = decode_base64(out, 3, text, 4);
				count[got == -1 ? 0 : got]++;
			}
		}
	}
	assert_int_equal(count[1], 4);
	assert_int_equal(count[2], 64 * 16);
	assert_int_equal(count[3], 64 * 64 * 64);
}

static void
test_base64_lengths(void **state)
{
	unsigned char bytes[100], back[100];
	char text[ENCODE_BASE64_SIZE(100)];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 151 + 7);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		encode_base64(text, bytes, n);
		assert_int_equal(decode_strictly(text, strlen(text), n), n);
		if (n > 0)
			assert_int_equal(decode_strictly(text, strlen(text),
					     n - 1),
			    -1);
		decode_base64(back, sizeof(back), text, strlen(text));
		assert_memory_equal(back, bytes, n);
	}
}

/* ---- UTF-8 --------------------------------------------------------------- */

/* The length of the first character by the definition in RFC 3629 section 3:
 * decode by the bits, then ask whether the number may be spelled so. */
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

/* All first two bytes, with all that matters behind them, cut at each place. */
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

/* A bad byte at every place of texts of every length around the word size. */
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

/* ---- escaping ------------------------------------------------------------ */

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
	    {"\357\270\217", 3, "\357\270\217"},    /* variation selector */
	    {"\302\233", 2, "\\u{9b}"},		    /* CSI as C1 */
	    {"\302\240", 2, "\302\240"},	    /* no-break space */
	    {"\342\200\256", 3, "\\u{202e}"},	    /* override */
	    {"\357\273\277", 3, "\\u{feff}"},	    /* BOM */
	    {"\363\240\201\201", 4, "\\u{e0041}"},  /* tag */
	    {"\357\277\276", 3, "\\u{fffe}"},	    /* noncharacter */
	    {"\364\217\277\277", 4, "\\u{10ffff}"}, /* the last one */
	    {"\357\277\275", 3, "\357\277\275"},    /* U+FFFD */
	    {"\200a\303", 3, "\\x80a\\xc3"},	    /* no UTF-8 */
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
	    {0x61c, 0x61c},
	    {0x180e, 0x180e},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0xfeff, 0xfeff},
	    {0xfff9, 0xfffb},
	    {0xe0000, 0xe007f},
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decimal),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_decode_hex),
	    cmocka_unit_test(test_decode_percent),
	    cmocka_unit_test(test_base64),
	    cmocka_unit_test(test_base64_refuses),
	    cmocka_unit_test(test_base64_signature),
	    cmocka_unit_test(test_base64_tails),
	    cmocka_unit_test(test_base64_lengths),
	    cmocka_unit_test(test_utf8_sequences),
	    cmocka_unit_test(test_utf8_codepoints),
	    cmocka_unit_test(test_utf8_offsets),
	    cmocka_unit_test(test_escape_log),
	    cmocka_unit_test(test_escape_terminal),
	    cmocka_unit_test(test_escape_terminal_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
