/* SPDX-License-Identifier: ISC */
/*
 * metric: what the number of a metric alert means in a unit that all
 * alerts share. Private to the alert module.
 */
#ifndef ALERTSPOOL_ALERT_METRIC_H
#define ALERTSPOOL_ALERT_METRIC_H

#include <stdbool.h>

struct unit;

/* One of the sender's units, in either spelling; NULL when it is none. */
const struct unit *alert_unit(const char *word);

/*
 * The value in the canonical unit: true with *value converted and the unit's
 * name (static); false when the unit has no canonical one, or the result is no
 * finite number. The metric's name (or NULL) tells which RAW numbers are
 * percent.
 */
bool alert_metric_convert(const char *metric, const struct unit *,
    double *value, const char **canonical);

#endif
