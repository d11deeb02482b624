/* SPDX-License-Identifier: ISC */
/*
 * receive: asks one question after another, in the order of the table in the manual, and
 * the first answer decides: which source, which method, is the body complete, is it
 * authentic, is there space, what does it contain, is it stored.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/alert/alert.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/record/make.h"
#include "lib/record/record.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"
#include "responder/endpoint.h"
#include "responder/outcome.h"
#include "responder/receive.h"

#define DAY (24 * 60 * 60)

/* A stored record can be read back, by a repeat and by the command line. */
_Static_assert(SPOOL_RECORD_MAX >=
	RECORD_GROWTH * SETTINGS_BODY_MAX + RECORD_REST,
    "a record of the longest body is longer than SPOOL_RECORD_MAX");

/* authenticate() counts a verdict by its distance from VALID. */
#define ASSERT_COUNTED(verdict) \
	_Static_assert(METRIC_SIGNATURE_##verdict == \
		    METRIC_SIGNATURE_VALID + (int)AUTH_##verdict && \
		METRIC_TOKEN_##verdict == \
		    METRIC_TOKEN_VALID + (int)AUTH_##verdict, \
	    "enum metric has the verdicts in another order than auth.h")

ASSERT_COUNTED(VALID);
ASSERT_COUNTED(NOT_REQUIRED);
ASSERT_COUNTED(MISSING);
ASSERT_COUNTED(MALFORMED);
ASSERT_COUNTED(REPEATED);
ASSERT_COUNTED(WRONG);
_Static_assert(AUTH_VERDICTS == 6, "a verdict without a counter");

int
receive_room(const struct receiver *receiver, struct receipt *receipt,
    struct error *error)
{
	if (receiver->spool == NULL)
		return error_set(error, ERROR_UNAVAILABLE, "%s",
		    receiver->spool_problem);
	if (!spool_is_current(receiver->spool)) {
		receipt->spool_lost = true;
		return error_set(error, ERROR_UNAVAILABLE,
		    "the spool %s, or a part of it, is gone or was replaced "
		    "since the start",
		    receiver->settings->directory);
	}
	return spool_check_room(receiver->spool, receiver->settings->min_free,
	    error);
}

static const char *
body_problem(enum http_body body)
{
	static const char *const problems[] = {
	    [HTTP_BODY_BAD_LENGTH] = "CONTENT_LENGTH is not a number",
	    [HTTP_BODY_SHORT] = "the body is shorter than CONTENT_LENGTH",
	    [HTTP_BODY_LONG] = "the body is longer than CONTENT_LENGTH",
	    [HTTP_BODY_BROKEN] =
		"the body broke off or took longer than request_timeout",
	};

	return problems[body];
}

/* Is it authentic? OUTCOME_STORED means yes, and the caller goes on. */
static enum outcome
authenticate(const struct receiver *receiver,
    const struct settings_source *source, const struct http_request *request,
    struct receipt *receipt)
{
	struct auth_claim claim = {
	    .signature = request->signature,
	    .query = request->query,
	    .body = request->body.data,
	    .body_len = request->body.len,
	};
	struct error error = ERROR_INIT;
	struct auth_result result;

	if (auth_check(receiver->auth, source, &claim, &result, &error) == -1) {
		outcome_explain(receipt, error.text);
		return OUTCOME_UNAVAILABLE;
	}
	receipt->judged = true;
	receipt->signature = result.signature;
	receipt->token = result.token;
	receipt->key = result.key;
	memcpy(receipt->signature_kept, result.kept, sizeof(result.kept));
	receipt->metrics.add[METRIC_SIGNATURE_VALID + (int)result.signature]++;
	receipt->metrics.add[METRIC_TOKEN_VALID + (int)result.token]++;
	if (!auth_passed(result.signature) || !auth_passed(result.token))
		return OUTCOME_FORBIDDEN;
	return OUTCOME_STORED;
}

static struct delivery
describe(const struct receiver *receiver, const struct settings_source *source,
    const struct http_request *request, struct timespec now,
    const struct receipt *receipt)
{
	struct delivery d = {
	    .received_at = now,
	    .source = source->name,
	    .receiver = receiver->host,
	    .remote_addr = request->remote_addr,
	    .event = request->event,
	    .request_id = request->request_id,
	    .user_agent = request->user_agent,
	    .content_type = request->content_type,
	    .content_encoding = request->content_encoding,
	    .signature_verdict = auth_word(receipt->signature),
	    .key = receipt->key,
	    .token_verdict = auth_word(receipt->token),
	    .signature_sha256 = receipt->signature_kept[0] == '\0'
		? NULL
		: receipt->signature_kept,
	    .method = RECORD_WEBHOOK,
	    .body = request->body.data,
	    .body_len = request->body.len,
	};

	digest_sha256(d.body_sha256,
	    &(struct digest_part){request->body.data, request->body.len}, 1);
	return d;
}

static int
commit(const struct receiver *receiver, const struct spool_record *record,
    enum spool_outcome *outcome, struct receipt *receipt, struct error *error)
{
	int64_t begin = clock_us();
	int rc;

	rc = spool_put(receiver->spool, record,
	    receiver->settings->request_timeout, outcome, error);
	receipt->metrics.add[METRIC_COMMITS]++;
	receipt->metrics.add[METRIC_COMMIT_MICROSECONDS] +=
	    (uint64_t)(clock_us() - begin);
	return rc;
}

/* A delivery with an alert of today was sent now, and is not an old one sent again. */
static bool
is_of_today(const char *id, time_t now)
{
	struct name_view name;

	return name_parse(id, &name) && name.has_time &&
	    name.time >= now - DAY && name.time <= now + DAY;
}

/* Make the record of an authentic delivery and commit it. */
static enum outcome
store(const struct receiver *receiver, const struct settings_source *source,
    const struct http_request *request, struct timespec now,
    struct receipt *receipt)
{
	struct delivery delivery =
	    describe(receiver, source, request, now, receipt);
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	enum outcome outcome = OUTCOME_UNAVAILABLE;
	enum spool_outcome committed;
	struct spool_record record;
	struct alert alert;

	if (alert_parse(&alert, request->body.data, request->body.len,
		request->event, &receiver->settings->severity, &error) == -1)
		goto out;
	record_make(receipt->id, &alert, &delivery,
	    receiver->settings->retain_done, NULL);
	if (record_encode(&text, receipt->id, &delivery, &alert, &error) == -1)
		goto out;
	record = (struct spool_record){
	    .name = receipt->id,
	    .into = alert.error.code == ALERT_OK ? SPOOL_NEW : SPOOL_BAD,
	    .text = text.data,
	    .len = text.len,
	    .is_whole = record_is_whole,
	    .body_sha256 = delivery.body_sha256,
	};
	if (commit(receiver, &record, &committed, receipt, &error) == -1)
		goto out;
	if (committed == SPOOL_REPLACED)
		outcome_explain(receipt, "a torn record was replaced");
	if (committed != SPOOL_STORED)
		outcome = OUTCOME_DUPLICATE;
	else if (record.into == SPOOL_BAD)
		outcome = OUTCOME_QUARANTINED;
	else
		outcome = OUTCOME_STORED;
	receipt->heard =
	    outcome == OUTCOME_STORED && is_of_today(receipt->id, now.tv_sec);
out:
	if (outcome == OUTCOME_UNAVAILABLE)
		outcome_explain(receipt, error.text);
	buf_free(&text);
	alert_free(&alert);
	return outcome;
}

/* The table of the manual, from the second row on. */
static enum outcome
receive_delivery(const struct receiver *receiver,
    const struct settings_source *source, const struct http_request *request,
    struct timespec now, struct receipt *receipt)
{
	struct error error = ERROR_INIT;
	enum outcome outcome;

	if (request->method == NULL || strcmp(request->method, "POST") != 0)
		return OUTCOME_METHOD_NOT_ALLOWED;
	if (request->body_is == HTTP_BODY_TOO_LARGE)
		return OUTCOME_TOO_LARGE;
	if (request->body_is != HTTP_BODY_WHOLE) {
		outcome_explain(receipt, body_problem(request->body_is));
		return OUTCOME_BAD_REQUEST;
	}
	outcome = authenticate(receiver, source, request, receipt);
	if (outcome != OUTCOME_STORED)
		return outcome;
	receipt->metrics.add[METRIC_BODY_BYTES] += request->body.len;
	if (receive_room(receiver, receipt, &error) == -1) {
		outcome_explain(receipt, error.text);
		return OUTCOME_UNAVAILABLE;
	}
	return store(receiver, source, request, now, receipt);
}

/* The path without doubled and trailing slashes: "payments", "-/ready", "". */
static void
plain_path(const char *path, char *out, size_t size)
{
	size_t n = 0;

	for (; path != NULL && *path != '\0'; path++) {
		if (*path == '/' &&
		    (n == 0 || path[1] == '\0' || path[1] == '/'))
			continue;
		if (n + 1 >= size) {
			n = 0; /* longer than any valid name */
			out[n++] = '?';
			break;
		}
		out[n++] = *path;
	}
	out[n] = '\0';
}

void
receive(const struct receiver *receiver, const struct http_request *request,
    struct timespec now, struct http_response *response,
    struct receipt *receipt)
{
	const struct settings_source *source;
	char path[NAME_SOURCE_MAX + 2];
	enum outcome outcome;

	*response = (struct http_response){
	    .head =
		request->method != NULL && strcmp(request->method, "HEAD") == 0,
	};
	memset(receipt, 0, sizeof(*receipt));
	if (request->params_over) {
		outcome_explain(receipt,
		    "over 64 KiB of headers and parameters");
		outcome_answer(OUTCOME_BAD_REQUEST, response, receipt);
		return;
	}
	plain_path(request->path, path, sizeof(path));
	if (strncmp(path, "-/", 2) == 0) {
		endpoint_receive(receiver, request, path, response, receipt);
		return;
	}
	if (path[0] == '\0')
		snprintf(path, sizeof(path), "default");
	source = settings_source(receiver->settings, path, strlen(path));
	if (source == NULL) {
		outcome_answer(OUTCOME_NOT_FOUND, response, receipt);
		return;
	}
	receipt->source = source->name;
	outcome = receive_delivery(receiver, source, request, now, receipt);
	if (outcome == OUTCOME_METHOD_NOT_ALLOWED)
		response->allow = "POST";
	if (outcome == OUTCOME_UNAVAILABLE)
		receipt->id[0] = '\0';
	outcome_answer(outcome, response, receipt);
}

void
receive_failure(const char *why, struct http_response *response,
    struct receipt *receipt)
{
	*response = (struct http_response){0};
	memset(receipt, 0, sizeof(*receipt));
	outcome_explain(receipt, why);
	outcome_answer(OUTCOME_UNAVAILABLE, response, receipt);
}
