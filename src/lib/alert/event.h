/* SPDX-License-Identifier: ISC */
/*
 * event: the sender's words for an event: the X-MMS-Event header and the status. Private
 * to the alert module.
 */
#ifndef ALERTSPOOL_ALERT_EVENT_H
#define ALERTSPOOL_ALERT_EVENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/alert/alert.h"
#include "lib/alert/transition.h"

enum event_header {
	EVENT_ABSENT,
	EVENT_UNUSABLE, /* empty, repeated, too long or not plain text */
	EVENT_READ	/* *transition is set, perhaps to TRANSITION_UNKNOWN */
};

/* Read the value of X-MMS-Event; NULL when there was none. */
enum event_header alert_event_header(const char *value,
    enum transition *transition);

/*
 * May the header, which is not signed, choose this transition for an alert with this
 * signed state and acknowledgement? A header never contradicts the body, so nobody can
 * end an alert by sending its opening again.
 */
bool alert_event_allowed(enum transition, enum alert_state, bool acknowledged);

/* The state for a status of n characters; false if there is none. */
bool alert_state_parse(const char *word, size_t n, enum alert_state *);

#endif
