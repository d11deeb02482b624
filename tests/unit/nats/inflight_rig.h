/* SPDX-License-Identifier: ISC */
/*
 * inflight_rig: a spool with one record, a worker for it, and a broker that records its
 * messages and gives prepared answers.
 *
 * Time stands still: clock_us() and clock_ms() are defined here, and so are the broker's
 * functions that a message in flight uses.
 */
#ifndef ALERTSPOOL_TESTS_FLIGHT_RIG_H
#define ALERTSPOOL_TESTS_FLIGHT_RIG_H

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/nats/client.h"
#include "cli/nats/inflight.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "tests/unit/scratch.h"

#define NAME \
	"20261123T074542Z.5d1b6f8e8c2e4e2d3c4a5b6c.open." \
	"00112233445566778899aabbccddeeff"
#define RECORD \
	"{\"record_version\":1,\"id\":\"" NAME "\",\"source\":\"default\"," \
	"\"delivery\":{\"signature\":\"c2ln\"}," \
	"\"alert\":{\"project\":{\"name\":\"Shop\"},\"transition\":\"open\"}}" \
	"\n"
#define BODY /* RECORD without the signature */ \
	"{\"record_version\":1,\"id\":\"" NAME "\",\"source\":\"default\"," \
	"\"delivery\":{}," \
	"\"alert\":{\"project\":{\"name\":\"Shop\"},\"transition\":\"open\"}}" \
	"\n"
#define STREAM "ALERTS"
#define TAG 77
#define STORED "{\"stream\":\"" STREAM "\",\"seq\":7}"
#define DUPLICATE "{\"stream\":\"" STREAM "\",\"seq\":7,\"duplicate\":true}"
#define PROBLEM(code, err_code) \
	"{\"error\":{\"code\":" #code ",\"err_code\":" #err_code \
	",\"description\":\"no\"}}"

/* ---- time ----------------------------------------------------------- */

static int64_t moment = 1000000; /* milliseconds */

int64_t
clock_us(void)
{
	return moment * 1000;
}

int64_t
clock_ms(void)
{
	return moment;
}

/* The wall clock, which moves. */
static inline int64_t
wall_ms(void)
{
	struct timespec t = context_after(0);

	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- a broker ------------------------------------------------------- */

struct nats_client {
	bool is_away;
	enum nats_client_sent sent; /* its answer, */
	const char *why;	    /* and the reason */
	size_t published;	    /* number of messages; the last one: */
	char subject[SUBJECT_SIZE];
	char id[NAME_SIZE + 16];
	char body[1024];
	uint64_t tag;
};

bool
nats_client_is_connected(const struct nats_client *b)
{
	return !b->is_away;
}

enum nats_client_sent
nats_client_publish(struct nats_client *b, const struct nats_client_message *m,
    char why[static NATS_CLIENT_TEXT_SIZE])
{
	const struct nats_client_header *h = m->headers;

	b->published++;
	b->tag = m->tag;
	while (strcmp(h->name, "Nats-Msg-Id") != 0)
		h++;
	snprintf(b->id, sizeof(b->id), "%s", h->value);
	snprintf(b->subject, sizeof(b->subject), "%s", m->subject);
	snprintf(b->body, sizeof(b->body), "%.*s", (int)m->len,
	    (const char *)m->body);
	if (b->sent != NATS_CLIENT_SENT)
		snprintf(why, NATS_CLIENT_TEXT_SIZE, "%s", b->why);
	return b->sent;
}

/* ---- a spool with a record ------------------------------------------ */

struct rig {
	char *path;
	struct spool *other; /* another process's view */
	struct worker_rules rules;
	struct context work;
	struct nats_client client;
	struct publish_context pub;
	struct inflight inflight;
	struct error error;
};

static inline void
put_record(const struct rig *r, enum spool_state where, const char *text)
{
	int fd = openat(spool_dir(r->other, where), NAME,
	    O_WRONLY | O_CREAT | O_TRUNC, 0640);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static inline int
rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct spool *spool;

	*state = r;
	r->rules = (struct worker_rules){
	    .verb = "forward",
	    .timeout = 5000,
	    .lease = 60000,
	    .backoff = 1000,
	    .backoff_max = 8000,
	    .max_attempts = 3,
	};
	r->pub = (struct publish_context){
	    .client = &r->client,
	    .stream = STREAM,
	    .subject = SUBJECT_DEFAULT,
	};
	context_init(&r->work, &r->rules);
	r->path = scratch_make();
	if (spool_create(AT_FDCWD, r->path, (uid_t)-1, (gid_t)-1, &r->error) ==
		-1 ||
	    spool_open(&r->other, r->path, SPOOL_WRITE, &r->error) == -1 ||
	    spool_open(&spool, r->path, SPOOL_WRITE, &r->error) == -1 ||
	    context_open(&r->work, spool, r->path, false, &r->error) == -1)
		fail_msg("%s", r->error.text);
	put_record(r, SPOOL_NEW, RECORD);
	return 0;
}

static inline int
rig_teardown(void **state)
{
	struct rig *r = *state;

	context_close(&r->work);
	spool_close(r->other);
	scratch_remove(r->path);
	free(r);
	return 0;
}

#define RIG_TEST(name) \
	cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

/* Holds the record's alert, as a runner does. */
static inline struct queue_item
hold(struct rig *r)
{
	const struct queue_wish one = {.least = 1, .most = 1};
	struct queue_rest rest;
	struct queue_item item;
	size_t n;

	assert_int_equal(queue_take(r->work.queue, context_after(0), &one,
			     &item, &n, &rest, &r->error),
	    0);
	assert_int_equal(n, 1);
	return item;
}

/* True if nobody holds the record's alert. */
static inline bool
is_free(struct rig *r)
{
	struct error why = ERROR_INIT;

	if (spool_lock_alert(r->other, NAME, &why) == -1)
		return false;
	spool_unlock_alert(r->other, NAME);
	return true;
}

/* The one state that the record is in. */
static inline const char *
where(const struct rig *r)
{
	struct error error = ERROR_INIT;
	enum spool_state state;

	assert_int_equal(spool_find(r->other, NAME, &state, &error), 1);
	return spool_state_word(state);
}

/* The record's mtime, in milliseconds of the wall clock. */
static inline int64_t
mtime_of(const struct rig *r, enum spool_state state)
{
	struct stat st;

	assert_int_equal(fstatat(spool_dir(r->other, state), NAME, &st, 0), 0);
	return (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
}

static inline void
note(struct rig *r, const char *what, const char *why)
{
	const struct spool_event event = {.who = "t", .what = what, .why = why};

	assert_int_equal(spool_note(r->other, NAME, &event, &r->error), 0);
}

/* Compares the history, each line as "WHAT: WHY" or "WHAT". */
static inline void
assert_history(const struct rig *r, const char *expected)
{
	struct buf text = BUF_INIT, seen = BUF_INIT;
	struct error error = ERROR_INIT;
	char *line, *next = NULL;

	assert_int_equal(spool_history(r->other, NAME, &text, &error), 0);
	if (text.len > 0)
		next = text.data;
	while ((line = strsep(&next, "\n")) != NULL && *line != '\0') {
		json_t *event = json_loads(line, 0, NULL);
		const char *why =
		    json_string_value(json_object_get(event, "why"));

		buf_addf(&seen, "%s%s%s\n",
		    json_string_value(json_object_get(event, "what")),
		    why == NULL ? "" : ": ", why == NULL ? "" : why);
		json_decref(event);
	}
	assert_string_equal(seen.len > 0 ? seen.data : "", expected);
	buf_free(&seen);
	buf_free(&text);
}

/* True if the operator got this message. */
static inline bool
was_said(const struct rig *r, const char *text)
{
	const struct buf *said = &r->work.err.text;

	return said->len > 0 &&
	    memmem(said->data, said->len, text, strlen(text)) != NULL;
}

static inline uint64_t
counted(const struct rig *r, enum metric metric)
{
	return r->work.counted.add[metric];
}

/* ---- a flight ------------------------------------------------------- */

static inline int
start(struct rig *r)
{
	const struct queue_item item = hold(r);

	memset(&r->inflight, 0, sizeof(r->inflight));
	return inflight_start(&r->inflight, TAG, &r->pub, &r->work, &item,
	    &r->error);
}

/* Lets this much time pass and does what is due then. */
static inline void
pass(struct rig *r, int64_t ms)
{
	moment += ms;
	inflight_on_timer(&r->inflight, &r->pub, &r->work, moment);
}

/* Settles what has ended. The alert is free afterwards. */
static inline void
poll_done(struct rig *r, int rc)
{
	assert_int_equal(r->inflight.state, INFLIGHT_OVER);
	assert_int_equal(inflight_next(&r->inflight), 0);
	assert_false(is_free(r));
	assert_int_equal(inflight_poll_done(&r->inflight, &r->pub, &r->work,
			     &r->error),
	    rc);
	assert_false(r->inflight.place.active);
	assert_true(is_free(r));
}

#endif
