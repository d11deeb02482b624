/* SPDX-License-Identifier: ISC */
/*
 * fcgi_stream: when a request is complete, what else a peer may send, and what ends the
 * request, byte by byte and all at once.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "responder/fcgi_stream.h"

#define MAX_BODY 64
#define BEGIN(id, pad) "\1\1\0" id "\0\10" pad "\0\0\1\0\0\0\0\0\0"
#define END(type, id, pad) "\1" type "\0" id "\0\0" pad "\0"
#define PARAMS_END(id) END("\4", id, "\0")
#define STDIN_END(id) END("\5", id, "\0")
/* CONTENT_LENGTH=10 and =0: 17 and 16 bytes of content */
#define LENGTH_10(id) "\1\4\0" id "\0\22\0\0\16\2CONTENT_LENGTH10"
#define LENGTH_0(id) "\1\4\0" id "\0\21\0\0\16\1CONTENT_LENGTH0"
#define LENGTH_65(id) "\1\4\0" id "\0\22\0\0\16\2CONTENT_LENGTH65"
#define LENGTH_UNKNOWN(id) "\1\4\0" id "\0\22\0\0\16\2CONTENT_LENGTH-1"
#define LENGTH_BAD(id) "\1\4\0" id "\0\22\0\0\16\2CONTENT_LENGTH1x"
#define BODY_10(id) \
	"\1\5\0" id "\0\12\0\0" \
	"0123456789"
#define BODY_5(id) \
	"\1\5\0" id "\0\5\0\0" \
	"01234"

#define TEXT(literal) literal, sizeof(literal) - 1

/* The bytes that arrive, the result, and the size of the body. */
static const struct stream_case {
	const char *name;
	const char *bytes;
	size_t n;
	enum fcgi_progress is;
	size_t body;
} cases[] = {
    {"nothing", TEXT(""), FCGI_MORE, 0},
    {"half a header", TEXT("\1\1\0\1"), FCGI_MORE, 0},
    {"no parameters", TEXT(BEGIN("\1", "\0")), FCGI_MORE, 0},
    {"parameters go on", TEXT(BEGIN("\1", "\0") LENGTH_10("\1")), FCGI_MORE, 0},
    {"no body", TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1")),
	FCGI_MORE, 0},
    {"half a body",
	TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1") BODY_5("\1")),
	FCGI_MORE, 5},
    {"whole without an end",
	TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1") BODY_10("\1")),
	FCGI_WHOLE, 10},
    {"whole with its end",
	TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1") BODY_10("\1")
		STDIN_END("\1")),
	FCGI_WHOLE, 10},
    {"empty without an end",
	TEXT(BEGIN("\1", "\0") LENGTH_0("\1") PARAMS_END("\1")), FCGI_WHOLE, 0},
    {"short",
	TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1") BODY_5("\1")
		STDIN_END("\1")),
	FCGI_WHOLE, 5},
    {"long",
	TEXT(BEGIN("\1", "\0") LENGTH_10("\1") PARAMS_END("\1") BODY_10("\1")
		BODY_5("\1")),
	FCGI_WHOLE, 15},
    {"no length, no end",
	TEXT(BEGIN("\1", "\0") PARAMS_END("\1") BODY_10("\1")), FCGI_MORE, 10},
    {"no length",
	TEXT(BEGIN("\1", "\0") PARAMS_END("\1") BODY_10("\1") STDIN_END("\1")),
	FCGI_WHOLE, 10},
    {"length -1, no end",
	TEXT(BEGIN("\1", "\0") LENGTH_UNKNOWN("\1") PARAMS_END("\1")
		BODY_10("\1")),
	FCGI_MORE, 10},
    {"length -1",
	TEXT(BEGIN("\1", "\0") LENGTH_UNKNOWN("\1") PARAMS_END("\1")
		BODY_10("\1") STDIN_END("\1")),
	FCGI_WHOLE, 10},
    {"too much is announced",
	TEXT(BEGIN("\1", "\0") LENGTH_65("\1") PARAMS_END("\1")), FCGI_EARLY,
	0},
    {"no number", TEXT(BEGIN("\1", "\0") LENGTH_BAD("\1") PARAMS_END("\1")),
	FCGI_EARLY, 0},
    {"two lengths",
	TEXT(
	    BEGIN("\1", "\0") LENGTH_10("\1") LENGTH_10("\1") PARAMS_END("\1")),
	FCGI_EARLY, 0},
    {"too much comes",
	TEXT(BEGIN("\1", "\0") PARAMS_END("\1") BODY_10("\1") BODY_10("\1")
		BODY_10("\1") BODY_10("\1") BODY_10("\1") BODY_10("\1")
		    BODY_10("\1")),
	FCGI_EARLY, 65},
    {"padding everywhere",
	TEXT(BEGIN("\1", "\3") "xyz" LENGTH_10("\1") END("\4", "\1",
	    "\2") "xy" BODY_10("\1") END("\5", "\1", "\1") "x"),
	FCGI_WHOLE, 10},
    {"a second request between",
	TEXT(BEGIN("\1", "\0") BEGIN("\2", "\0") LENGTH_10("\1") LENGTH_0("\2")
		PARAMS_END("\2") PARAMS_END("\1") STDIN_END("\2") BODY_5("\2")
		    BODY_10("\1")),
	FCGI_WHOLE, 10},
    {"abort", TEXT(BEGIN("\1", "\0") PARAMS_END("\1") END("\2", "\1", "\0")),
	FCGI_FAILED, 0},
    {"abort of another",
	TEXT(BEGIN("\1", "\0") END("\2", "\2", "\0") LENGTH_0("\1")
		PARAMS_END("\1")),
	FCGI_WHOLE, 0},
    {"another version", TEXT("\2\1\0\1\0\10\0\0"), FCGI_FAILED, 0},
    {"nothing was begun", TEXT(PARAMS_END("\1")), FCGI_FAILED, 0},
    {"another role", TEXT("\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0"), FCGI_FAILED, 0},
    {"a short begin", TEXT("\1\1\0\1\0\2\0\0\0\1"), FCGI_FAILED, 0},
    {"body before the parameters' end", TEXT(BEGIN("\1", "\0") BODY_10("\1")),
	FCGI_FAILED, 0},
    {"a name that is cut off",
	TEXT(BEGIN("\1", "\0") "\1\4\0\1\0\3\0\0\16\2C" PARAMS_END("\1")),
	FCGI_FAILED, 0},
    {"lengths of gigabytes",
	TEXT(BEGIN("\1", "\0") "\1\4\0\1\0\10\0\0\377\377\377\377\377\377\377"
			       "\377" PARAMS_END("\1")),
	FCGI_FAILED, 0},
    {"a length of gigabytes, at once",
	TEXT(BEGIN("\1", "\0") "\1\4\0\1\0\5\0\0\4\377\377\377\377"),
	FCGI_FAILED, 0},
    {"a pair in two records",
	TEXT(BEGIN("\1", "\0") "\1\4\0\1\0\6\0\0\16\1CONT"
			       "\1\4\0\1\0\13\0\0ENT_LENGTH0" PARAMS_END("\1")),
	FCGI_WHOLE, 0},
    {"half a length",
	TEXT(BEGIN("\1", "\0") "\1\4\0\1\0\3\0\0\1\377\377" PARAMS_END("\1")),
	FCGI_FAILED, 0},
};

static void
test_requests(void **state)
{
	static const size_t steps[] = {1, 3, 7, 100000};
	struct fcgi_stream s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t j = 0; j < sizeof(steps) / sizeof(steps[0]); j++) {
			const struct stream_case *c = &cases[i];
			size_t n;

			fcgi_stream_init(&s, MAX_BODY);
			for (size_t at = 0; at < c->n; at += n) {
				n = c->n - at < steps[j] ? c->n - at : steps[j];
				fcgi_stream_feed(&s, c->bytes + at, n);
			}
			if (fcgi_stream_progress(&s) != c->is ||
			    s.body.len != c->body)
				fail_msg("%s (by %zu): %d with %zu bytes",
				    c->name, steps[j],
				    (int)fcgi_stream_progress(&s), s.body.len);
			fcgi_stream_free(&s);
		}
}

/* Answers of the protocol, other than the answer to the request. */
static void
test_replies(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t n;
		const char *reply;
		size_t reply_n;
	} rows[] = {
	    {"values", TEXT("\1\11\0\0\0\21\0\0\17\0FCGI_MPXS_CONNS"),
		TEXT("\1\12\0\0\0\22\0\0\17\1FCGI_MPXS_CONNS0")},
	    {"values that nobody knows", TEXT("\1\11\0\0\0\4\0\0\2\0XY"),
		TEXT("\1\12\0\0\0\0\0\0")},
	    {"four times the same",
		TEXT("\1\11\0\0\0\74\0\0\15\0FCGI_MAX_REQS\15\0FCGI_MAX_REQS"
		     "\15\0FCGI_MAX_REQS\15\0FCGI_MAX_REQS"),
		TEXT("\1\12\0\0\0\100\0\0\15\1FCGI_MAX_REQS1\15\1FCGI_MAX_REQS1"
		     "\15\1FCGI_MAX_REQS1\15\1FCGI_MAX_REQS1")},
	    {"an unknown type", TEXT("\1\143\0\0\0\0\0\0"),
		TEXT("\1\13\0\0\0\10\0\0\143\0\0\0\0\0\0\0")},
	    {"a second request", TEXT(BEGIN("\1", "\0") BEGIN("\2", "\0")),
		TEXT("\1\3\0\2\0\10\0\0\0\0\0\0\1\0\0\0")},
	    {"another role", TEXT("\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0"),
		TEXT("\1\3\0\1\0\10\0\0\0\0\0\0\3\0\0\0")},
	};
	struct fcgi_stream s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fcgi_stream_init(&s, MAX_BODY);
		fcgi_stream_feed(&s, rows[i].bytes, rows[i].n);
		if (s.reply.len != rows[i].reply_n ||
		    memcmp(s.reply.data, rows[i].reply, s.reply.len) != 0)
			fail_msg("%s", rows[i].name);
		fcgi_stream_free(&s);
	}
}

/* However much arrives, no more is kept than a request may have. */
static void
test_too_many_parameters(void **state)
{
	char record[8 + 40000] = "\1\4\0\1\234\100\0\0"; /* 40000 bytes */
	struct fcgi_stream s;

	(void)state;
	fcgi_stream_init(&s, MAX_BODY);
	fcgi_stream_feed(&s, TEXT(BEGIN("\1", "\0")));
	for (int i = 0; i < 100; i++)
		fcgi_stream_feed(&s, record, sizeof(record));
	assert_int_equal(fcgi_stream_progress(&s), FCGI_MORE);
	fcgi_stream_feed(&s, TEXT(PARAMS_END("\1")));
	assert_int_equal(fcgi_stream_progress(&s), FCGI_EARLY);
	assert_true(s.params_over);
	assert_int_equal(s.params.size, 0);
	fcgi_stream_free(&s);
}

/* A request that is handed on is read the same as it arrived. */
static void
test_put_request(void **state)
{
	struct fcgi_stream s, again;
	struct buf b = BUF_INIT;

	(void)state;
	fcgi_stream_init(&s, MAX_BODY);
	fcgi_stream_feed(&s,
	    TEXT(BEGIN("\7", "\0") LENGTH_10("\7") PARAMS_END("\7")));
	fcgi_stream_put_request(&s, &b);
	fcgi_stream_init(&again, MAX_BODY);
	fcgi_stream_feed(&again, b.data, b.len);
	assert_int_equal(fcgi_stream_progress(&again), FCGI_WHOLE);
	assert_int_equal(again.id, 7);
	assert_int_equal(again.params.len, s.params.len);
	assert_memory_equal(again.params.data, s.params.data, s.params.len);
	assert_int_equal(again.length, 10);
	assert_int_equal(again.body.len, 0);
	buf_free(&b);
	fcgi_stream_free(&again);
	fcgi_stream_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_replies),
	    cmocka_unit_test(test_too_many_parameters),
	    cmocka_unit_test(test_put_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
