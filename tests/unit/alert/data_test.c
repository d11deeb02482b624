/* SPDX-License-Identifier: ISC */
/*
 * From a body to a record and back, one directory of tests/data a case:
 *
 *	body		what was sent, byte for byte
 *	event		the text of X-MMS-Event; no file: no such header
 *	severity	rules, one KEY=VALUE a line; no file: none
 *	about		one line: what the case shows
 *	expected.json	what must come of it, written after the documents:
 *	    name	TIME.ALERT.EVENT, the record's name without DIGEST
 *	    alert, error, warnings, extra
 *			as in the record; an error's message is not compared
 *	    raw		"text" or "base64": the key that holds the body
 *	    contains	texts that the record's line must contain (optional)
 *
 * With a directory in $ALERTSPOOL_RECORDS each record is left there as
 * CASE.json, for tests/data_records.sh, which holds them against the schema.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/alert/alert.h"
#include "lib/alert/severity.h"
#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/base/error.h"
#include "lib/base/file.h"
#include "lib/record/make.h"
#include "lib/record/record.h"

#define FILE_LIMIT ((size_t)4 * 1024 * 1024)
#define SOURCE "default"

struct data_case {
	const char *name;
	struct buf body;
	struct buf event;
	bool has_event;
	struct severity_map rules;
	json_t *expected;
};

struct outcome {
	char name[NAME_SIZE];
	unsigned char sha256[DIGEST_SIZE];
	struct buf text;
	json_t *record;
};

static const char *
from_environment(const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);

	return value != NULL ? value : otherwise;
}

/* ---- reading a case ------------------------------------------------------ */

/* Reads a file of the case. False if it does not exist. */
static bool
read_file(int dir, const char *file, struct buf *b)
{
	struct error error = ERROR_INIT;

	if (file_read(dir, file, FILE_LIMIT, b, NULL, &error) == 0)
		return true;
	if (error.kind != ERROR_NOT_FOUND)
		fail_msg("%s: %s", file, error.text);
	return false;
}

static void
read_rules(int dir, struct severity_map *rules)
{
	struct buf b = BUF_INIT;
	char *line, *rest, *value;

	if (read_file(dir, "severity", &b)) {
		for (line = strtok_r(b.data, "\n", &rest); line != NULL;
		    line = strtok_r(NULL, "\n", &rest)) {
			value = strchr(line, '=');
			assert_non_null(value);
			*value++ = '\0';
			assert_int_equal(severity_add(rules, line, value), 0);
		}
	}
	buf_free(&b);
}

static json_t *
read_expected(int dir)
{
	struct buf b = BUF_INIT;
	json_error_t error;
	json_t *expected;

	if (!read_file(dir, "expected.json", &b))
		fail_msg("there is no expected.json");
	expected = json_loadb(b.data, b.len,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	if (expected == NULL)
		fail_msg("expected.json:%d: %s", error.line, error.text);
	buf_free(&b);
	return expected;
}

static void
case_read(struct data_case *c, const char *name)
{
	struct error error = ERROR_INIT;
	char path[4096];
	int dir;

	*c = (struct data_case){.name = name};
	snprintf(path, sizeof(path), "%s/tests/data/%s",
	    from_environment("srcdir", "."), name);
	dir = file_open_dir(AT_FDCWD, path, &error);
	if (dir == -1)
		fail_msg("%s", error.text);
	if (!read_file(dir, "body", &c->body))
		fail_msg("there is no body");
	c->has_event = read_file(dir, "event", &c->event);
	read_rules(dir, &c->rules);
	c->expected = read_expected(dir);
	close(dir);
}

static void
case_free(struct data_case *c)
{
	buf_free(&c->body);
	buf_free(&c->event);
	severity_free(&c->rules);
	json_decref(c->expected);
}

/* ---- from body to record ------------------------------------------------- */

static struct delivery
make_delivery(const struct data_case *c, const unsigned char *sha256)
{
	struct delivery d = {
	    .received_at = {.tv_sec = 1795420000, .tv_nsec = 123456789},
	    .source = SOURCE,
	    .receiver = "receiver.example.net",
	    .remote_addr = "203.0.113.7",
	    .content_type = "application/json",
	    .signature_sha256 = "de47c9b27eb8d300dbb5f2c353e632c3"
				"93262cf06340c4fa7f1b40c4cbd36f90",
	    .signature_verdict = "valid",
	    .key = "secret",
	    .token_verdict = "not-required",
	    .method = RECORD_WEBHOOK,
	    .body = c->body.data,
	    .body_len = c->body.len,
	};

	if (c->has_event)
		d.event = c->event.len > 0 ? c->event.data : "";
	memcpy(d.body_sha256, sha256, DIGEST_SIZE);
	return d;
}

static void
outcome_make(struct outcome *o, const struct data_case *c)
{
	const struct digest_part part = {c->body.data, c->body.len};
	struct error error = ERROR_INIT;
	struct delivery delivery;
	struct alert alert;

	*o = (struct outcome){.text = BUF_INIT};
	digest_sha256(o->sha256, &part, 1);
	delivery = make_delivery(c, o->sha256);
	if (alert_parse(&alert, c->body.data, c->body.len, delivery.event,
		&c->rules, &error) == -1)
		fail_msg("alert_parse: %s", error.text);
	record_make(o->name, &alert, &delivery, 0, NULL);
	if (record_encode(&o->text, o->name, &delivery, &alert, &error) == -1)
		fail_msg("record_encode: %s", error.text);
	alert_free(&alert);
	o->record = record_decode(o->text.data, o->text.len, &error);
	if (o->record == NULL)
		fail_msg("record_decode: %s", error.text);
}

static void
outcome_free(struct outcome *o)
{
	buf_free(&o->text);
	json_decref(o->record);
}

/* ---- comparing ----------------------------------------------------------- */

static bool differ(struct buf *why, const char *path, const json_t *want,
    const json_t *got);

/* Adds a sentence that the value differs from the wanted one. */
static bool
say(struct buf *why, const char *path, const json_t *want, const json_t *got)
{
	char *wanted = json_dumps(want, JSON_ENCODE_ANY | JSON_COMPACT);
	char *found = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);

	buf_addf(why, "%s is %.300s and should be %.300s", path,
	    found != NULL ? found : "missing",
	    wanted != NULL ? wanted : "missing");
	free(found);
	free(wanted);
	return true;
}

static bool
differ_object(struct buf *why, const char *path, const json_t *want,
    const json_t *got)
{
	json_t *both = json_object();
	bool different = false;
	const char *key;
	json_t *value;
	char *inner;

	/* First the keys of want, in its order, then the other keys of got. */
	json_object_update(both, (json_t *)(uintptr_t)want);
	json_object_update_missing(both, (json_t *)(uintptr_t)got);
	json_object_foreach(both, key, value)
	{
		assert_true(asprintf(&inner, "%s.%s", path, key) > 0);
		different = differ(why, inner, json_object_get(want, key),
		    json_object_get(got, key));
		free(inner);
		if (different)
			break;
	}
	json_decref(both);
	return different;
}

static bool
differ_array(struct buf *why, const char *path, const json_t *want,
    const json_t *got)
{
	bool different = false;
	char *inner;

	for (size_t i = 0; !different && i < json_array_size(want); i++) {
		assert_true(asprintf(&inner, "%s[%zu]", path, i) > 0);
		different = differ(why, inner, json_array_get(want, i),
		    json_array_get(got, i));
		free(inner);
	}
	if (!different && json_array_size(got) > json_array_size(want))
		different = say(why, path, want, got);
	return different;
}

/* Finds the first difference of two values. Returns true if there is one, and writes the
 * place and both values to why. An integer is never equal to a real. */
static bool
differ(struct buf *why, const char *path, const json_t *want, const json_t *got)
{
	if (json_equal(want, got))
		return false;
	if (json_is_object(want) && json_is_object(got))
		return differ_object(why, path, want, got);
	if (json_is_array(want) && json_is_array(got))
		return differ_array(why, path, want, got);
	return say(why, path, want, got);
}

/* Checks that this key of the record has the expected value, with keys in the same order.
 *  */
static void
check_value(const struct data_case *c, const json_t *record, const char *key)
{
	const json_t *want = json_object_get(c->expected, key);
	const json_t *got = json_object_get(record, key);
	struct buf why = BUF_INIT;
	char *wanted, *found;

	if (differ(&why, key, want, got))
		fail_msg("%s: %s", c->name, why.data);
	wanted = json_dumps(want, JSON_ENCODE_ANY);
	found = json_dumps(got, JSON_ENCODE_ANY);
	if (strcmp(wanted, found) != 0)
		fail_msg("%s: %s has its keys in another order: %s", c->name,
		    key, found);
	free(wanted);
	free(found);
	buf_free(&why);
}

/* ---- what must hold ------------------------------------------------------ */

static void
check_name(const struct data_case *c, const struct outcome *o)
{
	const char *want =
	    json_string_value(json_object_get(c->expected, "name"));
	const json_t *id = json_object_get(o->record, "id");
	const size_t n = strlen(want);

	if (strncmp(o->name, want, n) != 0 || o->name[n] != '.')
		fail_msg("%s: the name is %s and should be %s.DIGEST", c->name,
		    o->name, want);
	assert_true(name_parse(o->name, NULL));
	assert_string_equal(json_string_value(id), o->name);
}

static void
check_error(const struct data_case *c, const struct outcome *o)
{
	json_t *error = json_object_get(o->record, "error");

	if (json_is_object(error)) {
		assert_true(
		    json_string_length(json_object_get(error, "message")) > 0);
		json_object_del(error, "message");
	}
	check_value(c, o->record, "error");
}

/* Checks that the record has the body unchanged, in the right one of the two keys. */
static void
check_body(const struct data_case *c, const struct outcome *o)
{
	const char *want =
	    json_string_value(json_object_get(c->expected, "raw"));
	const json_t *raw = json_object_get(o->record, "raw");
	const json_t *base64 = json_object_get(o->record, "raw_base64");
	struct error error = ERROR_INIT;
	struct buf body = BUF_INIT;

	assert_int_equal(strcmp(want, "text") == 0, json_is_string(raw));
	assert_int_equal(strcmp(want, "base64") == 0, json_is_string(base64));
	assert_true(json_is_null(raw) || json_is_null(base64));
	if (record_body(o->record, &body, &error) == -1)
		fail_msg("record_body: %s", error.text);
	assert_int_equal(body.len, c->body.len);
	if (body.len > 0)
		assert_memory_equal(body.data, c->body.data, body.len);
	assert_int_equal(record_is_whole(o->text.data, o->text.len, o->sha256,
			     &error),
	    1);
	assert_int_equal(record_is_whole(o->text.data, o->text.len - 1,
			     o->sha256, &error),
	    0);
	buf_free(&body);
}

static void
check_text(const struct data_case *c, const struct outcome *o)
{
	const json_t *texts = json_object_get(c->expected, "contains");
	struct outcome again;
	const json_t *text;
	size_t i;

	json_array_foreach(texts, i, text)
	{
		if (strstr(o->text.data, json_string_value(text)) == NULL)
			fail_msg("%s: the record does not contain %s", c->name,
			    json_string_value(text));
	}
	outcome_make(&again, c);
	assert_string_equal(again.name, o->name);
	assert_string_equal(again.text.data, o->text.data);
	outcome_free(&again);
}

static void
leave_record(const char *name, const struct outcome *o)
{
	const char *records = getenv("ALERTSPOOL_RECORDS");
	struct error error = ERROR_INIT;
	char path[4096];

	if (records == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%s.json", records, name);
	if (file_create(AT_FDCWD, path, 0644, o->text.data, o->text.len,
		&error) == -1)
		fail_msg("%s", error.text);
}

static void
test_case(void **state)
{
	const char *name = *state;
	struct data_case c;
	struct outcome o;

	case_read(&c, name);
	outcome_make(&o, &c);
	leave_record(name, &o);
	check_value(&c, o.record, "alert");
	check_value(&c, o.record, "warnings");
	check_value(&c, o.record, "extra");
	check_error(&c, &o);
	check_name(&c, &o);
	check_body(&c, &o);
	check_text(&c, &o);
	outcome_free(&o);
	case_free(&c);
}

static int
is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int
main(void)
{
	struct dirent **cases = NULL;
	struct CMUnitTest *tests;
	char path[4096];
	int n, failed = 1;

	snprintf(path, sizeof(path), "%s/tests/data",
	    from_environment("srcdir", "."));
	n = scandir(path, &cases, is_case, alphasort);
	if (n <= 0) {
		printf("Bail out! no cases in %s\n", path);
		return 1;
	}
	tests = calloc((size_t)n, sizeof(*tests));
	for (int i = 0; tests != NULL && i < n; i++)
		tests[i] = (struct CMUnitTest){.name = cases[i]->d_name,
		    .test_func = test_case,
		    .initial_state = cases[i]->d_name};
	if (tests != NULL)
		failed = _cmocka_run_group_tests("data", tests, (size_t)n, NULL,
		    NULL);
	for (int i = 0; i < n; i++)
		free(cases[i]);
	free(cases);
	free(tests);
	return failed;
}
