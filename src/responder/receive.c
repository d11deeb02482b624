/* SPDX-License-Identifier: ISC */
/*
 * receive() asks one question after another, in the order of the table in the
 * manual, and the first that is answered decides: which source, which method,
 * is the body whole, is it authentic, is there room, what does it say, is it
 * stored. What each outcome means to the sender, the log and the counters is
 * one row of a table.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/alert.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/record.h"
#include "lib/settings.h"
#include "lib/spool.h"
#include "responder/receive.h"

#define RETRY_AFTER 30 /* seconds */

enum outcome {
	STORED,
	DUPLICATE,
	QUARANTINED,
	BAD_REQUEST,
	FORBIDDEN,
	NOT_FOUND,
	METHOD_NOT_ALLOWED,
	TOO_LARGE,
	UNAVAILABLE,
	OUTCOMES
};

static const struct {
	int status;
	const char *word;
	const char *detail; /* of a problem (RFC 9457); never of one request */
	enum metric metric;
} outcomes[OUTCOMES] = {
    [STORED] = {200, "stored", NULL, METRIC_STORED},
    [DUPLICATE] = {200, "duplicate", NULL, METRIC_DUPLICATE},
    [QUARANTINED] = {202, "quarantined", NULL, METRIC_QUARANTINED},
    [BAD_REQUEST] = {400, "bad-request",
	"The body is not as long as announced, or did not arrive whole.",
	METRIC_BAD_REQUEST},
    [FORBIDDEN] = {403, "forbidden",
	"The signature or the token is missing or not right.",
	METRIC_FORBIDDEN},
    [NOT_FOUND] = {404, "not-found", "There is no source of this name.",
	METRIC_NOT_FOUND},
    [METHOD_NOT_ALLOWED] = {405, "method-not-allowed",
	"This resource does not know the method.", METRIC_METHOD_NOT_ALLOWED},
    [TOO_LARGE] = {413, "too-large", "The body is over the limit.",
	METRIC_TOO_LARGE},
    [UNAVAILABLE] = {503, "unavailable",
	"This cannot be done now. Nothing was stored; please try again.",
	METRIC_UNAVAILABLE},
};

/* ---- answers -------------------------------------------------------- */

static void
answer_problem(enum outcome o, struct http_response *response)
{
	response->content_type = "application/problem+json";
	buf_addf(&response->body,
	    "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
	    "\"detail\":\"%s\"}\n",
	    http_reason(outcomes[o].status), outcomes[o].status,
	    outcomes[o].detail);
	if (o == UNAVAILABLE)
		response->retry_after = RETRY_AFTER;
}

static void
answer_record(enum outcome o, const char *id, struct http_response *response)
{
	response->content_type = "application/json";
	buf_addf(&response->body, "{\"status\":\"%s\",\"id\":\"%s\"}\n",
	    outcomes[o].word, id);
}

static void
answer(enum outcome o, struct http_response *response, struct receipt *receipt)
{
	response->status = outcomes[o].status;
	receipt->outcome = outcomes[o].word;
	receipt->metrics.add[outcomes[o].metric]++;
	if (outcomes[o].detail != NULL)
		answer_problem(o, response);
	else
		answer_record(o, receipt->id, response);
}

static void
explain(struct receipt *receipt, const char *why)
{
	snprintf(receipt->detail, sizeof(receipt->detail), "%s", why);
}

/* ---- the endpoints beside the sources ------------------------------- */

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
			n = 0; /* longer than any name of ours */
			out[n++] = '?';
			break;
		}
		out[n++] = *path;
	}
	out[n] = '\0';
}

static bool
is_read(const struct http_request *request)
{
	return request->method != NULL &&
	    (strcmp(request->method, "GET") == 0 ||
		strcmp(request->method, "HEAD") == 0);
}

static bool
is_loopback(const char *address)
{
	return address != NULL &&
	    (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
		strncmp(address, "::ffff:127.", 11) == 0);
}

static int
spool_ready(const struct receiver *receiver, struct receipt *receipt,
    struct error *error)
{
	if (receiver->spool == NULL || !spool_is_current(receiver->spool)) {
		receipt->spool_lost = true;
		return error_set(error, ERROR_UNAVAILABLE,
		    "the spool %s is not there, or not the one it was",
		    receiver->settings->directory);
	}
	return spool_check_room(receiver->spool, receiver->settings->min_free,
	    error);
}

static void
get_ready(const struct receiver *receiver, struct http_response *response,
    struct receipt *receipt)
{
	struct error error = ERROR_INIT;

	if (spool_ready(receiver, receipt, &error) == -1) {
		explain(receipt, error.text);
		response->status = outcomes[UNAVAILABLE].status;
		receipt->outcome = "not-ready";
		answer_problem(UNAVAILABLE, response);
		return;
	}
	response->status = 200;
	receipt->outcome = "ready";
	response->content_type = "application/json";
	buf_adds(&response->body, "{\"status\":\"ready\"}\n");
}

static void
get_metrics(const struct receiver *receiver, struct http_response *response,
    struct receipt *receipt)
{
	struct metrics metrics;

	metrics_read(receiver->metrics_fd, &metrics);
	response->status = 200;
	receipt->outcome = "metrics";
	response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_prometheus(&response->body, &metrics);
}

/* Endpoints below "-/", which no source name can begin with. */
static void
receive_endpoint(const struct receiver *receiver,
    const struct http_request *request, const char *path,
    struct http_response *response, struct receipt *receipt)
{
	bool ready = strcmp(path, "-/ready") == 0;
	bool metrics = strcmp(path, "-/metrics") == 0 &&
	    is_loopback(request->remote_addr);

	if (!ready && !metrics) {
		answer(NOT_FOUND, response, receipt);
	} else if (!is_read(request)) {
		response->allow = "GET, HEAD";
		answer(METHOD_NOT_ALLOWED, response, receipt);
	} else if (ready) {
		get_ready(receiver, response, receipt);
	} else {
		get_metrics(receiver, response, receipt);
	}
}

/* ---- a delivery ----------------------------------------------------- */

static const char *
body_problem(enum http_body body)
{
	static const char *const problems[] = {
	    [HTTP_BODY_BAD_LENGTH] = "CONTENT_LENGTH is no number",
	    [HTTP_BODY_SHORT] = "the body is shorter than CONTENT_LENGTH",
	    [HTTP_BODY_LONG] = "the body is longer than CONTENT_LENGTH",
	    [HTTP_BODY_BROKEN] =
		"the body broke off or took longer than request_timeout",
	};

	return problems[body];
}

/* Is it authentic? STORED for yes, so that the caller goes on. */
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
		explain(receipt, error.text);
		return UNAVAILABLE;
	}
	receipt->judged = true;
	receipt->signature = result.signature;
	receipt->token = result.token;
	receipt->key = result.key;
	receipt->metrics.add[METRIC_SIGNATURE_VALID + (int)result.signature]++;
	receipt->metrics.add[METRIC_TOKEN_VALID + (int)result.token]++;
	if (!auth_passed(result.signature) || !auth_passed(result.token))
		return FORBIDDEN;
	return STORED;
}

static void
add_warnings(const struct receiver *receiver,
    const struct settings_source *source, struct timespec now,
    struct alert *alert)
{
	int64_t retain = receiver->settings->retain_done / 1000;

	if (retain > 0 && alert->has_time && alert->time < now.tv_sec - retain)
		alert->warnings |= 1u << WARN_STALE;
	if (source->unauthenticated)
		alert->warnings |= 1u << WARN_UNAUTHENTICATED_SOURCE;
}

static void
name_record(const struct settings_source *source,
    const struct http_request *request, const struct alert *alert,
    char name[static NAME_SIZE])
{
	bool quarantined = alert->error.code != ALERT_OK;
	unsigned char digest[DIGEST_SIZE];
	struct name_parts parts = {
	    .has_time = alert->has_time,
	    .time = alert->time,
	    .transition =
		quarantined ? TRANSITION_UNKNOWN : alert->transition,
	    .digest = digest,
	};

	if (alert->id != NULL) {
		parts.alert = json_string_value(alert->id);
		parts.alert_len = json_string_length(alert->id);
	}
	name_digest(digest, source->name, parts.transition, request->body.data,
	    request->body.len);
	name_make(name, &parts);
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
	    .signature = request->signature,
	    .signature_verdict = auth_word(receipt->signature),
	    .key = receipt->key,
	    .token_verdict = auth_word(receipt->token),
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
	enum outcome outcome = UNAVAILABLE;
	enum spool_outcome committed;
	struct spool_record record;
	struct alert alert;

	if (alert_parse(&alert, request->body.data, request->body.len,
		request->event, &receiver->settings->severity, &error) == -1)
		goto out;
	add_warnings(receiver, source, now, &alert);
	name_record(source, request, &alert, receipt->id);
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
		explain(receipt, "a torn record was replaced");
	if (committed != SPOOL_STORED)
		outcome = DUPLICATE;
	else if (record.into == SPOOL_BAD)
		outcome = QUARANTINED;
	else
		outcome = STORED;
out:
	if (outcome == UNAVAILABLE)
		explain(receipt, error.text);
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
		return METHOD_NOT_ALLOWED;
	if (request->body_is == HTTP_BODY_TOO_LARGE)
		return TOO_LARGE;
	if (request->body_is != HTTP_BODY_WHOLE) {
		explain(receipt, body_problem(request->body_is));
		return BAD_REQUEST;
	}
	outcome = authenticate(receiver, source, request, receipt);
	if (outcome != STORED)
		return outcome;
	receipt->metrics.add[METRIC_BODY_BYTES] += request->body.len;
	if (spool_ready(receiver, receipt, &error) == -1) {
		explain(receipt, error.text);
		return UNAVAILABLE;
	}
	return store(receiver, source, request, now, receipt);
}

void
receive(const struct receiver *receiver, const struct http_request *request,
    struct timespec now, struct http_response *response,
    struct receipt *receipt)
{
	const struct settings_source *source;
	char path[SETTINGS_SOURCE_MAX + 2];
	enum outcome outcome;

	*response = (struct http_response){
	    .head = request->method != NULL &&
		strcmp(request->method, "HEAD") == 0,
	};
	memset(receipt, 0, sizeof(*receipt));
	plain_path(request->path, path, sizeof(path));
	if (strncmp(path, "-/", 2) == 0) {
		receive_endpoint(receiver, request, path, response, receipt);
		return;
	}
	if (path[0] == '\0')
		strcpy(path, "default");
	source = settings_source(receiver->settings, path, strlen(path));
	if (source == NULL) {
		answer(NOT_FOUND, response, receipt);
		return;
	}
	receipt->source = source->name;
	outcome = receive_delivery(receiver, source, request, now, receipt);
	if (outcome == METHOD_NOT_ALLOWED)
		response->allow = "POST";
	if (outcome == UNAVAILABLE)
		receipt->id[0] = '\0';
	answer(outcome, response, receipt);
}

void
receive_failure(const char *why, struct http_response *response,
    struct receipt *receipt)
{
	*response = (struct http_response){0};
	memset(receipt, 0, sizeof(*receipt));
	explain(receipt, why);
	answer(UNAVAILABLE, response, receipt);
}
