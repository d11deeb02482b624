/* SPDX-License-Identifier: ISC */
/* keyed_hash: compared with the values that the authors of SipHash published. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/keyed_hash.h"

/* The key is 00 01 … 0f, the input is the bytes 00 01 …, n of them. */
static const struct {
	size_t n;
	uint64_t hash;
} published[] = {
    {0, UINT64_C(0x726fdb47dd0e0e31)},
    {1, UINT64_C(0x74f839c593dc67fd)},
    {8, UINT64_C(0x93f5f5799a932462)},
    {15, UINT64_C(0xa129ca6149be45e5)},
};

static void
test_published(void **state)
{
	const struct keyed_hash_key key = {
	    {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
	unsigned char bytes[15];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof(published) / sizeof(*published); i++)
		assert_true(keyed_hash(&key, bytes, published[i].n) ==
		    published[i].hash);
}

static void
test_key_matters(void **state)
{
	const struct keyed_hash_key a = {{1, 2}}, b = {{1, 3}}, c = {{2, 2}};

	(void)state;
	assert_true(keyed_hash(&a, "alert", 5) != keyed_hash(&b, "alert", 5));
	assert_true(keyed_hash(&a, "alert", 5) != keyed_hash(&c, "alert", 5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_published),
	    cmocka_unit_test(test_key_matters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
