/* SPDX-License-Identifier: ISC */
/*
 * conditions: the words of a [queue NAME] section that choose its records. Only for
 * queues.c.
 */
#ifndef ALERTSPOOL_SETTINGS_CONDITIONS_H
#define ALERTSPOOL_SETTINGS_CONDITIONS_H

#include "lib/settings/queues.h"

struct inifile;

/* Add the words of one line of this key. 0, or -1 with the reason. */
int condition_take(struct inifile *, struct queue_condition *, enum queue_field,
    const char *value);

void condition_free(struct queue_condition *);

#endif
