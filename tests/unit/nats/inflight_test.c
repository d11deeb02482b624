/* SPDX-License-Identifier: ISC */
/*
 * flight: for every answer, where the record is afterwards, its history and the counters;
 * the message that is sent; a disk that fails meanwhile.
 */
/* Otherwise pread(2), which is defined here, would be an inline function. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/unit/nats/inflight_rig.h"
#include "tests/unit/stat_fails.h"

#define AGAIN_MS 500 /* between attempts to send a message */

static int read_errno; /* the error of a disk that cannot read a record */

ssize_t
pread(int fd, void *bytes, size_t n, off_t at)
{
	if (read_errno == 0)
		return syscall(SYS_pread64, fd, bytes, n, at);
	errno = read_errno;
	return -1;
}

/* No history can be written any more. */
static void
lose_histories(struct rig *r)
{
	assert_int_equal(unlinkat(spool_root(r->other), "history",
			     AT_REMOVEDIR),
	    0);
	close(openat(spool_root(r->other), "history", O_WRONLY | O_CREAT, 0));
}

/* ---- answers -------------------------------------------------------- */

static const struct {
	const char *answer;
	unsigned int attempts, failures; /* earlier ones */
	const char *where, *history;
	enum metric metric;
} ends[] = {
    {STORED, 0, 0, "done", "", METRIC_FORWARD_STORED},
    {STORED, 1, 0, "done", "attempt\nack: ALERTS 7\n", METRIC_FORWARD_STORED},
    {DUPLICATE, 0, 0, "done", "ack: ALERTS 7 (duplicate)\n",
	METRIC_FORWARD_DUPLICATE},
    {PROBLEM(400, 10054), 0, 0, "dead", "bury: the broker says: no\n",
	METRIC_FORWARD_REFUSED},
    {PROBLEM(400, 10071), 0, 0, "new", "attempt\nfail: the broker says: no\n",
	METRIC_FORWARD_REFUSED},
    {PROBLEM(400, 10071), 2, 0, "dead",
	"attempt\nattempt\nattempt\nfail: the broker says: no\n"
	"bury: gave up after 3 attempts: the broker says: no\n",
	METRIC_FORWARD_REFUSED},
    {PROBLEM(503, 10008), 0, 0, "new", "fail: the broker says: no\n",
	METRIC_FORWARD_UNKNOWN},
    {PROBLEM(503, 10008), 0, 4, "new",
	"fail\nfail\nfail\nfail\nfail: the broker says: no\n",
	METRIC_FORWARD_UNKNOWN},
    {"+OK", 2, 0, "new", "attempt\nattempt\nfail: not JetStream's answer\n",
	METRIC_FORWARD_UNKNOWN},
};

static void
test_answer(void **state, size_t row)
{
	struct rig *r;

	rig_setup(state);
	r = *state;
	for (unsigned int i = 0; i < ends[row].attempts; i++)
		note(r, "attempt", NULL);
	for (unsigned int i = 0; i < ends[row].failures; i++)
		note(r, "fail", NULL);
	assert_int_equal(start(r), 1);
	assert_true(r->inflight.place.active);
	assert_string_equal(where(r), "cur");
	assert_int_equal(inflight_poll_done(&r->inflight, &r->pub, &r->work,
			     &r->error),
	    0);
	inflight_answer(&r->inflight, &r->pub, ends[row].answer);
	poll_done(r, 1);
	assert_string_equal(where(r), ends[row].where);
	assert_history(r, ends[row].history);
	for (enum metric m = METRIC_FORWARD_STORED; m <= METRIC_FORWARD_UNKNOWN;
	    m++)
		assert_int_equal(counted(r, m), m == ends[row].metric);
	assert_int_equal(r->work.done, strcmp(ends[row].where, "done") == 0);
	assert_int_equal(r->work.dead, strcmp(ends[row].where, "dead") == 0);
	rig_teardown(state);
}

static void
test_answers(void **state)
{
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		test_answer(state, i);
}

/* After each failure the wait is about twice as long, up to the limit. */
static void
test_backoff(void **state)
{
	static const struct {
		int failures;
		int64_t least, most;
	} rows[] = {
	    {0, 750, 1250},
	    {1, 1500, 2500},
	    {2, 3000, 5000},
	    {3, 6000, 8000},
	    {4, 8000, 8000},
	    {40, 8000, 8000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t before, due;
		struct rig *r;

		rig_setup(state);
		r = *state;
		for (int k = 0; k < rows[i].failures; k++)
			note(r, "fail", NULL);
		assert_int_equal(start(r), 1);
		inflight_answer(&r->inflight, &r->pub, PROBLEM(503, 10008));
		before = wall_ms();
		poll_done(r, 1);
		due = mtime_of(r, SPOOL_NEW);
		assert_true(due >= before + rows[i].least);
		assert_true(due <= wall_ms() + rows[i].most);
		rig_teardown(state);
	}
}

/* ---- the message ---------------------------------------------------- */

static void
test_message(void **state)
{
	struct rig *r = *state;

	note(r, "requeue", NULL);
	assert_int_equal(start(r), 1);
	assert_int_equal(r->client.published, 1);
	assert_string_equal(r->client.subject, "atlas.alerts.Shop.open");
	assert_string_equal(r->client.id, NAME "+1");
	assert_string_equal(r->client.body, BODY);
	assert_int_equal(r->client.tag, TAG);
	assert_string_equal(r->inflight.subject, r->client.subject);
	inflight_finish(&r->inflight, INFLIGHT_INTERRUPTED, "stop");
	poll_done(r, 1);
	/* Not the fault of the record: it is due at once, and nothing is counted. */
	assert_string_equal(where(r), "new");
	assert_history(r, "requeue\nrelease: stop\n");
	assert_int_equal(counted(r, METRIC_RELEASED), 1);
	assert_int_equal(counted(r, METRIC_FORWARD_UNKNOWN), 0);
	(void)hold(r);
}

static void
test_too_large(void **state)
{
	struct rig *r = *state;

	r->client.sent = NATS_CLIENT_TOO_LARGE;
	r->client.why = "too large";
	assert_int_equal(start(r), 1);
	poll_done(r, 1);
	assert_string_equal(where(r), "dead");
	assert_history(r, "bury: too large\n");
	assert_int_equal(counted(r, METRIC_FORWARD_REFUSED), 1);
	assert_true(was_said(r, NAME ": dead: too large\n"));
}

/* A file that is not a record is not published, and not tried for ever. */
static void
test_no_record(void **state)
{
	struct rig *r = *state;

	put_record(r, SPOOL_NEW, "{\"record_ver\n");
	assert_int_equal(start(r), 0);
	assert_false(r->inflight.place.active);
	assert_true(is_free(r));
	assert_int_equal(r->client.published, 0);
	assert_string_equal(where(r), "dead");
	assert_true(was_said(r, "dead: a record is not JSON: "));
	assert_int_equal(counted(r, METRIC_BURIED), 1);
}

/* ---- starting in vain ----------------------------------------------- */

static void
test_gone_before(void **state)
{
	struct rig *r = *state;
	const struct queue_item item = hold(r);

	put_record(r, SPOOL_CUR, RECORD);
	assert_int_equal(unlinkat(spool_dir(r->other, SPOOL_NEW), NAME, 0), 0);
	assert_int_equal(inflight_start(&r->inflight, TAG, &r->pub, &r->work,
			     &item, &r->error),
	    0);
	assert_int_equal(r->work.claimed, 0);
	assert_true(is_free(r));
	assert_string_equal(where(r), "cur");
}

/* Two records with the same name: a person must decide. */
static void
test_in_two_places(void **state)
{
	struct rig *r = *state;
	const struct queue_item item = hold(r);

	put_record(r, SPOOL_CUR, RECORD);
	assert_int_equal(inflight_start(&r->inflight, TAG, &r->pub, &r->work,
			     &item, &r->error),
	    0);
	assert_true(was_said(r, NAME ": not changed: "));
	assert_int_equal(r->client.published, 0);
	assert_true(is_free(r));
}

/* A record that cannot be read now is released, not buried. */
static void
test_unreadable(void **state)
{
	struct rig *r = *state;

	read_errno = EIO;
	assert_int_equal(start(r), -1);
	read_errno = 0;
	assert_int_equal(r->error.kind, ERROR_IO);
	assert_int_equal(r->client.published, 0);
	assert_true(is_free(r));
	assert_string_equal(where(r), "new");
	assert_history(r,
	    "release: cannot read " NAME ": Input/output error\n");
}

/* Without the history the id to publish under is unknown. */
static void
test_unreadable_history(void **state)
{
	struct rig *r = *state;

	assert_int_equal(mkdirat(spool_root(r->other), "history/" NAME, 0700),
	    0);
	assert_int_equal(start(r), -1);
	assert_int_equal(r->client.published, 0);
	assert_string_equal(where(r), "new");
	assert_true(is_free(r));
}

/* ---- a disk that fails ---------------------------------------------- */

static void
test_unreadable_again(void **state)
{
	struct rig *r = *state;

	r->client.sent = NATS_CLIENT_NOT_SENT;
	r->client.why = "not now";
	assert_int_equal(start(r), 1);
	r->client.sent = NATS_CLIENT_SENT;
	read_errno = EIO;
	pass(r, AGAIN_MS);
	assert_int_equal(r->inflight.state, INFLIGHT_WAITING);
	assert_int_equal(inflight_next(&r->inflight), moment + AGAIN_MS);
	read_errno = 0;
	pass(r, AGAIN_MS);
	assert_int_equal(r->inflight.state, INFLIGHT_SENT);
	inflight_answer(&r->inflight, &r->pub, STORED);
	poll_done(r, 1);
	assert_string_equal(where(r), "done");
}

/* The file was replaced on disk, with the same mtime. */
static void
test_spoiled_meanwhile(void **state)
{
	struct rig *r = *state;

	r->pub.client = NULL;
	assert_int_equal(start(r), 1);
	put_record(r, SPOOL_CUR, "{\"record_ver\n");
	utimensat(spool_dir(r->other, SPOOL_CUR), NAME,
	    (struct timespec[]){r->inflight.place.claim.lease,
		r->inflight.place.claim.lease},
	    0);
	r->pub.client = &r->client;
	pass(r, AGAIN_MS);
	assert_int_equal(r->client.published, 0);
	poll_done(r, 1);
	assert_string_equal(where(r), "dead");
	assert_int_equal(r->work.dead, 1);
}

/* A record that cannot be looked at stays where it is, before and after. */
static void
test_unanswered_look(void **state)
{
	struct rig *r = *state;
	const struct queue_item item = hold(r);

	stat_errno = EIO;
	assert_int_equal(inflight_start(&r->inflight, TAG, &r->pub, &r->work,
			     &item, &r->error),
	    -1);
	stat_errno = 0;
	assert_int_equal(r->error.kind, ERROR_IO);
	assert_true(is_free(r));
	assert_string_equal(where(r), "new");

	error_clear(&r->error);
	assert_int_equal(start(r), 1);
	inflight_answer(&r->inflight, &r->pub, STORED);
	stat_errno = EIO;
	poll_done(r, -1);
	stat_errno = 0;
	assert_int_equal(r->error.kind, ERROR_IO);
	assert_int_equal(r->work.done, 0);
	assert_string_equal(where(r), "cur");
}

/* No new record is begun, and no attempt is made without a note in the history. */
static void
test_unwritable_history(void **state)
{
	static const struct {
		const char *answer, *where;
	} rows[] = {
	    {DUPLICATE, "done"},
	    {PROBLEM(400, 10054), "dead"},
	    {PROBLEM(400, 10071), "cur"},
	    {PROBLEM(503, 10008), "new"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r;

		rig_setup(state);
		r = *state;
		assert_int_equal(start(r), 1);
		lose_histories(r);
		inflight_answer(&r->inflight, &r->pub, rows[i].answer);
		poll_done(r, -1);
		assert_int_equal(r->error.kind, ERROR_IO);
		assert_string_equal(where(r), rows[i].where);
		rig_teardown(state);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_backoff),
	    RIG_TEST(test_message),
	    RIG_TEST(test_too_large),
	    RIG_TEST(test_no_record),
	    RIG_TEST(test_gone_before),
	    RIG_TEST(test_in_two_places),
	    RIG_TEST(test_unreadable),
	    RIG_TEST(test_unreadable_history),
	    RIG_TEST(test_unreadable_again),
	    RIG_TEST(test_unanswered_look),
	    RIG_TEST(test_spoiled_meanwhile),
	    cmocka_unit_test(test_unwritable_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
