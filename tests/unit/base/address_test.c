/* SPDX-License-Identifier: ISC */
/* address: which texts are loopback addresses, and which only begin like one. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/address.h"

static void
test_loopback(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} cases[] = {
	    {"127.0.0.1", true},
	    {"127.255.255.255", true},
	    {"::1", true},
	    {"0:0:0:0:0:0:0:1", true},
	    {"0000:0000:0000:0000:0000:0000:0000:0001", true},
	    {"::ffff:127.0.0.1", true},
	    {"::FFFF:7f00:1", true},
	    {NULL, false},
	    {"", false},
	    {"127.", false},
	    {"127.0.0.1, 203.0.113.9", false},
	    {"127.0.0.1.evil.example", false},
	    {"127.0.0.1 ", false},
	    {" 127.0.0.1", false},
	    {"127.0.0.1:80", false},
	    {"[::1]", false},
	    {"::1%lo", false},
	    {"::1, ::1", false},
	    {"1127.0.0.1", false},
	    {"12.7.0.1", false},
	    {"126.0.0.1", false},
	    {"::2", false},
	    {"::127.0.0.1", false},
	    {"::ffff:128.0.0.1", false},
	    {"::ffff:127.0.0.1.evil", false},
	    {"localhost", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (address_is_loopback(cases[i].text) != cases[i].loopback)
			fail_msg("\"%s\"", cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
