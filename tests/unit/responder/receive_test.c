/* SPDX-License-Identifier: ISC */
/*
 * The policy with a gateway in memory: every row of the table, which row wins if two
 * apply, a fixed clock, and the spool afterwards.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/auth/auth.h"
#include "lib/base/error.h"
#include "lib/record/record.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"
#include "responder/receive.h"
#include "tests/unit/responder/memory_gateway.h"
#include "tests/unit/scratch.h"

#define NOW ((struct timespec){.tv_sec = 1795419942, .tv_nsec = 123456789})
#define ALERT \
	"{\"id\":\"5d1b6f8e8c2e4e2d3c4a5b6c\",\"status\":\"OPEN\"," \
	"\"created\":\"2026-11-23T07:45:00Z\"}"
#define TOKEN "token=open+sesame%21"

struct fixture {
	char *path;
	struct settings settings;
	struct auth *auth;
	struct spool *spool;
	struct receiver receiver;
};

/* ---- fixture -------------------------------------------------------- */

static void
write_file(const char *directory, const char *name, const char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static const char settings_text[] = "[spool]\n"
				    "directory = spool\n"
				    "min_free = 0\n"
				    "[responder]\n"
				    "max_body = 1000\n"
				    "[source default]\n"
				    "secret_file = secret\n"
				    "[source both]\n"
				    "secret_file = secret\n"
				    "token_file = token\n"
				    "[source token]\n"
				    "token_file = token\n"
				    "[source open]\n"
				    "authentication = none\n";

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct error error = ERROR_INIT;
	char path[4096];

	f->path = scratch_make();
	write_file(f->path, "secret", "a secret of decent length\n");
	write_file(f->path, "token", "open+sesame!\n");
	write_file(f->path, "alertspool.conf", settings_text);
	snprintf(path, sizeof(path), "%s/alertspool.conf", f->path);
	if (settings_load(&f->settings, path, &error) == -1 ||
	    auth_load(&f->auth, &f->settings, NULL, NULL, &error) == -1 ||
	    auth_start(f->auth, &error) == -1 ||
	    spool_create(AT_FDCWD, f->settings.directory, (uid_t)-1, (gid_t)-1,
		&error) == -1 ||
	    spool_open(&f->spool, f->settings.directory, SPOOL_WRITE, &error) ==
		-1)
		fail_msg("%s", error.text);
	f->receiver = (struct receiver){
	    .settings = &f->settings,
	    .auth = f->auth,
	    .spool = f->spool,
	    .metrics_fd = -1,
	    .host = "receiver.example.org",
	};
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	spool_close(f->spool);
	auth_free(f->auth);
	settings_free(&f->settings);
	scratch_remove(f->path);
	free(f);
	return 0;
}

static int
count(const struct fixture *f, enum spool_state where)
{
	char path[4096];
	struct dirent **list;
	int n;

	snprintf(path, sizeof(path), "%s/%s", f->settings.directory,
	    spool_state_word(where));
	n = scandir(path, &list, NULL, NULL);
	for (int i = 0; i < n; i++)
		free(list[i]);
	free(list);
	return n - 2;
}

/* ---- one request ---------------------------------------------------- */

enum signing { SIGNED, UNSIGNED, FORGED };

struct ask {
	const char *method; /* NULL: POST */
	const char *path;
	const char *query;
	const char *event;
	const char *remote;
	const char *body;   /* NULL: ALERT */
	const char *length; /* NULL: the length of the body */
	enum signing signing;
	size_t bit;
};

struct answer {
	int status;
	char text[1024];
	char id[NAME_SIZE];
	char detail[512];
	const char *allow;
	int retry_after;
	struct receipt receipt;
};

#define PARAMETERS 8
#define PARAMETER_SIZE 512

static void
add(char (*parameters)[PARAMETER_SIZE], char **list, int *n, const char *name,
    const char *value)
{
	if (value == NULL)
		return;
	snprintf(parameters[*n], PARAMETER_SIZE, "%s=%s", name, value);
	list[*n] = parameters[*n];
	(*n)++;
}

static void
sign(const struct fixture *f, const struct ask *ask, const char *body,
    char *out)
{
	struct error error = ERROR_INIT;

	if (auth_sign(f->auth, settings_source(&f->settings, "default", 7),
		body, strlen(body), out, &error) == -1)
		fail_msg("%s", error.text);
	if (ask->signing == FORGED)
		out[0] = out[0] == 'A' ? 'B' : 'A';
}

static struct answer
ask(const struct fixture *f, struct ask a)
{
	char parameters[PARAMETERS][PARAMETER_SIZE],
	    *list[PARAMETERS + 1] = {0};
	char signature[AUTH_SIGNATURE_SIZE], length[32];
	const char *body = a.body != NULL ? a.body : ALERT;
	struct http_response response;
	struct answer answer = {0};
	struct http_request request;
	struct memory_gateway m;
	int n = 0;

	sign(f, &a, body, signature);
	snprintf(length, sizeof(length), "%zu", strlen(body));
	add(parameters, list, &n, "REQUEST_METHOD",
	    a.method != NULL ? a.method : "POST");
	add(parameters, list, &n, "CONTENT_LENGTH",
	    a.length != NULL ? a.length : length);
	add(parameters, list, &n, "PATH_INFO", a.path);
	add(parameters, list, &n, "QUERY_STRING", a.query);
	add(parameters, list, &n, "HTTP_X_MMS_EVENT", a.event);
	add(parameters, list, &n, "REMOTE_ADDR", a.remote);
	if (a.signing != UNSIGNED)
		add(parameters, list, &n, "HTTP_X_MMS_SIGNATURE", signature);
	memory_gateway_init(&m, list, body, strlen(body));
	m.bit = a.bit;
	assert_int_equal(http_read(&request, &m.gateway, f->settings.max_body),
	    0);
	receive(&f->receiver, &request, NOW, &response, &answer.receipt);
	answer.status = response.status;
	answer.allow = response.allow;
	answer.retry_after = response.retry_after;
	snprintf(answer.text, sizeof(answer.text), "%s", response.body.data);
	http_response_free(&response);
	http_request_free(&request);
	return answer;
}

/* ---- tests ---------------------------------------------------------- */

/* One row: the request and its answer. If two rows of the manual's table apply, the name
 * has both. */
static const struct {
	const char *name;
	struct ask ask;
	int status;
} rows[] = {
    {"stored", {.path = NULL}, 200},
    {"empty path", {.path = ""}, 200},
    {"slash", {.path = "/"}, 200},
    {"slashes", {.path = "///"}, 200},
    {"by name", {.path = "/default"}, 200},
    {"trailing slash", {.path = "/default/"}, 200},
    {"doubled slash", {.path = "//default"}, 200},
    {"bit by bit", {.bit = 1}, 200},
    {"unknown source", {.path = "/none"}, 404},
    {"source of a source", {.path = "/default/more"}, 404},
    {"front of a name", {.path = "/defaul"}, 404},
    {"name in capitals", {.path = "/Default"}, 404},
    {"name with a dot", {.path = "/../default"}, 404},
    {"endless name",
	{.path = "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "a"},
	404},
    {"404 before 405", {.path = "/none", .method = "GET"}, 404},
    {"404 before 413", {.path = "/none", .length = "99999"}, 404},
    {"404 before 403", {.path = "/none", .signing = FORGED}, 404},
    {"GET", {.method = "GET"}, 405},
    {"HEAD", {.method = "HEAD"}, 405},
    {"PUT", {.method = "PUT"}, 405},
    {"method in small letters", {.method = "post"}, 405},
    {"no method", {.method = ""}, 405},
    {"405 before 400", {.method = "PUT", .length = "x"}, 405},
    {"405 before 413", {.method = "PUT", .length = "99999"}, 405},
    {"length is no number", {.length = "x"}, 400},
    {"400 before 403", {.length = "x", .signing = FORGED}, 400},
    {"too large", {.length = "1001"}, 413},
    {"413 before 403", {.length = "1001", .signing = UNSIGNED}, 413},
    {"shorter", {.length = "1000"}, 400},
    {"longer", {.length = "3"}, 400},
    {"short before forged", {.length = "1000", .signing = FORGED}, 400},
    {"forged", {.signing = FORGED}, 403},
    {"unsigned", {.signing = UNSIGNED}, 403},
    {"403 before 202", {.signing = FORGED, .body = "no json"}, 403},
    {"token only, right", {.path = "/token", .query = TOKEN}, 200},
    {"token only, missing", {.path = "/token"}, 403},
    {"token only, wrong", {.path = "/token", .query = "token=x"}, 403},
    {"token only, twice", {.path = "/token", .query = TOKEN "&" TOKEN}, 403},
    {"token only, bad escape",
	{.path = "/token", .query = "token=open+sesame%2"}, 403},
    {"both right", {.path = "/both", .query = TOKEN}, 200},
    {"both, token missing", {.path = "/both"}, 403},
    {"both, token wrong", {.path = "/both", .query = "token="}, 403},
    {"both, signature missing",
	{.path = "/both", .query = TOKEN, .signing = UNSIGNED}, 403},
    {"both, signature wrong",
	{.path = "/both", .query = TOKEN, .signing = FORGED}, 403},
    {"open to all", {.path = "/open", .signing = UNSIGNED}, 200},
    {"other parameters are ignored",
	{.path = "/both", .query = "a=b&" TOKEN "&c=%zz"}, 200},
    {"no JSON", {.body = "no json"}, 202},
    {"empty body", {.body = ""}, 202},
    {"a list", {.body = "[]"}, 202},
};

static void
test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer a;
		struct fixture *f;
		void *fresh;
		int records;

		setup(&fresh);
		f = fresh;
		a = ask(f, rows[i].ask);
		if (a.status != rows[i].status)
			fail_msg("%s: %d %s %s", rows[i].name, a.status, a.text,
			    a.receipt.detail);
		records = count(f, SPOOL_NEW) * 200 + count(f, SPOOL_BAD) * 202;
		if (records != (a.status < 300 ? a.status : 0))
			fail_msg("%s: the spool is not as answered",
			    rows[i].name);
		assert_int_equal(count(f, SPOOL_CUR) + count(f, SPOOL_DONE) +
			count(f, SPOOL_DEAD),
		    0);
		teardown(&fresh);
	}
	(void)state;
}

static void
test_answers(void **state)
{
	struct fixture *f = *state;
	struct answer a = ask(f, (struct ask){.event = "alert.open"});

	assert_string_equal(a.receipt.outcome, "stored");
	assert_non_null(strstr(a.receipt.id,
	    "20261123T074500Z.5d1b6f8e8c2e4e2d3c4a5b6c.open."));
	assert_non_null(strstr(a.text, "{\"status\":\"stored\",\"id\":\""));
	assert_non_null(strstr(a.text, a.receipt.id));
	assert_string_equal(a.receipt.key, "secret");
	a = ask(f, (struct ask){.event = "alert.open"});
	assert_string_equal(a.receipt.outcome, "duplicate");
	assert_non_null(strstr(a.text, "{\"status\":\"duplicate\""));
	/* Another transition of the same body is another record. */
	a = ask(f, (struct ask){.event = "alert.update"});
	assert_string_equal(a.receipt.outcome, "stored");
	a = ask(f, (struct ask){.body = "?"});
	assert_non_null(strstr(a.text, "{\"status\":\"quarantined\""));
	assert_non_null(strstr(a.receipt.id, "00000000T000000Z.-.unknown."));
	a = ask(f, (struct ask){.body = "?"});
	assert_non_null(strstr(a.text, "{\"status\":\"duplicate\""));
	a = ask(f, (struct ask){.method = "GET"});
	assert_string_equal(a.allow, "POST");
	assert_int_equal(count(f, SPOOL_NEW), 2);
	assert_int_equal(count(f, SPOOL_BAD), 1);
}

/* The answer is the same, whichever credential is wrong. */
static void
test_one_refusal(void **state)
{
	struct fixture *f = *state;
	struct answer first =
	    ask(f, (struct ask){.path = "/both", .signing = FORGED});
	static const struct ask others[] = {
	    {.path = "/both"},
	    {.path = "/both", .query = "token=%"},
	    {.path = "/both", .query = TOKEN, .signing = UNSIGNED},
	    {.path = "/both", .query = TOKEN "&" TOKEN, .signing = FORGED},
	    {.signing = FORGED},
	    {.path = "/token", .query = "token=x"},
	};

	assert_int_equal(first.status, 403);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct answer a = ask(f, others[i]);

		assert_int_equal(a.status, 403);
		assert_string_equal(a.text, first.text);
		assert_int_equal(a.retry_after, first.retry_after);
	}
}

static void
test_unavailable(void **state)
{
	struct fixture *f = *state;
	char moved[4096];
	struct answer a;

	f->settings.min_free = INT64_MAX;
	a = ask(f, (struct ask){.path = NULL});
	assert_int_equal(a.status, 503);
	assert_int_equal(a.retry_after, 30);
	assert_non_null(strstr(a.receipt.detail, "min_free"));
	assert_false(a.receipt.spool_lost);
	/* A forger does not learn about free space. */
	a = ask(f, (struct ask){.signing = FORGED});
	assert_int_equal(a.status, 403);
	a = ask(f, (struct ask){.path = "/-/ready", .method = "GET"});
	assert_int_equal(a.status, 503);
	f->settings.min_free = 0;
	assert_int_equal(ask(f, (struct ask){.path = NULL}).status, 200);
	/* The spool is moved away and back. */
	snprintf(moved, sizeof(moved), "%s/moved", f->path);
	assert_int_equal(rename(f->settings.directory, moved), 0);
	a = ask(f, (struct ask){.path = NULL});
	assert_int_equal(a.status, 503);
	assert_true(a.receipt.spool_lost);
	assert_int_equal(rename(moved, f->settings.directory), 0);
	assert_int_equal(ask(f, (struct ask){.path = NULL}).status, 200);
	/* It was missing at the start. */
	f->receiver.spool = NULL;
	f->receiver.spool_problem = "it belongs to somebody else";
	a = ask(f, (struct ask){.path = NULL});
	assert_int_equal(a.status, 503);
	assert_false(a.receipt.spool_lost);
	assert_string_equal(a.receipt.detail, "it belongs to somebody else");
}

static void
test_endpoints(void **state)
{
	static const struct {
		struct ask ask;
		int status;
	} asks[] = {
	    {{.method = "GET", .path = "/-/ready"}, 200},
	    {{.method = "HEAD", .path = "//-//ready/"}, 200},
	    {{.method = "POST", .path = "/-/ready"}, 405},
	    {{.method = "GET", .path = "/-/other"}, 404},
	    {{.method = "GET", .path = "/-"}, 404},
	    {{.method = "GET", .path = "/-/metrics"}, 404},
	    {{.method = "GET", .path = "/-/metrics", .remote = "::1"}, 200},
	    {{.method = "GET", .path = "/-/metrics", .remote = "127.0.0.9"},
		200},
	    {{.method = "GET",
		 .path = "/-/metrics",
		 .remote = "::ffff:127.0.0.1"},
		200},
	    {{.method = "GET", .path = "/-/metrics", .remote = "192.0.2.1"},
		404},
	    {{.method = "GET", .path = "/-/metrics", .remote = "1127.0.0.1"},
		404},
	    {{.method = "GET",
		 .path = "/-/metrics",
		 .remote = "127.0.0.1, 203.0.113.9"},
		404},
	    {{.method = "GET",
		 .path = "/-/metrics",
		 .remote = "0:0:0:0:0:0:0:1"},
		200},
	    {{.method = "POST", .path = "/-/metrics", .remote = "::1"}, 405},
	    {{.method = "POST", .path = "/-/metrics", .remote = "192.0.2.1"},
		404},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		struct answer a = ask(f, asks[i].ask);

		if (a.status != asks[i].status)
			fail_msg("%s %s: %d", asks[i].ask.method,
			    asks[i].ask.path, a.status);
		if (a.status == 405)
			assert_string_equal(a.allow, "GET, HEAD");
	}
	for (int i = 0; i < SPOOL_STATES; i++)
		assert_int_equal(count(f, (enum spool_state)i), 0);
}

static json_t *
stored(const struct fixture *f, const struct answer *a)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	enum spool_state where;
	json_t *record;

	assert_int_equal(spool_find(f->spool, a->receipt.id, &where, &error),
	    1);
	assert_int_equal(spool_read(f->spool, where, a->receipt.id, &text, NULL,
			     &error),
	    0);
	record = record_decode(text.data, text.len, &error);
	assert_non_null(record);
	buf_free(&text);
	return record;
}

static const char *
text_at(const json_t *record, const char *object, const char *key)
{
	if (object != NULL)
		record = json_object_get(record, object);
	return json_string_value(json_object_get(record, key));
}

static void
test_record(void **state)
{
	struct fixture *f = *state;
	struct answer a = ask(f,
	    (struct ask){.path = "/both",
		.query = TOKEN,
		.event = "alert.open",
		.remote = "203.0.113.7"});
	json_t *record = stored(f, &a);

	assert_string_equal(text_at(record, NULL, "id"), a.receipt.id);
	assert_string_equal(text_at(record, NULL, "received_at"),
	    "2026-11-23T07:45:42.123456Z");
	assert_string_equal(text_at(record, NULL, "source"), "both");
	assert_string_equal(text_at(record, "delivery", "receiver"),
	    "receiver.example.org");
	assert_string_equal(text_at(record, "delivery", "remote_addr"),
	    "203.0.113.7");
	assert_string_equal(text_at(record, "delivery", "signature_verdict"),
	    "valid");
	assert_string_equal(text_at(record, "delivery", "token_verdict"),
	    "valid");
	assert_string_equal(text_at(record, "delivery", "key"), "secret");
	assert_true(json_is_null(
	    json_object_get(json_object_get(record, "delivery"), "signature")));
	assert_string_equal(text_at(record, "delivery", "signature_sha256"),
	    a.receipt.signature_kept);
	assert_int_equal(strlen(a.receipt.signature_kept), 64);
	assert_string_equal(text_at(record, "delivery", "method"), "webhook");
	assert_string_equal(text_at(record, NULL, "raw"), ALERT);
	assert_int_equal(json_array_size(json_object_get(record, "warnings")),
	    0);
	json_decref(record);
}

/* The two warnings that the receiver gives. */
static void
test_warnings(void **state)
{
	struct fixture *f = *state;
	struct answer a = ask(f,
	    (struct ask){.path = "/open",
		.signing = UNSIGNED,
		.body = "{\"id\":\"1\",\"updated\":\"2026-10-20T00:00:00Z\"}"});
	json_t *record = stored(f, &a);
	json_t *warnings = json_object_get(record, "warnings");

	assert_int_equal(json_array_size(warnings), 2);
	assert_true(
	    json_is_null(json_object_get(json_object_get(record, "delivery"),
		"signature_sha256")));
	assert_string_equal(json_string_value(json_array_get(warnings, 0)),
	    "stale");
	assert_string_equal(json_string_value(json_array_get(warnings, 1)),
	    "unauthenticated-source");
	json_decref(record);
	/* If records are kept for ever, no delivery is stale. */
	f->settings.retain_done = 0;
	a = ask(f,
	    (struct ask){
		.body = "{\"id\":\"2\",\"updated\":\"2026-10-20T00:00:00Z\"}"});
	record = stored(f, &a);
	assert_int_equal(json_array_size(json_object_get(record, "warnings")),
	    0);
	json_decref(record);
}

/* An attacker with a recorded delivery sends it again with another event, which is not
 * signed: it adds nothing that the signed status does not allow. */
static void
test_replayed_event(void **state)
{
	static const char *const events[] = {"alert.close", "alert.closed",
	    "alert.acknowledge", "alert.cancel", "alert.inform", "alert.odd",
	    "alert.open, alert.close", NULL};
	struct fixture *f = *state;
	struct answer first = ask(f, (struct ask){.event = "alert.open"});

	assert_string_equal(first.receipt.outcome, "stored");
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		struct answer a = ask(f, (struct ask){.event = events[i]});

		assert_string_equal(a.receipt.outcome, "duplicate");
		assert_string_equal(a.receipt.id, first.receipt.id);
	}
	assert_int_equal(count(f, SPOOL_NEW), 1);
}

static void
test_counted(void **state)
{
	struct fixture *f = *state;
	struct answer a = ask(f, (struct ask){.path = NULL});

	assert_int_equal(a.receipt.metrics.add[METRIC_STORED], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_COMMITS], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_SIGNATURE_VALID], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_TOKEN_NOT_REQUIRED], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_BODY_BYTES],
	    strlen(ALERT));
	a = ask(f, (struct ask){.signing = FORGED});
	assert_int_equal(a.receipt.metrics.add[METRIC_FORBIDDEN], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_SIGNATURE_WRONG], 1);
	assert_int_equal(a.receipt.metrics.add[METRIC_BODY_BYTES], 0);
	a = ask(f, (struct ask){.path = "/none"});
	assert_int_equal(a.receipt.metrics.add[METRIC_NOT_FOUND], 1);
	a = ask(f, (struct ask){.length = "5000"});
	assert_int_equal(a.receipt.metrics.add[METRIC_TOO_LARGE], 1);
}

/* A body with a record that is 18 times as long and over 64 MiB: a repeated delivery,
 * which reads the record, is a duplicate. */
static void
test_longest_record(void **state)
{
	static const char front[] = "{\"links\":[{\"rel\":\"self\",\"href\":\"";
	const size_t n = (size_t)4 << 20;
	struct fixture *f = *state;
	char *body = malloc(n + sizeof(front) + 8);
	struct answer a;

	assert_non_null(body);
	memcpy(body, front, sizeof(front) - 1);
	memset(body + sizeof(front) - 1, 1, n);
	memcpy(body + sizeof(front) - 1 + n, "\"},{}]}", 8);
	f->settings.max_body = (int64_t)n * 2;
	a = ask(f, (struct ask){.body = body});
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.text, "\"stored\""));
	a = ask(f, (struct ask){.body = body});
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.text, "\"duplicate\""));
	free(body);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    TEST(test_answers),
	    TEST(test_one_refusal),
	    TEST(test_unavailable),
	    TEST(test_endpoints),
	    TEST(test_record),
	    TEST(test_warnings),
	    TEST(test_replayed_event),
	    TEST(test_counted),
	    TEST(test_longest_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
