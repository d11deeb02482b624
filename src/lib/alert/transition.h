/* SPDX-License-Identifier: ISC */
/* transition: what happened to an alert: the seven words in record names. */
#ifndef ALERTSPOOL_ALERT_TRANSITION_H
#define ALERTSPOOL_ALERT_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

/* The transitions, in the sort order of records of one second. */
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

/* Its inverse for n characters; false for any other text. */
bool transition_parse(const char *word, size_t n, enum transition *);

#endif
