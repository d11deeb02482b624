/* SPDX-License-Identifier: ISC */
/*
 * make: makes the record's name from an alert and its delivery, and adds the warnings
 * that depend on the delivery. Used for deliveries and for records that are requeued from
 * bad/. Pure.
 */
#ifndef ALERTSPOOL_RECORD_MAKE_H
#define ALERTSPOOL_RECORD_MAKE_H

#include <stdint.h>

#include "lib/record/name.h"

struct alert;
struct delivery;

/*
 * Spell the name of the record, and add the warnings stale (the alert's time is more than
 * retain_done milliseconds before the receipt; 0: never) and unauthenticated-source. A
 * record from bad/ keeps the DIGEST of its name there, `bad`, which must be a name; NULL
 * for a new delivery.
 */
void record_make(char name[static NAME_SIZE], struct alert *,
    const struct delivery *, int64_t retain_done, const char *bad);

#endif
