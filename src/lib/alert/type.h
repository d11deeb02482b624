/* SPDX-License-Identifier: ISC */
/*
 * type: event types and their categories. Private to the alert module, except
 * alert_event_type() of alert.h.
 */
#ifndef ALERTSPOOL_ALERT_TYPE_H
#define ALERTSPOOL_ALERT_TYPE_H

#include <stdbool.h>

#include "lib/alert/alert.h"

/*
 * The category of an event type, static. An unknown one gets it from its spelling, else
 * from the old typeName, else "unknown"; *listed is whether it is known. Both words may
 * be NULL.
 */
const char *alert_category(const char *event_type, const char *type_name,
    bool *listed);

#endif
