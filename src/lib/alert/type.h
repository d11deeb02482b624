/* SPDX-License-Identifier: ISC */
/*
 * type: event types and the categories they belong to. Private to the
 * alert module, but for alert_event_type() of alert.h.
 */
#ifndef ALERTSPOOL_ALERT_TYPE_H
#define ALERTSPOOL_ALERT_TYPE_H

#include <stdbool.h>

#include "lib/alert/alert.h"

/*
 * The category of an event type, static. One that is in no list gets it from
 * how it is spelled, else from the old typeName, else "unknown"; *listed tells
 * which. Both words may be NULL.
 */
const char *alert_category(const char *event_type, const char *type_name,
    bool *listed);

#endif
