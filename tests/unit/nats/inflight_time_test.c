/* SPDX-License-Identifier: ISC */
/*
 * flight and time: when a message is published again or given up, when its lease is
 * renewed, and other processes that may have the record by then.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/nats/inflight_rig.h"
#include "tests/unit/stat_fails.h"

#define RENEW_MS 20000	  /* a third of the rig's lease */
#define AGAIN_MS 500	  /* between attempts to send a message */
#define PATIENCE_MS 30000 /* the least time that this is tried */

/* Another process acknowledges the record. */
static void
take_away(struct rig *r)
{
	const struct spool_move move = {.from = SPOOL_CUR,
	    .to = SPOOL_DONE,
	    .mtime = context_after(0)};

	assert_int_equal(spool_move(r->other, NAME, &move, &r->error), 0);
}

/* ---- time ----------------------------------------------------------- */

static void
test_no_answer(void **state)
{
	struct rig *r = *state;
	int64_t begin = moment;

	assert_int_equal(start(r), 1);
	assert_int_equal(inflight_next(&r->inflight), begin + r->rules.timeout);
	pass(r, r->rules.timeout - 1);
	assert_int_equal(r->inflight.state, INFLIGHT_SENT);
	pass(r, 1);
	poll_done(r, 1);
	assert_string_equal(where(r), "new");
	assert_history(r, "fail: no answer from the broker in 5000 ms\n");
	assert_int_equal(counted(r, METRIC_FORWARD_UNKNOWN), 1);
}

/* A message that cannot be sent is published again under its id, for the time that an
 * answer may take, and at least for half a minute. */
static void
test_nobody_takes_it(void **state)
{
	static const struct {
		int64_t timeout, patience;
		bool is_away;
	} rows[] = {
	    {5000, PATIENCE_MS, false},
	    {5000, PATIENCE_MS, true},
	    {PATIENCE_MS + 2000, PATIENCE_MS + 2000, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t begin = moment;
		struct rig *r;

		rig_setup(state);
		r = *state;
		r->rules.timeout = rows[i].timeout;
		r->rules.lease = 1000 * PATIENCE_MS;
		r->client = (struct nats_client){.is_away = rows[i].is_away,
		    .sent = NATS_CLIENT_NOT_SENT,
		    .why = "not now"};
		assert_int_equal(start(r), 1);
		while (r->inflight.state != INFLIGHT_OVER) {
			assert_int_equal(r->inflight.state, INFLIGHT_WAITING);
			assert_int_equal(inflight_next(&r->inflight),
			    moment + AGAIN_MS);
			pass(r, AGAIN_MS);
		}
		assert_int_equal(moment - begin, rows[i].patience - AGAIN_MS);
		assert_int_equal(r->client.published,
		    rows[i].is_away ? 0 : rows[i].patience / AGAIN_MS);
		poll_done(r, 1);
		assert_string_equal(where(r), "new");
		assert_history(r,
		    rows[i].is_away ? "fail: no connection\n"
				    : "fail: not now\n");
		rig_teardown(state);
	}
}

/* … until it can be sent. The answer belongs to the same message. */
static void
test_taken_later(void **state)
{
	struct rig *r = *state;

	r->pub.client = NULL;
	assert_int_equal(start(r), 1);
	pass(r, AGAIN_MS - 1);
	assert_int_equal(r->client.published, 0);
	r->pub.client = &r->client;
	pass(r, 1);
	assert_int_equal(r->client.published, 1);
	assert_int_equal(r->inflight.state, INFLIGHT_SENT);
	/* The connection breaks. */
	inflight_again(&r->inflight, "lost", moment + 10);
	assert_int_equal(inflight_next(&r->inflight), moment + 10);
	pass(r, 10);
	assert_int_equal(r->client.published, 2);
	assert_string_equal(r->client.id, NAME);
	assert_int_equal(r->client.tag, TAG);
	inflight_answer(&r->inflight, &r->pub, DUPLICATE);
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
}

/* ---- the lease ------------------------------------------------------ */

static void
test_renewed(void **state)
{
	struct rig *r = *state;
	int64_t until;

	r->rules.timeout = 10 * RENEW_MS;
	assert_int_equal(start(r), 1);
	until = mtime_of(r, SPOOL_CUR);
	assert_int_equal(inflight_next(&r->inflight), moment + RENEW_MS);
	/* A longer lease makes the difference visible, however fast the test runs. */
	r->rules.lease *= 2;
	pass(r, RENEW_MS - 1);
	assert_int_equal(mtime_of(r, SPOOL_CUR), until);
	pass(r, 1);
	assert_true(mtime_of(r, SPOOL_CUR) >= until + r->rules.lease / 2);
	assert_int_equal(inflight_next(&r->inflight), moment + 2 * RENEW_MS);
	/* The renewed lease is still ours. */
	inflight_answer(&r->inflight, &r->pub, STORED);
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
}

/* If a lease cannot be renewed now, it may still hold. */
static void
test_not_renewed(void **state)
{
	struct rig *r = *state;

	r->rules.timeout = 10 * RENEW_MS;
	assert_int_equal(start(r), 1);
	stat_errno = EIO;
	pass(r, RENEW_MS);
	stat_errno = 0;
	assert_true(was_said(r, "lease not renewed: "));
	assert_int_equal(r->inflight.state, INFLIGHT_SENT);
	inflight_answer(&r->inflight, &r->pub, STORED);
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
}

/* ---- others --------------------------------------------------------- */

static void
test_lost(void **state)
{
	struct rig *r = *state;

	r->rules.timeout = 10 * RENEW_MS;
	assert_int_equal(start(r), 1);
	take_away(r);
	pass(r, RENEW_MS);
	assert_true(was_said(r, NAME ": left alone: "));
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
	assert_history(r, "");
	assert_int_equal(r->work.done, 0);
	assert_int_equal(counted(r, METRIC_FORWARD_UNKNOWN), 0);
}

/* A record that another process has by now is not published again. */
static void
test_lost_before_again(void **state)
{
	struct rig *r = *state;

	r->client.sent = NATS_CLIENT_NOT_SENT;
	r->client.why = "not now";
	assert_int_equal(start(r), 1);
	take_away(r);
	pass(r, AGAIN_MS);
	assert_int_equal(r->client.published, 1);
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
	assert_history(r, "");
}

/* And it is not moved, whatever the answer. */
static void
test_lost_before_end(void **state)
{
	static const char *const answers[] = {STORED, PROBLEM(400, 10054),
	    PROBLEM(400, 10071), PROBLEM(503, 10008), NULL};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct rig *r;

		rig_setup(state);
		r = *state;
		r->rules.max_attempts = 1;
		assert_int_equal(start(r), 1);
		put_record(r, SPOOL_CUR, RECORD);
		if (answers[i] != NULL)
			inflight_answer(&r->inflight, &r->pub, answers[i]);
		else
			inflight_finish(&r->inflight, INFLIGHT_INTERRUPTED,
			    "stop");
		poll_done(r, 1);
		assert_string_equal(where(r), "cur");
		assert_true(was_said(r, "not changed: "));
		assert_int_equal(r->work.done + r->work.dead, 0);
		rig_teardown(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RIG_TEST(test_no_answer),
	    cmocka_unit_test(test_nobody_takes_it),
	    RIG_TEST(test_taken_later),
	    RIG_TEST(test_renewed),
	    RIG_TEST(test_not_renewed),
	    RIG_TEST(test_lost),
	    RIG_TEST(test_lost_before_again),
	    cmocka_unit_test(test_lost_before_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
