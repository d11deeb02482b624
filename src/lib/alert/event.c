/* SPDX-License-Identifier: ISC */
/* event: tables of the sender's events and states, and of which events each state allows.
 *  */
#include "config.h"

#include <string.h>

#include "lib/alert/event.h"

#define EVENT_MAX 64 /* longest event name that is accepted */

static const char *const states[ALERT_STATES] = {
    [ALERT_OPEN] = "open",
    [ALERT_TRACKING] = "tracking",
    [ALERT_CLOSED] = "closed",
    [ALERT_CANCELLED] = "cancelled",
    [ALERT_INFORMATIONAL] = "informational",
    [ALERT_UNKNOWN] = "unknown",
};

static const struct {
	const char *status;
	enum alert_state state;
} statuses[] = {
    {"OPEN", ALERT_OPEN},
    {"TRACKING", ALERT_TRACKING},
    {"CLOSED", ALERT_CLOSED},
    {"CANCELLED", ALERT_CANCELLED},
    {"INFORMATIONAL", ALERT_INFORMATIONAL},
};

/* The manuals of Atlas and of Ops Manager spell two of them differently. */
static const struct {
	const char *event;
	enum transition transition;
} events[] = {
    {"alert.open", TRANSITION_OPEN},
    {"alert.opened", TRANSITION_OPEN},
    {"alert.inform", TRANSITION_INFORM},
    {"alert.update", TRANSITION_UPDATE},
    {"alert.acknowledge", TRANSITION_ACKNOWLEDGE},
    {"alert.close", TRANSITION_CLOSE},
    {"alert.closed", TRANSITION_CLOSE},
    {"alert.cancel", TRANSITION_CANCEL},
};

#define CAN(transition) (1u << (transition))

/* The events that the header may choose for an alert in this state, besides acknowledge.
 * A body without a usable status allows any. */
static const unsigned int choices[ALERT_STATES] = {
    [ALERT_OPEN] = CAN(TRANSITION_OPEN) | CAN(TRANSITION_UPDATE),
    [ALERT_TRACKING] = CAN(TRANSITION_OPEN) | CAN(TRANSITION_UPDATE),
    [ALERT_CLOSED] = CAN(TRANSITION_CLOSE),
    [ALERT_CANCELLED] = CAN(TRANSITION_CANCEL),
    [ALERT_INFORMATIONAL] = CAN(TRANSITION_INFORM),
    [ALERT_UNKNOWN] = ~0u,
};

#define LENGTH(table) (sizeof(table) / sizeof((table)[0]))

/* Is it one word of printable ASCII? A comma means that the header was repeated and a web
 * server joined the values. */
static bool
is_one_word(const char *text, size_t n)
{
	if (n == 0 || n > EVENT_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == ',')
			return false;
	return true;
}

enum event_header
alert_event_header(const char *value, enum transition *transition)
{
	size_t n;

	if (value == NULL)
		return EVENT_ABSENT;
	value += strspn(value, " \t");
	n = strlen(value);
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		n--;
	if (!is_one_word(value, n))
		return EVENT_UNUSABLE;
	*transition = TRANSITION_UNKNOWN;
	for (size_t i = 0; i < LENGTH(events); i++)
		if (strlen(events[i].event) == n &&
		    memcmp(events[i].event, value, n) == 0)
			*transition = events[i].transition;
	return EVENT_READ;
}

bool
alert_event_allowed(enum transition transition, enum alert_state state,
    bool acknowledged)
{
	if (transition == TRANSITION_ACKNOWLEDGE &&
	    (state == ALERT_OPEN || state == ALERT_TRACKING ||
		state == ALERT_CLOSED))
		return acknowledged;
	return (choices[state] & CAN(transition)) != 0;
}

bool
alert_state_parse(const char *word, size_t n, enum alert_state *state)
{
	for (size_t i = 0; i < LENGTH(statuses); i++)
		if (strlen(statuses[i].status) == n &&
		    memcmp(statuses[i].status, word, n) == 0) {
			*state = statuses[i].state;
			return true;
		}
	return false;
}

const char *
alert_state_word(enum alert_state state)
{
	return states[state];
}
