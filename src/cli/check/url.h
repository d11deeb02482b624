/* SPDX-License-Identifier: ISC */
/*
 * check_front: what the requests of "alertspool check --url" have in common, for
 * check_front.c and check_signed.c alone.
 */
#ifndef ALERTSPOOL_CHECK_URL
#define ALERTSPOOL_CHECK_URL

#include <stdbool.h>

#include "cli/check/check.h"

struct post;
struct post_answer;

struct front {
	struct check *check;
	const char *base; /* the URL, its slashes at the end left out */
	int base_len;
	const struct check_canary *canary;
	const struct settings_source *underscored; /* gets X_MMS_Event */
	bool local;  /* this machine answers itself over loopback */
	bool ready;  /* it is the responder that answers here */
	bool masked; /* all clients look like this machine, and it was told */
};

/* An error: what is wrong at this URL, why it matters, how to mend it. */
void front_tell(const struct front *, const char *url, const char *why,
    const char *mend, const char *what);

/* One request: the status, or 0 when nobody answered, which is told, or nobody
 * was asked for want of memory. */
int front_ask(const struct front *, const struct post *, const char *shown,
    struct post_answer *);

/* An answer with another status than the one that was wanted. */
void front_tell_status(const struct front *, const char *url,
    const struct post_answer *, int wanted, const char *why);

bool front_is_loopback(const char *address);

/* Send a signed delivery, judge what is stored of it, and remove that:
 * check_signed.c */
void front_ask_signed(struct front *, const char *url, const char *source);

#endif
