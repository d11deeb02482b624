/* SPDX-License-Identifier: ISC */
/*
 * receive: the answer to a request, as a function from values to a response; the table in
 * section "What a request gets" of alertspool.fcgi(8), row by row.
 */
#ifndef ALERTSPOOL_RESPONDER_RECEIVE_H
#define ALERTSPOOL_RESPONDER_RECEIVE_H

#include <stdbool.h>
#include <time.h>

#include "lib/auth/auth.h"
#include "lib/record/name.h"
#include "lib/spool/metrics.h"
#include "responder/http.h"

struct auth;
struct error;
struct settings;
struct spool;

/* Everything that the answer depends on; all borrowed. */
struct receiver {
	const struct settings *settings;
	const struct auth *auth;
	struct spool *spool;	   /* NULL: it could not be opened … */
	const char *spool_problem; /* … for this reason */
	int metrics_fd;		   /* -1: none */
	const char *host;	   /* this machine's name */
};

/* The content of a request's log line. Strings are borrowed from the settings and the
 * secrets, or static. */
struct receipt {
	const char *outcome; /* "stored", "forbidden", … */
	const char *source;
	const char *key;
	bool judged; /* the two verdicts are valid */
	enum auth_verdict signature, token;
	char signature_kept[AUTH_KEPT_SIZE]; /* "" for none */
	char id[NAME_SIZE];		     /* "" for none */
	char detail[512]; /* the reason in words; "" for none */
	bool heard;	  /* counts as a delivery of its source, see heard.h */
	bool spool_lost;  /* the directory is gone or was replaced */
	struct metrics_delta metrics;
};

/* Answer the request as of this moment. Never fails: an error is an answer, too. Free the
 * response with http_response_free(). */
void receive(const struct receiver *, const struct http_request *,
    struct timespec now, struct http_response *, struct receipt *);

/* Does the spool exist, is it the same as before, and has it free space? 0, or -1 with
 * ERROR_UNAVAILABLE or ERROR_CREATE; notes in the receipt if it is lost. */
int receive_room(const struct receiver *, struct receipt *, struct error *);

/* The answer when a request could not even be judged: 503, and the reason for the log. */
void receive_failure(const char *why, struct http_response *, struct receipt *);

#endif
