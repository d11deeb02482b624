/* SPDX-License-Identifier: ISC */
/*
 * receive: the policy. What a request gets, as a function from values to a
 * response; the table of section "What a request gets" in alertspool.fcgi(8),
 * row by row.
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

/* Everything a request is judged with; all borrowed. */
struct receiver {
	const struct settings *settings;
	const struct auth *auth;
	struct spool *spool;	   /* NULL: it could not be opened … */
	const char *spool_problem; /* … because of this */
	int metrics_fd;		   /* -1: none */
	const char *host;	   /* this machine's name */
};

/* What the log line tells of a request. Strings are borrowed from the settings
 * and the secrets, or static. */
struct receipt {
	const char *outcome; /* "stored", "forbidden", … */
	const char *source;
	const char *key;
	bool judged; /* the two verdicts have meaning */
	enum auth_verdict signature, token;
	char signature_kept[AUTH_KEPT_SIZE]; /* "" for none */
	char id[NAME_SIZE];		     /* "" for none */
	char detail[512];		     /* why, in words; "" for none */
	bool heard;	 /* a sign of life of its source, see heard.h */
	bool spool_lost; /* the directory is gone or another one now */
	struct metrics_delta metrics;
};

/* Answer the request as of this moment. Never fails: what goes wrong is an
 * answer. Free the response with http_response_free(). */
void receive(const struct receiver *, const struct http_request *,
    struct timespec now, struct http_response *, struct receipt *);

/* Is the spool there, the same as before, and has it room? 0, or -1 with
 * ERROR_UNAVAILABLE or ERROR_CREATE; notes in the receipt when it is lost. */
int receive_room(const struct receiver *, struct receipt *, struct error *);

/* The answer when a request could not even be judged: 503, and why for the
 * log. */
void receive_failure(const char *why, struct http_response *, struct receipt *);

#endif
