/* SPDX-License-Identifier: ISC */
/* outcome: the table, and the two forms of an answer: a problem, or a record's id. */
#include "config.h"

#include <stdio.h>

#include "lib/base/buf.h"
#include "lib/spool/metrics.h"
#include "responder/http.h"
#include "responder/outcome.h"
#include "responder/receive.h"

#define RETRY_AFTER 30 /* seconds */

static const struct {
	int status;
	const char *word;
	const char
	    *detail; /* for a problem (RFC 9457); the same for every request */
	enum metric metric;
} outcomes[OUTCOMES] = {
    [OUTCOME_STORED] = {200, "stored", NULL, METRIC_STORED},
    [OUTCOME_DUPLICATE] = {200, "duplicate", NULL, METRIC_DUPLICATE},
    [OUTCOME_QUARANTINED] = {202, "quarantined", NULL, METRIC_QUARANTINED},
    [OUTCOME_BAD_REQUEST] = {400, "bad-request",
	"The body is not as long as announced, or did not arrive whole.",
	METRIC_BAD_REQUEST},
    [OUTCOME_FORBIDDEN] = {403, "forbidden",
	"The signature or the token is missing or not right.",
	METRIC_FORBIDDEN},
    [OUTCOME_NOT_FOUND] = {404, "not-found", "There is no source of this name.",
	METRIC_NOT_FOUND},
    [OUTCOME_METHOD_NOT_ALLOWED] = {405, "method-not-allowed",
	"This resource does not know the method.", METRIC_METHOD_NOT_ALLOWED},
    [OUTCOME_TOO_LARGE] = {413, "too-large", "The body is over the limit.",
	METRIC_TOO_LARGE},
    [OUTCOME_UNAVAILABLE] = {503, "unavailable",
	"This cannot be done now. Nothing was stored; please try again.",
	METRIC_UNAVAILABLE},
};

static void
answer_problem(enum outcome o, struct http_response *response)
{
	response->content_type = "application/problem+json";
	buf_addf(&response->body,
	    "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
	    "\"detail\":\"%s\"}\n",
	    http_reason(outcomes[o].status), outcomes[o].status,
	    outcomes[o].detail);
	if (o == OUTCOME_UNAVAILABLE)
		response->retry_after = RETRY_AFTER;
}

static void
answer_record(enum outcome o, const char *id, struct http_response *response)
{
	response->content_type = "application/json";
	buf_adds(&response->body, "{\"status\":\"");
	buf_adds(&response->body, outcomes[o].word);
	buf_adds(&response->body, "\",\"id\":\"");
	buf_adds(&response->body, id);
	buf_adds(&response->body, "\"}\n");
}

void
outcome_answer(enum outcome o, struct http_response *response,
    struct receipt *receipt)
{
	response->status = outcomes[o].status;
	receipt->outcome = outcomes[o].word;
	receipt->metrics.add[outcomes[o].metric]++;
	if (outcomes[o].detail != NULL)
		answer_problem(o, response);
	else
		answer_record(o, receipt->id, response);
}

void
outcome_explain(struct receipt *receipt, const char *why)
{
	snprintf(receipt->detail, sizeof(receipt->detail), "%s", why);
}
