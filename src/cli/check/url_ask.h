/* SPDX-License-Identifier: ISC */
/*
 * url_ask: shared by the requests of "alertspool check --url", only for url.c and
 * url_signed.c.
 */
#ifndef ALERTSPOOL_CHECK_URL_ASK_H
#define ALERTSPOOL_CHECK_URL_ASK_H

#include <stdbool.h>

#include "cli/check/check.h"

struct client_request;
struct client_answer;

#define URL_ASK_COUNTED 4 /* answers that are counted for alert rules */

struct url_probe {
	struct check *check;
	const char *base; /* the URL without slashes at its end */
	int base_len;
	const struct check_canary *canary;
	const struct settings_source *underscored; /* gets X_MMS_Event */
	const struct settings_source *unsigned_to; /* gets the unsigned body */
	unsigned int added[URL_ASK_COUNTED]; /* to the responder's counters */
	bool local;  /* this machine answers itself over loopback */
	bool public; /* the URL's name has a public address */
	bool ready;  /* the responder answers here */
	bool
	    masked; /* all clients look like this machine, and that was reported */
};

/* Report an error: what is wrong at this URL, why it matters, how to fix it. */
void url_ask_tell(const struct url_probe *, const char *url, const char *why,
    const char *fix, const char *what);

/* Send a request: the status, or 0 when nobody answered, which is reported, or it was not
 * sent for lack of memory. */
int url_ask(struct url_probe *, const struct client_request *,
    const char *shown, struct client_answer *);

/* Report what the answers added to the counters and the log of the responder; nothing if
 * something was left out without memory. */
void url_ask_tell_added(const struct url_probe *);

/* Report an answer with an unexpected status. */
void url_ask_tell_status(const struct url_probe *, const char *url,
    const struct client_answer *, int wanted, const char *why);

/* Send a signed delivery, check its record, and remove that: url_signed.c */
void check_url_signed(struct url_probe *, const char *url, const char *source);

#endif
