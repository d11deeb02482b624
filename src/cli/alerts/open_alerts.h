/* SPDX-License-Identifier: ISC */
/*
 * open_alerts: how many alerts are open, by severity, for Prometheus.
 */
#ifndef ALERTSPOOL_ALERTS_OPEN_ALERTS_H
#define ALERTSPOOL_ALERTS_OPEN_ALERTS_H

#include <time.h>

#include "lib/base/buf.h"
#include "lib/spool/spool.h"

struct error;

/* Append the gauges of alerts that are open and not acknowledged at this moment, by
 * severity, and of those that are acknowledged, in Prometheus text format 0.0.4. An alert
 * whose newest record cannot be read counts by its names, as unrated. 0, or -1 with
 * ERROR_IO. */
int open_alerts_prometheus(struct buf *, const struct spool *, time_t now,
    struct error *);

#endif
