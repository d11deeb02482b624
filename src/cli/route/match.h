/* SPDX-License-Identifier: ISC */
/* match: does a queue want a record, by its conditions (alertspool.conf(5))? Pure. */
#ifndef ALERTSPOOL_ROUTE_MATCH_H
#define ALERTSPOOL_ROUTE_MATCH_H

#include <stdbool.h>

#include "cli/records/record_view.h"
#include "lib/settings/queues.h"

/* Are all conditions met? */
bool match_all(const struct queue_settings *, const struct record_view *);

/* Is the condition on the event met? */
bool match_event(const struct queue_settings *, enum transition);

/* Would it accept an alert without severity, by that condition? */
bool match_unrated(const struct queue_settings *);

#endif
