/* SPDX-License-Identifier: ISC */
/*
 * alert_rules: which records open, end and decide an alert, as functions of their keys
 * (alertspool-spool(5), ALERTS).
 */
#include "config.h"

#include "lib/spool/alert_rules.h"
#include "lib/spool/record_key.h"

bool
alert_is_decisive(enum transition event)
{
	return event == TRANSITION_OPEN || event == TRANSITION_CLOSE ||
	    event == TRANSITION_CANCEL;
}

bool
alert_is_opening(enum transition event)
{
	return event == TRANSITION_OPEN || event == TRANSITION_UPDATE ||
	    event == TRANSITION_ACKNOWLEDGE;
}

uint64_t
alert_decide(uint64_t decider, uint64_t key, enum transition event)
{
	const bool decided = decider != RECORD_KEY_NONE &&
	    alert_is_decisive(record_key_event(decider));

	if (alert_is_decisive(event))
		return !decided || key > decider ? key : decider;
	return alert_is_opening(event) && !decided && key > decider ? key
								    : decider;
}

bool
alert_is_end(enum transition event)
{
	return event == TRANSITION_CLOSE || event == TRANSITION_CANCEL;
}

enum alert_index_state
alert_state_by(uint64_t decider, enum transition newest)
{
	if (decider == RECORD_KEY_NONE)
		return newest == TRANSITION_INFORM ? ALERT_INDEX_INFORMATIONAL
						   : ALERT_INDEX_UNKNOWN;
	switch (record_key_event(decider)) {
	case TRANSITION_CLOSE:
		return ALERT_INDEX_CLOSED;
	case TRANSITION_CANCEL:
		return ALERT_INDEX_CANCELLED;
	default:
		return ALERT_INDEX_OPEN;
	}
}
