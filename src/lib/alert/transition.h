/* SPDX-License-Identifier: ISC */
/*
 * transition: what happened to an alert, in the seven words of a record's name.
 */
#ifndef ALERTSPOOL_ALERT_TRANSITION_H
#define ALERTSPOOL_ALERT_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

/* The transitions, in the order in which records of one second sort. */
enum transition {
	TRANSITION_OPEN,
	TRANSITION_INFORM,
	TRANSITION_UPDATE,
	TRANSITION_ACKNOWLEDGE,
	TRANSITION_UNKNOWN,
	TRANSITION_CLOSE,
	TRANSITION_CANCEL,
	TRANSITIONS
};

/* "open", "inform" and so on; static. */
const char *transition_word(enum transition);

/* Its inverse for n characters; false when it is none of the seven. */
bool transition_parse(const char *word, size_t n, enum transition *);

#endif
