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

static void
test_private(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} cases[] = {
	    {"127.0.0.1", true},
	    {"10.0.0.0", true},
	    {"10.255.255.255", true},
	    {"9.255.255.255", false},
	    {"11.0.0.0", false},
	    {"172.16.0.0", true},
	    {"172.31.255.255", true},
	    {"172.15.255.255", false},
	    {"172.32.0.0", false},
	    {"192.168.0.1", true},
	    {"192.169.0.1", false},
	    {"100.64.0.0", true},
	    {"100.127.255.255", true},
	    {"100.63.255.255", false},
	    {"100.128.0.0", false},
	    {"169.254.1.1", true},
	    {"203.0.113.9", false},
	    {"::1", true},
	    {"fe80::1", true},
	    {"fc00::1", true},
	    {"fdff::1", true},
	    {"fe00::1", false},
	    {"2001:db8::1", false},
	    {"::ffff:10.1.2.3", true},
	    {"::ffff:203.0.113.9", false},
	    {"10.1.2.3, 203.0.113.9", false},
	    {"10.1.2.3 ", false},
	    {"", false},
	    {NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (address_is_private(cases[i].text) != cases[i].is)
			fail_msg("\"%s\"", cases[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_loopback),
	    cmocka_unit_test(test_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
