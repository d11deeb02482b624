/* SPDX-License-Identifier: ISC */
/*
 * alert_rules: which records of an alert open it, end it, and decide its state, by their
 * names alone (alertspool-spool(5), ALERTS). Pure.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_RULES_H
#define ALERTSPOOL_SPOOL_ALERT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/alert/transition.h"

/* The state of an alert by its records' names: as the last open, close or cancel left it;
 * without any, open if there is an update or acknowledge, else by the newest. */
enum alert_index_state {
	ALERT_INDEX_OPEN,
	ALERT_INDEX_CLOSED,
	ALERT_INDEX_CANCELLED,
	ALERT_INDEX_INFORMATIONAL,
	ALERT_INDEX_UNKNOWN,
	ALERT_INDEX_STATES
};

/* Does it decide whether the alert has ended; does it end it; does it open an alert
 * without any other record? */
bool alert_is_decisive(enum transition);
bool alert_is_end(enum transition);
bool alert_is_opening(enum transition);

/* The key of the record that decides the state, after one more record: the last open,
 * close or cancel; without any, the last update or acknowledge; else RECORD_KEY_NONE. */
uint64_t alert_decide(uint64_t decider, uint64_t key, enum transition);

/* The alert's state by that record and the event of its newest. */
enum alert_index_state alert_state_by(uint64_t decider, enum transition newest);

#endif
