/* SPDX-License-Identifier: ISC */
/*
 * ending: the record by which an operator ends an alert whose sender never will: a
 * project that is gone, a test, a lost close.
 */
#ifndef ALERTSPOOL_ALERTS_ENDING_H
#define ALERTSPOOL_ALERTS_ENDING_H

#include <time.h>

#include "cli/records/record_view.h"

struct settings;

/*
 * Commit a record to new/: the newest one's body with status CANCELLED, updated at the
 * later of now and its TIME, event cancel, without a request. It is as durable as a
 * received one. The caller holds the alert's lock. 0 and its name, or -1: ERROR_INPUT
 * when the newest record's body is not of that alert.
 */
int ending_commit(struct spool *, const struct settings *,
    const struct record_view *newest, struct timespec now,
    char name[static NAME_SIZE], struct error *);

#endif
