/* SPDX-License-Identifier: ISC */
/* Requests from parameters and streams, and answers as CGI writes them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "responder/http.h"
#include "tests/unit/responder/memory_gateway.h"

#define MAX_BODY 64

/* CONTENT_LENGTH (NULL: not set), the bytes that arrive, and the result. */
static const struct body_case {
	const char *name;
	const char *length;
	size_t sent;
	bool breaks;
	enum http_body is;
	size_t kept;
} bodies[] = {
    {"whole", "10", 10, false, HTTP_BODY_WHOLE, 10},
    {"empty", "0", 0, false, HTTP_BODY_WHOLE, 0},
    {"leading zeros", "0010", 10, false, HTTP_BODY_WHOLE, 10},
    {"exactly the limit", "64", 64, false, HTTP_BODY_WHOLE, 64},
    {"one over the limit", "65", 65, false, HTTP_BODY_TOO_LARGE, 0},
    {"over any number", "99999999999999999999999", 10, false,
	HTTP_BODY_TOO_LARGE, 0},
    {"INT64_MAX", "9223372036854775807", 10, false, HTTP_BODY_TOO_LARGE, 0},
    {"2^64", "18446744073709551616", 10, false, HTTP_BODY_TOO_LARGE, 0},
    {"unknown to the server", "-1", 10, false, HTTP_BODY_WHOLE, 10},
    {"unknown to the server, over", "-1", 65, false, HTTP_BODY_TOO_LARGE, 65},
    {"negative", "-2", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"negative, like -1", "-10", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"plus", "+10", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"hexadecimal", "0x0a", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"blank before", " 10", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"blank behind", "10 ", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"word", "ten", 10, false, HTTP_BODY_BAD_LENGTH, 0},
    {"short", "10", 9, false, HTTP_BODY_SHORT, 9},
    {"nothing came", "10", 0, false, HTTP_BODY_SHORT, 0},
    {"long", "10", 11, false, HTTP_BODY_LONG, 10},
    {"broken", "10", 5, true, HTTP_BODY_BROKEN, 5},
    {"unset, whole", NULL, 10, false, HTTP_BODY_WHOLE, 10},
    {"empty text, whole", "", 10, false, HTTP_BODY_WHOLE, 10},
    {"unset, nothing", NULL, 0, false, HTTP_BODY_WHOLE, 0},
    {"unset, exactly the limit", NULL, 64, false, HTTP_BODY_WHOLE, 64},
    {"unset, over", NULL, 65, false, HTTP_BODY_TOO_LARGE, 65},
    {"unset, far over", NULL, 200, false, HTTP_BODY_TOO_LARGE, 65},
    {"unset, broken", NULL, 10, true, HTTP_BODY_BROKEN, 10},
};

static void
read_case(const struct body_case *c, size_t bit)
{
	static char bytes[256];
	char length[64];
	char *params[] = {(char[]){"REQUEST_METHOD=POST"}, length, NULL};
	struct memory_gateway m;
	struct http_request r;

	memset(bytes, 'x', sizeof(bytes));
	snprintf(length, sizeof(length), "%s=%s",
	    c->length == NULL ? "NO_LENGTH" : "CONTENT_LENGTH",
	    c->length == NULL ? "" : c->length);
	memory_gateway_init(&m, params, bytes, c->sent);
	m.breaks = c->breaks;
	m.bit = bit;
	assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
	if (r.body_is != c->is || r.body.len != c->kept)
		fail_msg("%s (bits of %zu): %d with %zu bytes", c->name, bit,
		    (int)r.body_is, r.body.len);
	if (c->is == HTTP_BODY_TOO_LARGE && c->kept == 0)
		assert_int_equal(m.reads, 0); /* refused before reading */
	http_request_free(&r);
}

static void
test_bodies(void **state)
{
	static const size_t bits[] = {0, 1, 3, 7};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		for (size_t j = 0; j < sizeof(bits) / sizeof(bits[0]); j++)
			read_case(&bodies[i], bits[j]);
}

static void
test_forwarded(void **state)
{
	static const struct {
		const char *param;
		bool forwarded;
	} cases[] = {
	    {"HTTP_X_FORWARDED_FOR=192.0.2.1", true},
	    {"HTTP_X_FORWARDED_HOST=alerts.example.com", true},
	    {"HTTP_X_REAL_IP=192.0.2.1", true},
	    {"HTTP_CF_CONNECTING_IP=192.0.2.1", true},
	    {"HTTP_FORWARDED=for=192.0.2.1", true},
	    {"HTTP_VIA=", true},
	    {"HTTP_VIADUCT=1.1 front", false},
	    {"HTTP_HOST=alerts.example.com", false},
	    {"VIA=1.1 front", false},
	};
	struct memory_gateway m;
	struct http_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char param[64];
		char *params[] = {(char[]){"REQUEST_METHOD=GET"}, param, NULL};

		snprintf(param, sizeof(param), "%s", cases[i].param);
		memory_gateway_init(&m, params, "", 0);
		assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
		assert_int_equal(r.forwarded, cases[i].forwarded);
		http_request_free(&r);
	}
}

static void
test_only_post_has_a_body(void **state)
{
	char *params[] = {(char[]){"REQUEST_METHOD=GET"},
	    (char[]){"CONTENT_LENGTH=3"}, NULL};
	struct memory_gateway m;
	struct http_request r;

	(void)state;
	memory_gateway_init(&m, params, "abc", 3);
	assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
	assert_int_equal(m.reads, 0);
	assert_int_equal(r.body.len, 0);
	http_request_free(&r);
}

static void
test_parameters(void **state)
{
	char *params[] = {
	    (char[]){"REQUEST_METHOD=POST"},
	    (char[]){"HTTP_X_MMS_SIGNATURE=first"},
	    (char[]){"HTTP_X_MMS_EVENT=alert.open"},
	    (char[]){"HTTP_X_MMS_SIGNATURE=second"},
	    (char[]){"HTTP_X_MMS_SIGNATURE="},
	    (char[]){"HTTP_X_MMS_SIGNATUREX=other"},
	    (char[]){"XHTTP_X_MMS_SIGNATURE=other"},
	    (char[]){"HTTP_CONTENT_LENGTH=99"},
	    (char[]){"QUERY_STRING=a=b=c"},
	    (char[]){"no equals sign"},
	    NULL,
	};
	struct memory_gateway m;
	struct http_request r;

	(void)state;
	memory_gateway_init(&m, params, "", 0);
	assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
	assert_string_equal(r.signature, "first, second, ");
	assert_string_equal(r.event, "alert.open");
	assert_string_equal(r.query, "a=b=c");
	assert_null(r.path);
	assert_null(r.content_length);
	assert_int_equal(r.body_is, HTTP_BODY_WHOLE);
	http_request_free(&r);
}

/* Repeated headers are joined. More than the limit is refused, in one or in many. */
static void
test_many_parameters(void **state)
{
	static const struct {
		size_t n;
		bool over;
	} cases[] = {{3, false}, {6000, false}, {9000, true}, {60000, true}};
	char parameter[] = "PATH_INFO=/source";
	char **params = calloc(60001, sizeof(*params));
	struct memory_gateway m;
	struct http_request r;

	(void)state;
	assert_non_null(params);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(params, 0, 60001 * sizeof(*params));
		for (size_t j = 0; j < cases[i].n; j++)
			params[j] = parameter;
		memory_gateway_init(&m, params, "", 0);
		assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
		assert_int_equal(r.params_over, cases[i].over);
		if (!cases[i].over)
			assert_int_equal(strlen(r.path), cases[i].n * 9 - 2);
		assert_true(r.values.size < 4 * HTTP_PARAMS_MAX);
		http_request_free(&r);
	}
	memory_gateway_init(&m, params, "", 0);
	m.gateway.params_over = true;
	assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
	assert_true(r.params_over);
	assert_null(r.path);
	http_request_free(&r);
	free(params);
}

/* True if the server may still be sending a part of the body. */
static void
test_unread(void **state)
{
	static const struct {
		const char *method, *length;
		size_t sent;
		bool unread;
	} cases[] = {
	    {"REQUEST_METHOD=POST", "CONTENT_LENGTH=200", 200, true},
	    {"REQUEST_METHOD=POST", "CONTENT_LENGTH=word", 200, true},
	    {"REQUEST_METHOD=POST", "CONTENT_LENGTH=", 200, true},
	    {"REQUEST_METHOD=PUT", "CONTENT_LENGTH=200", 200, true},
	    {"REQUEST_METHOD=POST", "CONTENT_LENGTH=10", 10, false},
	    {"REQUEST_METHOD=GET", "CONTENT_LENGTH=", 10, false},
	    {"REQUEST_METHOD=GET", "CONTENT_LENGTH=0", 10, false},
	};
	static char bytes[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char method[64], length[64];
		char *params[] = {method, length, NULL};
		struct memory_gateway m;
		struct http_request r;

		snprintf(method, sizeof(method), "%s", cases[i].method);
		snprintf(length, sizeof(length), "%s", cases[i].length);
		memory_gateway_init(&m, params, bytes, cases[i].sent);
		m.bit = 7;
		assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
		assert_int_equal(r.unread, cases[i].unread);
		http_request_free(&r);
	}
}

static void
test_no_method(void **state)
{
	char *params[] = {NULL};
	struct memory_gateway m;
	struct http_request r;

	(void)state;
	memory_gateway_init(&m, params, "abc", 3);
	assert_int_equal(http_read(&r, &m.gateway, MAX_BODY), 0);
	assert_null(r.method);
	assert_int_equal(m.reads, 0);
	http_request_free(&r);
}

static void
test_write(void **state)
{
	struct http_response r = {
	    .status = 405,
	    .content_type = "application/problem+json",
	    .allow = "POST",
	    .retry_after = 30,
	};
	char *params[] = {NULL};
	struct memory_gateway m;

	(void)state;
	memory_gateway_init(&m, params, "", 0);
	buf_adds(&r.body, "body\n");
	assert_int_equal(http_write(&r, &m.gateway), 0);
	assert_string_equal(m.answer.data,
	    "Status: 405 Method Not Allowed\r\n"
	    "Content-Type: application/problem+json\r\n"
	    "Allow: POST\r\n"
	    "Retry-After: 30\r\n"
	    "Cache-Control: no-store\r\n"
	    "Content-Length: 5\r\n"
	    "\r\n"
	    "body\n");
	buf_free(&m.answer);
	r.head = true;
	assert_int_equal(http_write(&r, &m.gateway), 0);
	assert_non_null(strstr(m.answer.data, "Content-Length: 5\r\n\r\n"));
	assert_null(strstr(m.answer.data, "body"));
	m.peer_gone = true;
	assert_int_equal(http_write(&r, &m.gateway), -1);
	buf_free(&m.answer);
	http_response_free(&r);
}

static void
test_reasons(void **state)
{
	static const int statuses[] = {200, 202, 400, 403, 404, 405, 413, 503};

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		assert_string_not_equal(http_reason(statuses[i]), "Unknown");
	assert_string_equal(http_reason(299), "Unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bodies),
	    cmocka_unit_test(test_forwarded),
	    cmocka_unit_test(test_only_post_has_a_body),
	    cmocka_unit_test(test_parameters),
	    cmocka_unit_test(test_many_parameters),
	    cmocka_unit_test(test_unread),
	    cmocka_unit_test(test_no_method),
	    cmocka_unit_test(test_write),
	    cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
