/* SPDX-License-Identifier: ISC */
/*
 * url_ask: what the requests of "alertspool check --url" have in common, for
 * url.c and url_signed.c alone.
 */
#ifndef ALERTSPOOL_CHECK_URL_ASK_H
#define ALERTSPOOL_CHECK_URL_ASK_H

#include <stdbool.h>

#include "cli/check/check.h"

struct client_request;
struct client_answer;

#define URL_ASK_COUNTED 4 /* answers that alert rules are built on */

struct url_probe {
	struct check *check;
	const char *base; /* the URL, its slashes at the end left out */
	int base_len;
	const struct check_canary *canary;
	const struct settings_source *underscored; /* gets X_MMS_Event */
	const struct settings_source *unsigned_to; /* gets the unsigned body */
	unsigned int added[URL_ASK_COUNTED]; /* to the responder's counters */
	bool local;  /* this machine answers itself over loopback */
	bool public; /* the URL's name has a public address */
	bool ready;  /* it is the responder that answers here */
	bool masked; /* all clients look like this machine, and it was told */
};

/* An error: what is wrong at this URL, why it matters, how to fix it. */
void url_ask_tell(const struct url_probe *, const char *url, const char *why,
    const char *fix, const char *what);

/* One request: the status, or 0 when nobody answered, which is told, or nobody
 * was asked for want of memory. */
int url_ask(struct url_probe *, const struct client_request *,
    const char *shown, struct client_answer *);

/* Say what the answers added to the counters and the log of the responder; nothing
 * if something was left out without memory. */
void url_ask_tell_added(const struct url_probe *);

/* An answer with another status than the one that was wanted. */
void url_ask_tell_status(const struct url_probe *, const char *url,
    const struct client_answer *, int wanted, const char *why);

/* Send a signed delivery, judge what is stored of it, and remove that:
 * url_signed.c */
void check_url_signed(struct url_probe *, const char *url, const char *source);

#endif
