/* SPDX-License-Identifier: ISC */
/* transition: a table of words. */
#include "config.h"

#include <string.h>

#include "lib/alert/transition.h"

static const char *const words[TRANSITIONS] = {
    [TRANSITION_OPEN] = "open",
    [TRANSITION_INFORM] = "inform",
    [TRANSITION_UPDATE] = "update",
    [TRANSITION_ACKNOWLEDGE] = "acknowledge",
    [TRANSITION_UNKNOWN] = "unknown",
    [TRANSITION_CLOSE] = "close",
    [TRANSITION_CANCEL] = "cancel",
};

const char *
transition_word(enum transition transition)
{
	return words[transition];
}

bool
transition_parse(const char *word, size_t n, enum transition *transition)
{
	for (size_t i = 0; i < TRANSITIONS; i++) {
		if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0) {
			*transition = (enum transition)i;
			return true;
		}
	}
	return false;
}
