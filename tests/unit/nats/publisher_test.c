/* SPDX-License-Identifier: ISC */
/*
 * forwarder: which event of the broker belongs to which message, what is reported and how
 * often, when to connect, to probe and to give up.
 */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli/nats/options.h"
#include "cli/nats/publisher.h"
#include "lib/base/buf.h"
#include "tests/unit/nats/inflight_rig.h"

#define BATCH 4
#define CONNECT_MS 1000	  /* between attempts */
#define PROBE_MS 1000	  /* between records while there is no answer */
#define AGAIN_MS 500	  /* between attempts to send a message */
#define PATIENCE_MS 30000 /* without follow */
#define NEWS_MAX 4

#define CONFIG(more) \
	"{\"config\":{\"subjects\":[\"atlas.alerts.>\"],\"storage\":\"file\"," \
	"\"duplicate_window\":3600000000000" more "}}"
#define NO_STREAM PROBLEM(404, 10059)

/* The other functions of the broker. */
static struct {
	struct nats_client *client;
	bool is_down;	  /* connecting fails */
	const char *info; /* the answer about the stream */
	size_t opened, closed;
	struct nats_client_news news[NEWS_MAX];
	size_t n;
} line;

int
nats_client_open(struct nats_client **b, const struct servers *s,
    struct error *error)
{
	(void)s;
	*b = NULL;
	if (line.is_down)
		return error_set(error, ERROR_BUSY, "down");
	line.opened++;
	*b = line.client;
	return 0;
}

void
nats_client_close(struct nats_client *b)
{
	line.closed += b != NULL;
}

int
nats_client_fd(const struct nats_client *b)
{
	assert_non_null(b);
	return STDIN_FILENO;
}

bool
nats_client_next(struct nats_client *b, struct nats_client_news *news)
{
	assert_non_null(b);
	if (line.n == 0)
		return false;
	*news = line.news[0];
	memmove(line.news, line.news + 1, --line.n * sizeof(*news));
	return true;
}

int
nats_client_request(struct nats_client *b, const char *subject,
    const char *question, struct buf *answer, struct error *error)
{
	(void)b;
	(void)subject;
	(void)question;
	buf_adds(answer, line.info);
	return buf_check(answer, error);
}

/* ---- a forwarder ---------------------------------------------------- */

static const struct worker_ops *const trade = &publisher_ops;
static struct nats_options target = {
    .wish = {.name = STREAM, .subject = SUBJECT_DEFAULT, .retain_done = 1000},
};
static struct publisher_options options;
static struct publisher *publisher;
static struct places places;

static struct place *
place(void)
{
	return places_at(&places, 1);
}

static int
setup(void **state)
{
	struct rig *r;

	rig_setup(state);
	r = *state;
	memset(&line, 0, sizeof(line));
	line.client = &r->client;
	line.info = CONFIG("");
	options = (struct publisher_options){.target = &target, .batch = BATCH};
	r->work.places = &places;
	if (places_init(&places, BATCH, trade->place_size, &r->error) == -1)
		return -1;
	place()->number = 1;
	return publisher_open(&publisher, &options, &r->error);
}

static int
teardown(void **state)
{
	publisher_close(publisher);
	places_free(&places);
	assert_int_equal(line.closed, line.opened);
	return rig_teardown(state);
}

static size_t
capacity(struct rig *r, size_t active)
{
	int64_t when = INT64_MAX;

	return trade->capacity(publisher, &r->work, active, &when, &r->error);
}

/* Connected, with the record published. */
static void
publish(struct rig *r)
{
	const struct queue_item item = hold(r);

	assert_int_equal(capacity(r, 0), BATCH);
	assert_int_equal(trade->start(publisher, place(), &r->work, &item,
			     &r->error),
	    1);
	assert_true(place()->active);
	assert_int_equal(r->client.published, 1);
}

static void
bring(struct rig *r, enum nats_client_event event, uint64_t tag,
    const char *text)
{
	struct nats_client_news *news = &line.news[line.n++];
	struct pollfd polls = {.fd = -1};

	news->event = event;
	news->tag = tag;
	snprintf(news->text, sizeof(news->text), "%s", text);
	trade->set_polls(publisher, &r->work, &polls);
	assert_int_equal(polls.fd, STDIN_FILENO);
	polls.revents = POLLIN;
	trade->take_polls(publisher, &r->work, &polls);
	assert_int_equal(line.n, 0);
}

static int
end(struct rig *r)
{
	return trade->poll_done(publisher, place(), &r->work, &r->error);
}

/* How often this message was printed. */
static size_t
times_said(const struct rig *r, const char *text)
{
	const char *at = r->work.err.text.len > 0 ? r->work.err.text.data : "";
	size_t n = 0;

	for (; (at = strstr(at, text)) != NULL; at += strlen(text))
		n++;
	return n;
}

/* ---- connecting ----------------------------------------------------- */

static void
test_stream_must_fit(void **state)
{
	static const struct {
		const char *info;
		enum error_kind kind;
		const char *text;
		bool advice;
	} rows[] = {
	    {NO_STREAM, ERROR_UNAVAILABLE, "stream ALERTS: no", true},
	    {CONFIG(",\"sealed\":true,\"no_ack\":false"), ERROR_SETTINGS,
		"stream ALERTS: it is sealed; name another one", false},
	    {PROBLEM(400, 10039), ERROR_UNAVAILABLE, "stream ALERTS: no",
		false},
	    {PROBLEM(400, 10005), ERROR_NONE, "", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r;

		setup(state);
		r = *state;
		line.info = rows[i].info;
		assert_int_equal(capacity(r, 0), 0);
		assert_int_equal(r->error.kind, rows[i].kind);
		assert_string_equal(r->error.text, rows[i].text);
		assert_int_equal(publisher_advice(publisher) != NULL,
		    rows[i].advice);
		assert_int_equal(line.closed, 1);
		teardown(state);
	}
}

/* A temporary fault is waited for, reported once, and reported again when it is over. */
static void
test_down_and_back(void **state)
{
	struct rig *r = *state;

	line.is_down = true;
	assert_int_equal(capacity(r, 0), 0);
	line.is_down = false;
	assert_int_equal(capacity(r, 0), 0);
	assert_int_equal(line.opened, 0);
	moment += CONNECT_MS;
	/* One record is sent as a probe. */
	assert_int_equal(capacity(r, 0), 1);
	assert_int_equal(line.opened, 1);
	assert_int_equal(times_said(r, "down; records wait\n"), 1);
	assert_int_equal(r->error.kind, ERROR_NONE);
}

/* A finding that loses no data is reported only at the first connection. */
static void
test_notes_once(void **state)
{
	struct rig *r = *state;

	line.info = CONFIG(",\"max_msg_size\":9");
	assert_int_equal(capacity(r, 0), BATCH);
	bring(r, NATS_CLIENT_CLOSED, 0, "gone");
	moment += CONNECT_MS;
	assert_int_equal(capacity(r, 0), 1);
	assert_int_equal(line.opened, 2);
	assert_int_equal(times_said(r, "of over 9 bytes become dead letters"),
	    1);
}

static void
test_patience(void **state)
{
	struct rig *r = *state;

	line.is_down = true;
	for (int follow = 1; follow >= 0; follow--) {
		options.follow = follow;
		for (int64_t ms = 0; ms <= PATIENCE_MS; ms += CONNECT_MS) {
			assert_int_equal(r->error.kind, ERROR_NONE);
			assert_int_equal(capacity(r, follow ? 0 : 1), 0);
			moment += CONNECT_MS;
		}
	}
	/* Nothing is in flight any more. */
	assert_int_equal(capacity(r, 0), 0);
	assert_int_equal(r->error.kind, ERROR_BUSY);
	assert_string_equal(r->error.text, "down");
	/* This took a minute, and it is reported once a minute. */
	assert_int_equal(times_said(r, "down; records wait"), 2);
}

/* ---- news ----------------------------------------------------------- */

/* Only an answer with the tag of a message in flight belongs to that message. */
static void
test_whose_answer(void **state)
{
	struct rig *r = *state;
	uint64_t tag;

	publish(r);
	tag = r->client.tag;
	bring(r, NATS_CLIENT_REPLY, tag + WORKER_JOBS_MAX, STORED);
	bring(r, NATS_CLIENT_REPLY, tag - WORKER_JOBS_MAX, STORED);
	bring(r, NATS_CLIENT_REPLY, tag + 1, STORED);
	bring(r, NATS_CLIENT_REPLY, tag + BATCH, STORED);
	bring(r, NATS_CLIENT_NO_RESPONDERS, tag + 1, "");
	assert_int_equal(end(r), 0);
	assert_int_equal(trade->next(place()), moment + r->rules.timeout);
	bring(r, NATS_CLIENT_REPLY, tag, STORED);
	/* A second answer comes too late. */
	bring(r, NATS_CLIENT_REPLY, tag, PROBLEM(400, 10054));
	assert_int_equal(end(r), 1);
	assert_string_equal(where(r), "done");
	assert_false(place()->active);
	assert_int_equal(capacity(r, 0), BATCH);
}

static void
test_not_permitted(void **state)
{
	struct rig *r = *state;

	publish(r);
	bring(r, NATS_CLIENT_NOT_PERMITTED, 0,
	    "Permissions Violation for Publish to \"atlas.alerts.Shop.o\"");
	bring(r, NATS_CLIENT_NOT_PERMITTED, 0,
	    "Permissions Violation for Publish to \"atlas.alerts.Shop.open2\"");
	assert_int_equal(end(r), 0);
	bring(r, NATS_CLIENT_NOT_PERMITTED, 0,
	    "Violation\033 for Publish to \"atlas.alerts.Shop.open\"");
	assert_int_equal(end(r), 1);
	assert_string_equal(where(r), "dead");
	assert_history(r,
	    "bury: the broker says: Violation\\x1b for Publish to "
	    "\\\"atlas.alerts.Shop.open\\\"\n");
}

/* Events other than an answer: when the message is published again, and whether the
 * connection is kept. */
static void
test_again(void **state)
{
	static const struct {
		enum nats_client_event event;
		const char *text, *said;
		bool kept;
	} rows[] = {
	    {NATS_CLIENT_NO_RESPONDERS, "",
		"JetStream does not answer; records wait\n", true},
	    {NATS_CLIENT_LOST, "",
		"the connection to the broker is lost; records", true},
	    {NATS_CLIENT_CLOSED, "gone", "gone; records wait\n", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r;

		setup(state);
		r = *state;
		publish(r);
		bring(r, rows[i].event, r->client.tag, rows[i].text);
		assert_int_equal(times_said(r, rows[i].said), 1);
		assert_int_equal(line.closed, !rows[i].kept);
		assert_int_equal(trade->next(place()), moment + AGAIN_MS);
		moment += CONNECT_MS + PROBE_MS;
		assert_int_equal(capacity(r, 1), 1);
		trade->on_timer(publisher, place(), &r->work, moment);
		assert_int_equal(r->client.published, 2);
		assert_string_equal(r->client.id, NAME);
		bring(r, NATS_CLIENT_REPLY, r->client.tag, DUPLICATE);
		assert_int_equal(times_said(r, "the broker answers again\n"),
		    1);
		assert_int_equal(end(r), 1);
		assert_string_equal(where(r), "done");
		assert_int_equal(capacity(r, 0), BATCH);
		teardown(state);
	}
}

/* There is a new connection: the message is sent at once. */
static void
test_back(void **state)
{
	struct rig *r = *state;

	publish(r);
	bring(r, NATS_CLIENT_LOST, 0, "");
	r->client.is_away = true;
	moment += PROBE_MS;
	assert_int_equal(capacity(r, 1), 0);
	r->client.is_away = false;
	bring(r, NATS_CLIENT_BACK, 0, "");
	assert_int_equal(trade->next(place()), moment);
	assert_int_equal(capacity(r, 1), 1);
}

/* ---- ends ----------------------------------------------------------- */

/* No answer is a fault of the broker: one record at a time, and not at once. */
static void
test_no_answer(void **state)
{
	struct rig *r = *state;

	publish(r);
	moment += r->rules.timeout;
	trade->on_timer(publisher, place(), &r->work, moment);
	assert_int_equal(end(r), 1);
	assert_string_equal(where(r), "new");
	assert_int_equal(capacity(r, 0), 0);
	moment += PROBE_MS;
	assert_int_equal(capacity(r, 0), 1);
}

/* So is an answer about the broker, but not an answer about the message. */
static void
test_what_is_trouble(void **state)
{
	static const struct {
		const char *answer;
		size_t capacity;
	} rows[] = {
	    {STORED, BATCH},
	    {PROBLEM(400, 10054), BATCH},
	    {PROBLEM(400, 10071), BATCH},
	    {PROBLEM(503, 10008), 0},
	    {"+OK", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r;

		setup(state);
		r = *state;
		publish(r);
		bring(r, NATS_CLIENT_REPLY, r->client.tag, rows[i].answer);
		assert_int_equal(end(r), 1);
		assert_int_equal(capacity(r, 0), rows[i].capacity);
		teardown(state);
	}
}

static void
test_interrupted(void **state)
{
	struct rig *r = *state;

	publish(r);
	trade->interrupt(place(), &r->work, moment);
	assert_int_equal(end(r), 1);
	assert_string_equal(where(r), "new");
	assert_history(r, "release: the forwarder had to stop at once\n");
}

/* A message that was answered before is not released. */
static void
test_answered_before(void **state)
{
	struct rig *r = *state;

	publish(r);
	bring(r, NATS_CLIENT_REPLY, r->client.tag, STORED);
	trade->interrupt(place(), &r->work, moment);
	assert_int_equal(end(r), 1);
	assert_string_equal(where(r), "done");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_stream_must_fit),
	    TEST(test_down_and_back),
	    TEST(test_notes_once),
	    TEST(test_patience),
	    TEST(test_whose_answer),
	    TEST(test_not_permitted),
	    cmocka_unit_test(test_again),
	    TEST(test_back),
	    TEST(test_no_answer),
	    cmocka_unit_test(test_what_is_trouble),
	    TEST(test_interrupted),
	    TEST(test_answered_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
