/* SPDX-License-Identifier: ISC */
/*
 * encode: the vectors of the standards, then texts that differ slightly. Text that
 * decodes must be exactly what encoding gives, or a signature would have two spellings.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
	/* the text after n bytes is ignored */
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

/* Decodes into memory of exactly this size, so that a sanitizer sees one byte too many.
 * If it decodes, it must encode to the same text. */
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

/* The text of a signature: cut to each length, and with each bit wrong. */
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

/* All last groups of the alphabet, '=' and some characters that are invalid everywhere:
 * as many decode as there are groups of one, two and three bytes. */
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
