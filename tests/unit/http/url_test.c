/* SPDX-License-Identifier: ISC */
/* url: valid addresses of a webhook, and the token in them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/http/url.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

static void
good_ones(void **state)
{
	static const char *const good[] = {
	    "https://alerts.example.com",
	    "https://alerts.example.com/",
	    "HTTPS://alerts.example.com/atlas/payments?x=1&y=%20",
	    "http://127.0.0.1:8080/cgi-bin/alertspool.fcgi",
	    "http://[2001:db8::1]:80/x",
	    "http://[::1]/",
	    "http://a?b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(url_check(good[i], &error), 0);
	}
}

static void
refusals(void **state)
{
	static const char *const bad[] = {
	    "",
	    "alerts.example.com",
	    "ftp://alerts.example.com/",
	    "https://",
	    "https:///x",
	    "https://:80/",
	    "https://a:/",
	    "https://a:0/",
	    "https://a:65536/",
	    "https://a:8x/",
	    "https://user:password@a/",
	    "https://a b/",
	    "https://a/b c",
	    "https://a/\n",
	    "https://a/\x7f",
	    "https://a/#top",
	    "https://a/\xc3\xa4",
	    "https://a/\"",
	    "https://[::1/",
	    "https://[::1",
	    "https://[:]/",
	    "https://[::1g]/",
	    "https://[::1]80/",
	    "https://[]/",
	    "https://[::1]x/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error error = ERROR_INIT;

		if (url_check(bad[i], &error) != -1)
			fail_msg("\"%s\" was accepted", bad[i]);
		assert_int_equal(error.kind, ERROR_USAGE);
	}
}

static void
tokens_are_added(void **state)
{
	static const struct {
		const char *url, *token, *result;
	} rows[] = {
	    {"", "abc", "?token=abc"},
	    {"https://a/x", "abc", "https://a/x?token=abc"},
	    {"https://a/x?", "abc", "https://a/x?token=abc"},
	    {"https://a/x?y=1", "abc", "https://a/x?y=1&token=abc"},
	    {"https://a/x?y=1&", "abc", "https://a/x?y=1&token=abc"},
	    {"https://a", "A-z._~0", "https://a?token=A-z._~0"},
	    {"https://a", "a+b/c= &\xff",
		"https://a?token=a%2Bb%2Fc%3D%20%26%FF"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = BUF_INIT;

		url_add_token(&b, rows[i].url, rows[i].token,
		    strlen(rows[i].token));
		assert_string_equal(b.data, rows[i].result);
		buf_free(&b);
	}
}

static void
tokens_are_found_and_masked(void **state)
{
	static const struct {
		const char *url;
		const char *token; /* NULL: none */
		const char *masked;
	} rows[] = {
	    {"https://a/token=x", NULL, "https://a/token=x"},
	    {"https://a/?xtoken=x", NULL, "https://a/?xtoken=x"},
	    {"https://a/?Token=x", NULL, "https://a/?Token=x"},
	    {"https://a/?token=x", "x", "https://a/?token=***"},
	    {"https://a/?token=", "", "https://a/?token=***"},
	    {"https://a/?b&token=xy&c", "xy", "https://a/?b&token=***&c"},
	    {"https://a/?token=x&token=y", "x",
		"https://a/?token=***&token=***"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = BUF_INIT;
		size_t len = 0;
		const char *token = url_token(rows[i].url, &len);

		assert_int_equal(token == NULL, rows[i].token == NULL);
		if (token != NULL) {
			assert_int_equal(len, strlen(rows[i].token));
			assert_memory_equal(token, rows[i].token, len);
		}
		url_add_masked(&b, rows[i].url);
		assert_string_equal(b.data, rows[i].masked);
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_ones),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(tokens_are_added),
	    cmocka_unit_test(tokens_are_found_and_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
