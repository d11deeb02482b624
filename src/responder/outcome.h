/* SPDX-License-Identifier: ISC */
/*
 * outcome: what can become of a request, and what each outcome means to the
 * sender, the log and the counters: one row of a table.
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

/* Fill in status, type and body of the response, and word and counter of the
 * receipt, whose id must be set where a record was stored. A problem's text
 * (RFC 9457) depends on the outcome alone, so it tells a forger nothing. */
void outcome_answer(enum outcome, struct http_response *, struct receipt *);

/* Note in the receipt why, in words for the log. */
void outcome_explain(struct receipt *, const char *why);

#endif
