/* SPDX-License-Identifier: ISC */
/*
 * digest: the vectors of FIPS 180-4, split in every way. Nothing here initializes
 * libgcrypt: digest_sha256() must.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/digest.h"
#include "lib/base/encode.h"

static const char abc448[] =
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static const struct {
	const char *text;
	const char *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void
assert_digest(const struct digest_part *parts, size_t n, const char *hex)
{
	unsigned char digest[DIGEST_SIZE];
	char text[ENCODE_HEX_SIZE(DIGEST_SIZE)];

	digest_sha256(digest, parts, n);
	encode_hex(text, digest, sizeof(digest));
	assert_string_equal(text, hex);
}

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		struct digest_part part = {.bytes = vectors[i].text,
		    .len = strlen(vectors[i].text)};

		assert_digest(&part, 1, vectors[i].hex);
	}
}

static void
test_parts(void **state)
{
	const size_t len = strlen(abc448);
	struct digest_part parts[3];

	(void)state;
	for (size_t i = 0; i <= len; i++) {
		for (size_t j = i; j <= len; j++) {
			parts[0] = (struct digest_part){abc448, i};
			parts[1] = (struct digest_part){abc448 + i, j - i};
			parts[2] = (struct digest_part){abc448 + j, len - j};
			assert_digest(parts, 3, vectors[2].hex);
		}
	}
}

static void
test_no_parts(void **state)
{
	const struct digest_part empty = {.bytes = NULL, .len = 0};

	(void)state;
	assert_digest(NULL, 0, vectors[0].hex);
	assert_digest(&empty, 1, vectors[0].hex);
}

static void
test_long(void **state)
{
	const size_t n = 1000000;
	char *text = malloc(n);
	struct digest_part part = {.bytes = text, .len = n};

	(void)state;
	assert_non_null(text);
	memset(text, 'a', n);
	assert_digest(&part, 1,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_no_parts),
	    cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
