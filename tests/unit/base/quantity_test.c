/* SPDX-License-Identifier: ISC */
/* quantity: what an operator may write, and ambiguous texts that are refused. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/base/quantity.h"

#define UNTOUCHED (-7)

struct quantity_case {
	const char *text;
	int64_t value; /* UNTOUCHED: refused */
};

static const struct quantity_case durations[] = {
    {"0", 0},
    {"00", 0},
    {"0s", 0},
    {"0ms", 0},
    {"1ms", 1},
    {"250ms", 250},
    {"10s", 10000},
    {"010s", 10000},
    {"5m", 300000},
    {"24h", 86400000},
    {"30d", INT64_C(2592000000)},
    {"36525d", INT64_C(3155760000000)},
    {"876600h", INT64_C(3155760000000)},
    {"3155760000000ms", INT64_C(3155760000000)},
    {"3155760000001ms", UNTOUCHED},
    {"36526d", UNTOUCHED},
    {"99999999999999999999d", UNTOUCHED},
    {"9223372036854775807ms", UNTOUCHED},
    {"9223372036854775808ms", UNTOUCHED},
    {"", UNTOUCHED},
    {"s", UNTOUCHED},
    {"10", UNTOUCHED},
    {"10 s", UNTOUCHED},
    {" 10s", UNTOUCHED},
    {"10s ", UNTOUCHED},
    {"10S", UNTOUCHED},
    {"10M", UNTOUCHED},
    {"10sec", UNTOUCHED},
    {"10w", UNTOUCHED},
    {"1h30m", 5400000},
    {"2d12h", INT64_C(216000000)},
    {"1d2h3m4s5ms", INT64_C(93784005)},
    {"36524d24h", INT64_C(3155760000000)},
    {"36524d23h60m1ms", UNTOUCHED},
    {"36525d1ms", UNTOUCHED},
    {"30m1h", UNTOUCHED},
    {"1h1h", UNTOUCHED},
    {"1h30", UNTOUCHED},
    {"1h0", UNTOUCHED},
    {"1h 30m", UNTOUCHED},
    {"1h-30m", UNTOUCHED},
    {"h30m", UNTOUCHED},
    {"1.5h", UNTOUCHED},
    {"-10s", UNTOUCHED},
    {"+10s", UNTOUCHED},
    {"0x10s", UNTOUCHED},
    {"1e3s", UNTOUCHED},
    {"10s;", UNTOUCHED},
    {"infinity", UNTOUCHED},
};

static const struct quantity_case sizes[] = {
    {"0", 0},
    {"0K", 0},
    {"4096", 4096},
    {"0004096", 4096},
    {"256K", 262144},
    {"64M", 67108864},
    {"2G", INT64_C(2147483648)},
    {"1T", INT64_C(1099511627776)},
    {"9223372036854775807", INT64_MAX},
    {"9007199254740991K", INT64_MAX - 1023},
    {"8388607T", INT64_MAX - (INT64_C(1) << 40) + 1},
    {"9223372036854775808", UNTOUCHED},
    {"9007199254740992K", UNTOUCHED},
    {"8388608T", UNTOUCHED},
    {"99999999999999999999", UNTOUCHED},
    {"", UNTOUCHED},
    {"K", UNTOUCHED},
    {"256k", UNTOUCHED},
    {"256KB", UNTOUCHED},
    {"256KiB", UNTOUCHED},
    {"256 K", UNTOUCHED},
    {" 256K", UNTOUCHED},
    {"256K ", UNTOUCHED},
    {"1P", UNTOUCHED},
    {"1.5G", UNTOUCHED},
    {"-1", UNTOUCHED},
    {"+1", UNTOUCHED},
    {"0x1000", UNTOUCHED},
    {"1,000", UNTOUCHED},
    {"10s", UNTOUCHED},
    {"1M1K", UNTOUCHED},
    {"1K1", UNTOUCHED},
};

/* From 1 to 65535. */
static const struct quantity_case numbers[] = {
    {"1", 1},
    {"8080", 8080},
    {"65535", 65535},
    {"0080", 80},
    {"0", UNTOUCHED},
    {"65536", UNTOUCHED},
    {"99999999999999999999", UNTOUCHED},
    {"9223372036854775808", UNTOUCHED},
    {"", UNTOUCHED},
    {"80 ", UNTOUCHED},
    {" 80", UNTOUCHED},
    {"+80", UNTOUCHED},
    {"-80", UNTOUCHED},
    {"0x50", UNTOUCHED},
    {"80a", UNTOUCHED},
};

static void
assert_parsed(int (*parse)(const char *, int64_t *),
    const struct quantity_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t value = UNTOUCHED;
		int rc = parse(cases[i].text, &value);

		assert_int_equal(rc, cases[i].value == UNTOUCHED ? -1 : 0);
		assert_int_equal(value, cases[i].value);
	}
}

static void
test_duration(void **state)
{
	(void)state;
	assert_parsed(quantity_duration, durations,
	    sizeof(durations) / sizeof(*durations));
}

static void
test_size(void **state)
{
	(void)state;
	assert_parsed(quantity_size, sizes, sizeof(sizes) / sizeof(*sizes));
}

static int
parse_port(const char *text, int64_t *port)
{
	return quantity_number(text, strlen(text), 1, UINT16_MAX, port);
}

static void
test_number(void **state)
{
	int64_t port = 0;

	(void)state;
	assert_parsed(parse_port, numbers, sizeof(numbers) / sizeof(*numbers));
	assert_int_equal(quantity_number("8080/path", 4, 1, 9999, &port), 0);
	assert_int_equal(port, 8080);
	assert_int_equal(quantity_number("7", 1, 0, 5, &port), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_duration),
	    cmocka_unit_test(test_size),
	    cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
