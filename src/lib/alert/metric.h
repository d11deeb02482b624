/* SPDX-License-Identifier: ISC */
/*
 * metric: converts a metric's number to a unit that all alerts share. Private to the
 * alert module.
 */
#ifndef ALERTSPOOL_ALERT_METRIC_H
#define ALERTSPOOL_ALERT_METRIC_H

#include <stdbool.h>

struct unit;

/* A unit of the sender in either spelling; NULL if it is unknown. */
const struct unit *alert_unit(const char *word);

/*
 * Convert to the canonical unit: true with *value converted and the unit's name (static);
 * false if the unit has no canonical one, or the result is not finite. The metric's name
 * (or NULL) tells which RAW numbers are percent.
 */
bool alert_metric_convert(const char *metric, const struct unit *,
    double *value, const char **canonical);

#endif
