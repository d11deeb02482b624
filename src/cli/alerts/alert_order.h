/* SPDX-License-Identifier: ISC */
/* alert_order: sorts alerts for people. */
#ifndef ALERTSPOOL_ALERTS_ALERT_ORDER_H
#define ALERTSPOOL_ALERTS_ALERT_ORDER_H

#include "cli/alerts/fold.h"

/* An alert that is shown. */
struct alert_shown {
	const struct alert_fold *names; /* borrowed from an index */
	struct fold fold;
};

/* For qsort(3): the worst first, then the oldest; silent alerts after the others. */
int alert_order(const void *, const void *);

#endif
