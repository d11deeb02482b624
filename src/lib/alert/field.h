/* SPDX-License-Identifier: ISC */
/* field: puts the members of a body into struct alert. Private to the alert module. */
#ifndef ALERTSPOOL_ALERT_FIELD_H
#define ALERTSPOOL_ALERT_FIELD_H

#include "lib/alert/alert.h"

/* Place the members of a->root; those that are not placed completely are put into
 * a->extra, too. 0, or -1 when there is no memory. */
int alert_place_fields(struct alert *a);

void alert_warn(struct alert *, enum alert_warning);

/* The text of a string without NUL, else NULL. */
const char *alert_plain(const json_t *value);

#endif
