/* SPDX-License-Identifier: ISC */
/*
 * stream: a new stream's window is retain_done, the time for which a receiver itself
 * remembers deliveries. A full stream refuses new messages rather than deleting old ones:
 * refused records stay in the spool.
 */
#include "config.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nats/client.h"
#include "cli/nats/stream.h"
#include "cli/nats/subject.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/json/read.h"

#define API_SIZE (sizeof("$JS..API.STREAM.CREATE.") + 2 * STREAM_NAME_MAX)
#define NS_PER_MS 1000000LL
#define FOR_EVER_MS (INT64_C(30) * 24 * 3600 * 1000) /* if without limit */

#define CODE_NO_STREAM 10059
#define CODE_NO_JETSTREAM 10039 /* for the account */
#define CODE_OFF 10076
#define CODE_NO_PEERS 10005 /* a cluster that just started knows few servers */

int
stream_check_name(const char *name, const char *of, struct error *error)
{
	size_t n = strlen(name);

	if (n > 0 && n <= STREAM_NAME_MAX &&
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_") == n)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "\"%.80s\" is not a name of %s: 1 to %d of A-Z a-z 0-9 - _", name,
	    of, STREAM_NAME_MAX);
}

static int64_t
window_ms(const struct stream_wish *w)
{
	return w->retain_done > 0 ? w->retain_done : FOR_EVER_MS;
}

/* ---- asking --------------------------------------------------------- */

static int
set_problem(const json_t *problem, const char *name, struct error *error)
{
	json_int_t code =
	    json_integer_value(json_object_get(problem, "err_code"));
	const char *text =
	    json_string_value(json_object_get(problem, "description"));
	enum error_kind kind = code == CODE_NO_STREAM	    ? ERROR_NOT_FOUND
	    : code == CODE_NO_JETSTREAM || code == CODE_OFF ? ERROR_UNAVAILABLE
	    : code == CODE_NO_PEERS ||
		json_integer_value(json_object_get(problem, "code")) == 503
	    ? ERROR_BUSY
	    : ERROR_SETTINGS;
	struct buf shown = BUF_INIT;

	if (text != NULL)
		escape_log(&shown, text, strlen(text));
	if (buf_check(&shown, error) == 0)
		error_set(error, kind, "stream %s: %s", name,
		    shown.len > 0 ? shown.data : "refused");
	buf_free(&shown);
	return -1;
}

/* Query the API for the stream: an owned answer, or NULL. */
static json_t *
ask(struct nats_client *b, const char *verb, const struct stream_wish *wish,
    const char *question, struct error *error)
{
	const char *name = wish->name, *domain = wish->domain;
	char subject[API_SIZE];
	struct buf text = BUF_INIT;
	json_t *answer = NULL;
	const json_t *problem;
	struct error why = ERROR_INIT;

	snprintf(subject, sizeof(subject), "$JS.%s%sAPI.STREAM.%s.%s",
	    domain != NULL ? domain : "", domain != NULL ? "." : "", verb,
	    name);
	if (nats_client_request(b, subject, question, &text, error) == 0) {
		answer = json_read_strict(text.len > 0 ? text.data : "",
		    text.len, &why);
		problem = json_object_get(answer, "error");
		if (problem != NULL)
			set_problem(problem, name, error);
		else if (why.kind == ERROR_IO)
			error_take(error, &why);
		else if (json_object_get(answer, "config") != NULL)
			goto out;
		else
			error_set(error, ERROR_BUSY,
			    "stream %s: not JetStream's answer", name);
		json_decref(answer);
		answer = NULL;
	}
out:
	buf_free(&text);
	return answer;
}

/* ---- comparing ------------------------------------------------------ */

struct inspection {
	const struct stream_wish *wish;
	const json_t *config;
	stream_found *found;
	void *context;
};

static int64_t
number(const struct inspection *i, const char *key)
{
	return json_integer_value(json_object_get(i->config, key));
}

static bool
has_word(const struct inspection *i, const char *key, const char *word)
{
	const char *text = json_string_value(json_object_get(i->config, key));

	return text != NULL && strcmp(text, word) == 0;
}

static bool
is_true(const struct inspection *i, const char *key)
{
	return json_is_true(json_object_get(i->config, key));
}

static void __attribute__((format(printf, 4, 5)))
report_finding(const struct inspection *i, bool bad, const char *fix,
    const char *what, ...)
{
	struct stream_finding f = {.bad = bad};
	va_list ap;

	va_start(ap, what);
	vsnprintf(f.what, sizeof(f.what), what, ap);
	va_end(ap);
	snprintf(f.fix, sizeof(f.fix), "%s", fix);
	i->found(i->context, &f);
}

static int
inspect_subjects(const struct inspection *i, struct error *error)
{
	struct buf pattern = BUF_INIT;
	const json_t *subject;
	size_t n;
	int rc;

	subject_pattern(i->wish->subject, &pattern);
	rc = buf_check(&pattern, error);
	if (rc == -1)
		goto out;
	json_array_foreach(json_object_get(i->config, "subjects"), n,
	    subject) if (json_is_string(subject) &&
	    subject_covers(json_string_value(subject), pattern.data)) goto out;
	report_finding(i, true,
	    "add it to the stream's subjects, or change --subject",
	    "it does not take %.100s", pattern.data);
out:
	buf_free(&pattern);
	return rc;
}

static void
inspect_storage(const struct inspection *i)
{
	int64_t replicas = number(i, "num_replicas");

	if (i->wish->replicas != 0 && replicas != i->wish->replicas)
		report_finding(i, true,
		    "\"nats stream edit --replicas\" changes that",
		    "it has %" PRId64 " replica%s, not %ld", replicas,
		    replicas == 1 ? "" : "s", i->wish->replicas);
	if (!has_word(i, "storage", "file"))
		report_finding(i, i->wish->replicas != 0,
		    "make a new one with file storage",
		    "it is kept in memory only");
	if (is_true(i, "no_ack"))
		report_finding(i, true, "\"no_ack\" must be false",
		    "it acknowledges nothing");
	if (is_true(i, "sealed"))
		report_finding(i, true, "name another one", "it is sealed");
	if (json_is_object(json_object_get(i->config, "mirror")))
		report_finding(i, true, "name the stream that it copies",
		    "it is a mirror");
}

static void
inspect_limits(const struct inspection *i)
{
	int64_t window = number(i, "duplicate_window") / NS_PER_MS;
	int64_t most = number(i, "max_msg_size");
	bool limited = number(i, "max_msgs") > 0 || number(i, "max_bytes") > 0;

	if (window < window_ms(i->wish))
		report_finding(i, false,
		    "a duplicate_window as long as retain_done is advised",
		    "it remembers duplicates for %" PRId64
		    " s, the spool for %" PRId64 " s",
		    window / 1000, window_ms(i->wish) / 1000);
	if (limited && !has_word(i, "discard", "new"))
		report_finding(i, false,
		    "\"discard\": \"new\" keeps them in the spool",
		    "when it is full it deletes the oldest messages, "
		    "read or not");
	/* This limit needs more than "discard". */
	if (number(i, "max_msgs_per_subject") > 0 &&
	    !is_true(i, "discard_new_per_subject"))
		report_finding(i, false,
		    "\"discard\": \"new\" with "
		    "\"discard_new_per_subject\": true keeps them in the spool",
		    "when a subject is full it deletes its oldest messages, "
		    "read or not");
	if (most > 0)
		report_finding(i, false, "a larger max_msg_size takes all",
		    "records of over %" PRId64 " bytes become dead letters",
		    most);
	if (has_word(i, "retention", "interest"))
		report_finding(i, false,
		    "make consumers first, or retain by limits",
		    "it keeps only messages that a consumer waits for");
}

int
stream_inspect(struct nats_client *b, const struct stream_wish *wish,
    stream_found *found, void *context, struct error *error)
{
	json_t *answer = ask(b, "INFO", wish, "", error);
	struct inspection i = {
	    .wish = wish,
	    .config = json_object_get(answer, "config"),
	    .found = found,
	    .context = context,
	};
	int rc;

	if (answer == NULL)
		return -1;
	rc = inspect_subjects(&i, error);
	inspect_storage(&i);
	inspect_limits(&i);
	json_decref(answer);
	return rc;
}

/* ---- making --------------------------------------------------------- */

int
stream_create(struct nats_client *b, const struct stream_wish *wish,
    struct error *error)
{
	struct buf pattern = BUF_INIT;
	struct error why = ERROR_INIT;
	json_t *answer = ask(b, "INFO", wish, "", &why), *config = NULL;
	char *question = NULL;
	int rc = answer != NULL ? 1 : -1;

	json_decref(answer);
	if (rc == 1)
		return 1;
	if (why.kind != ERROR_NOT_FOUND)
		return error_take(error, &why);
	subject_pattern(wish->subject, &pattern);
	if (!pattern.failed)
		config =
		    json_pack("{s:s, s:[s], s:s, s:s, s:s, s:i, s:I, s:i, s:i, "
			      "s:i, s:i, s:i}",
			"name", wish->name, "subjects", pattern.data,
			"retention", "limits", "storage", "file", "discard",
			"new", "num_replicas", (int)wish->replicas,
			"duplicate_window",
			(json_int_t)window_ms(wish) * NS_PER_MS, "max_msgs", -1,
			"max_bytes", -1, "max_age", 0, "max_msg_size", -1,
			"max_consumers", -1);
	if (config != NULL)
		question = json_dumps(config, JSON_COMPACT);
	if (question == NULL)
		error_set(error, ERROR_IO, "no memory for a stream's settings");
	else
		answer = ask(b, "CREATE", wish, question, error);
	rc = question != NULL && answer != NULL ? 0 : -1;
	if (rc == 0)
		json_decref(answer);
	free(question);
	json_decref(config);
	buf_free(&pattern);
	return rc;
}
