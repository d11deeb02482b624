/* SPDX-License-Identifier: ISC */
/*
 * alert_metric: what the number of a metric alert means in a unit that all
 * alerts share. Private to the alert module.
 */
#ifndef ALERTSPOOL_ALERT_METRIC_H
#define ALERTSPOOL_ALERT_METRIC_H

#include <stdbool.h>

/* Is this one of the sender's units, in either spelling? */
bool alert_unit_known(const char *unit);

/*
 * The value in the canonical unit: true with *value converted and the unit's
 * name (static); false when the unit is unknown or has no canonical one, or
 * the result is no finite number. The metric's name (or NULL) tells which RAW
 * numbers are percent.
 */
bool alert_metric_convert(const char *metric, const char *unit, double *value,
    const char **canonical);

#endif
