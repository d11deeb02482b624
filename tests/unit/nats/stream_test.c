/* SPDX-License-Identifier: ISC */
/*
 * stream: the meaning of JetStream's answers about a stream, the text of the finding for
 * each of its settings, and how a stream is created.
 *
 * The broker is one function here: it records requests and answers from a list.
 */
#include "config.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/nats/client.h"
#include "cli/nats/stream.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"

#define ASKED_MAX 2

static const struct stream_wish wish = {
    .name = "ALERTS",
    .subject = "atlas.alerts.{project}.{event}",
    .retain_done = INT64_C(3600000),
};

/* The stream that wish creates, as the server shows it. */
#define GOOD \
	"{\"name\":\"ALERTS\",\"subjects\":[\"atlas.alerts.*.*\"]," \
	"\"retention\":\"limits\",\"storage\":\"file\",\"discard\":\"new\"," \
	"\"num_replicas\":1,\"duplicate_window\":3600000000000," \
	"\"max_msgs\":-1,\"max_bytes\":-1,\"max_age\":0," \
	"\"max_msg_size\":-1,\"max_consumers\":-1}"

#define ERROR(code, err_code) \
	"{\"error\":{\"code\":" #code ",\"err_code\":" #err_code \
	",\"description\":\"no\\u001bway\"}}"

/* ---- a broker ------------------------------------------------------- */

struct nats_client {
	const char *answers[ASKED_MAX]; /* NULL: no answer */
	char subject[ASKED_MAX][128];
	char question[ASKED_MAX][1024];
	size_t asked;
};

int
nats_client_request(struct nats_client *b, const char *subject,
    const char *question, struct buf *answer, struct error *error)
{
	size_t n = b->asked++;

	assert_true(n < ASKED_MAX);
	snprintf(b->subject[n], sizeof(b->subject[n]), "%s", subject);
	snprintf(b->question[n], sizeof(b->question[n]), "%s", question);
	if (b->answers[n] == NULL)
		return error_set(error, ERROR_BUSY, "no answer");
	buf_adds(answer, b->answers[n]);
	return buf_check(answer, error);
}

/* All findings, one a line. */
static void
list(void *context, const struct stream_finding *finding)
{
	buf_addf(context, "%s: %s; %s\n", finding->bad ? "bad" : "note",
	    finding->what, finding->fix);
}

/* ---- names ---------------------------------------------------------- */

static void
names(void **state)
{
	char longest[STREAM_NAME_MAX + 2] = "";
	const struct {
		const char *name;
		bool good;
	} rows[] = {
	    {STREAM_DEFAULT, true},
	    {"a-Z_9", true},
	    {longest + 1, true},
	    {longest, false},
	    {"", false},
	    {"A.B", false},
	    {"A B", false},
	    {"A*", false},
	    {"A>", false},
	    {"\303\204", false},
	    {"A\n", false},
	};

	(void)state;
	memset(longest, 'A', sizeof(longest) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(stream_check_name(rows[i].name, "a stream",
				     &error),
		    rows[i].good ? 0 : -1);
		assert_int_equal(error.kind,
		    rows[i].good ? ERROR_NONE : ERROR_USAGE);
	}
}

/* ---- answers -------------------------------------------------------- */

static void
refusals(void **state)
{
	static const struct {
		const char *answer;
		enum error_kind kind;
		const char *text;
	} rows[] = {
	    {NULL, ERROR_BUSY, "no answer"},
	    {ERROR(404, 10059), ERROR_NOT_FOUND, "no\\x1bway"},
	    {ERROR(503, 10039), ERROR_UNAVAILABLE, "no\\x1bway"},
	    {ERROR(503, 10076), ERROR_UNAVAILABLE, "no\\x1bway"},
	    {ERROR(400, 10005), ERROR_BUSY, "no\\x1bway"},
	    {ERROR(503, 10008), ERROR_BUSY, "no\\x1bway"},
	    {ERROR(400, 10052), ERROR_SETTINGS, "no\\x1bway"},
	    {"{\"error\":{\"code\":400}}", ERROR_SETTINGS, "refused"},
	    {"{\"error\":{\"code\":503,\"description\":\"\"}}", ERROR_BUSY,
		"refused"},
	    {"{\"error\":\"no\"}", ERROR_SETTINGS, "refused"},
	    {"{\"error\":{},\"config\":" GOOD "}", ERROR_SETTINGS, "refused"},
	    {"{\"type\":\"info\"}", ERROR_BUSY, "not JetStream's answer"},
	    {"[" GOOD "]", ERROR_BUSY, "not JetStream's answer"},
	    {"{\"config\":" GOOD, ERROR_BUSY, "not JetStream's answer"},
	    {"+OK", ERROR_BUSY, "not JetStream's answer"},
	    {"", ERROR_BUSY, "not JetStream's answer"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nats_client b = {.answers = {rows[i].answer}};
		struct error error = ERROR_INIT;
		struct buf found = BUF_INIT;
		char text[128];

		snprintf(text, sizeof(text), "%s%s",
		    rows[i].answer == NULL ? "" : "stream ALERTS: ",
		    rows[i].text);
		assert_int_equal(stream_inspect(&b, &wish, list, &found,
				     &error),
		    -1);
		assert_int_equal(error.kind, rows[i].kind);
		assert_string_equal(error.text, text);
		assert_int_equal(found.len, 0);
	}
}

/* ---- findings ------------------------------------------------------- */

#define OLDEST \
	"note: when it is full it deletes the oldest messages, read or " \
	"not; \"discard\": \"new\" keeps them in the spool\n"
#define OLDEST_OF_SUBJECT \
	"note: when a subject is full it deletes its oldest messages, " \
	"read or not; \"discard\": \"new\" with " \
	"\"discard_new_per_subject\": true keeps them in the spool\n"
#define NOT_TAKEN \
	"bad: it does not take atlas.alerts.*.*; add it to the stream's " \
	"subjects, or change --subject\n"

/* Members that differ from GOOD, and all findings. */
static const struct {
	const char *change, *found;
	long replicas;
} differences[] = {
    {"{}", "", 0},
    {"{}", "", 1},
    {"{\"subjects\":[\"other\",\"atlas.>\"]}", "", 0},
    {"{\"subjects\":[\"atlas.alerts.*.open\"]}", NOT_TAKEN, 0},
    {"{\"subjects\":[]}", NOT_TAKEN, 0},
    {"{\"subjects\":null}", NOT_TAKEN, 0},
    {"{\"subjects\":[null,3]}", NOT_TAKEN, 0},
    {"{\"subjects\":[3,\"atlas.>\"]}", "", 0},
    {"{\"num_replicas\":3}", "", 0},
    {"{\"num_replicas\":3}",
	"bad: it has 3 replicas, not 1; \"nats stream edit --replicas\" "
	"changes that\n",
	1},
    {"{}",
	"bad: it has 1 replica, not 3; \"nats stream edit --replicas\" "
	"changes that\n",
	3},
    {"{\"storage\":\"memory\"}",
	"note: it is kept in memory only; make a new one with file storage\n",
	0},
    {"{\"storage\":\"memory\"}",
	"bad: it is kept in memory only; make a new one with file storage\n",
	1},
    {"{\"storage\":null}",
	"note: it is kept in memory only; make a new one with file storage\n",
	0},
    {"{\"no_ack\":true}",
	"bad: it acknowledges nothing; \"no_ack\" must be false\n", 0},
    {"{\"no_ack\":false,\"sealed\":false,\"mirror\":null}", "", 0},
    {"{\"sealed\":true}", "bad: it is sealed; name another one\n", 0},
    {"{\"mirror\":{\"name\":\"M\"}}",
	"bad: it is a mirror; name the stream that it copies\n", 0},
    {"{\"duplicate_window\":3599999999999}",
	"note: it remembers duplicates for 3599 s, the spool for 3600 s; "
	"a duplicate_window as long as retain_done is advised\n",
	0},
    {"{\"duplicate_window\":3600000000001}", "", 0},
    {"{\"max_msgs\":9,\"discard\":\"old\"}", OLDEST, 0},
    {"{\"max_bytes\":9,\"discard\":\"old\"}", OLDEST, 0},
    {"{\"max_msgs\":9,\"max_bytes\":9}", "", 0},
    {"{\"max_msgs\":9,\"discard\":null}", OLDEST, 0},
    {"{\"discard\":\"old\"}", "", 0},
    {"{\"max_msgs_per_subject\":9}", OLDEST_OF_SUBJECT, 0},
    {"{\"max_msgs_per_subject\":9,\"discard_new_per_subject\":true}", "", 0},
    {"{\"max_msgs_per_subject\":9,\"discard\":\"old\"}", OLDEST_OF_SUBJECT, 0},
    {"{\"max_msgs_per_subject\":-1,\"discard\":\"old\"}", "", 0},
    {"{\"max_msg_size\":4096}",
	"note: records of over 4096 bytes become dead letters; a larger "
	"max_msg_size "
	"takes all\n",
	0},
    {"{\"retention\":\"interest\"}",
	"note: it keeps only messages that a consumer waits for; make "
	"consumers "
	"first, or retain by limits\n",
	0},
    {"{\"retention\":\"workqueue\"}", "", 0},
    {"{\"no_ack\":true,\"sealed\":true,\"max_bytes\":9,\"discard\":\"old\"}",
	"bad: it acknowledges nothing; \"no_ack\" must be false\n"
	"bad: it is sealed; name another one\n" OLDEST,
	0},
};

/* The answer with these members of the settings changed. To be freed. */
static char *
change(const char *members)
{
	json_t *config = json_loads(GOOD, 0, NULL);
	json_t *changed = json_loads(members, 0, NULL);
	json_t *answer;
	char *text;

	assert_int_equal(json_object_update(config, changed), 0);
	answer = json_pack("{s:o}", "config", config);
	text = json_dumps(answer, 0);
	assert_non_null(text);
	json_decref(answer);
	json_decref(changed);
	return text;
}

static void
findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]);
	    i++) {
		struct stream_wish mine = wish;
		char *answer = change(differences[i].change);
		struct nats_client b = {.answers = {answer}};
		struct error error = ERROR_INIT;
		struct buf found = BUF_INIT;

		mine.replicas = differences[i].replicas;
		assert_int_equal(stream_inspect(&b, &mine, list, &found,
				     &error),
		    0);
		assert_string_equal(found.len > 0 ? found.data : "",
		    differences[i].found);
		assert_int_equal(b.asked, 1);
		assert_string_equal(b.subject[0], "$JS.API.STREAM.INFO.ALERTS");
		assert_string_equal(b.question[0], "");
		buf_free(&found);
		free(answer);
	}
}

/* A spool that keeps records for ever needs a window of a month. */
static void
the_window_of_for_ever(void **state)
{
	struct stream_wish mine = wish;
	struct nats_client b = {.answers = {"{\"config\":" GOOD "}"}};
	struct error error = ERROR_INIT;
	struct buf found = BUF_INIT;

	(void)state;
	mine.retain_done = 0;
	assert_int_equal(stream_inspect(&b, &mine, list, &found, &error), 0);
	assert_string_equal(found.data,
	    "note: it remembers duplicates for 3600 s, the spool for 2592000 "
	    "s; "
	    "a duplicate_window as long as retain_done is advised\n");
	buf_free(&found);
}

/* ---- making --------------------------------------------------------- */

static void
made_as_it_should_be(void **state)
{
	struct stream_wish mine = wish;
	struct nats_client b = {
	    .answers = {ERROR(404, 10059), "{\"config\":{}}"}};
	struct error error = ERROR_INIT;
	json_t *asked, *wanted = json_loads(GOOD, 0, NULL);

	(void)state;
	mine.replicas = 3;
	json_object_set_new(wanted, "num_replicas", json_integer(3));
	assert_int_equal(stream_create(&b, &mine, &error), 0);
	assert_int_equal(error.kind, ERROR_NONE);
	assert_int_equal(b.asked, 2);
	assert_string_equal(b.subject[0], "$JS.API.STREAM.INFO.ALERTS");
	assert_string_equal(b.subject[1], "$JS.API.STREAM.CREATE.ALERTS");
	asked = json_loads(b.question[1], 0, NULL);
	assert_true(json_equal(asked, wanted));
	json_decref(asked);
	json_decref(wanted);
}

/* Answers to both requests (NULL for the second: it must not be sent). */
static void
not_made(void **state)
{
	static const struct {
		const char *info, *create;
		int rc;
		enum error_kind kind;
	} rows[] = {
	    {"{\"config\":{}}", NULL, 1, ERROR_NONE},
	    {NULL, NULL, -1, ERROR_BUSY},
	    {"+OK", NULL, -1, ERROR_BUSY},
	    {ERROR(503, 10039), NULL, -1, ERROR_UNAVAILABLE},
	    {ERROR(400, 10052), NULL, -1, ERROR_SETTINGS},
	    {ERROR(404, 10059), ERROR(400, 10005), -1, ERROR_BUSY},
	    {ERROR(404, 10059), ERROR(400, 10065), -1, ERROR_SETTINGS},
	    {ERROR(404, 10059), "{}", -1, ERROR_BUSY},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nats_client b = {
		    .answers = {rows[i].info, rows[i].create}};
		struct error error = ERROR_INIT;

		assert_int_equal(stream_create(&b, &wish, &error), rows[i].rc);
		assert_int_equal(error.kind, rows[i].kind);
		assert_int_equal(b.asked, rows[i].create == NULL ? 1 : 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(findings),
	    cmocka_unit_test(the_window_of_for_ever),
	    cmocka_unit_test(made_as_it_should_be),
	    cmocka_unit_test(not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
