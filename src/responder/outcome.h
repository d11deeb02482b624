/* SPDX-License-Identifier: ISC */
/*
 * outcome: the possible results of a request, and for each its answer, log word and
 * counter: one row of a table.
 */
#ifndef ALERTSPOOL_RESPONDER_OUTCOME_H
#define ALERTSPOOL_RESPONDER_OUTCOME_H

struct http_response;
struct receipt;

enum outcome {
	OUTCOME_STORED,
	OUTCOME_DUPLICATE,
	OUTCOME_QUARANTINED,
	OUTCOME_BAD_REQUEST,
	OUTCOME_FORBIDDEN,
	OUTCOME_NOT_FOUND,
	OUTCOME_METHOD_NOT_ALLOWED,
	OUTCOME_TOO_LARGE,
	OUTCOME_UNAVAILABLE,
	OUTCOMES
};

/* Fill in status, type and body of the response, and word and counter of the receipt,
 * whose id must be set if a record was stored. A problem's text (RFC 9457) depends only
 * on the outcome, so it tells a forger nothing. */
void outcome_answer(enum outcome, struct http_response *, struct receipt *);

/* Put the reason into the receipt, in words for the log. */
void outcome_explain(struct receipt *, const char *why);

#endif
