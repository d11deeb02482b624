/* SPDX-License-Identifier: ISC */
/*
 * make: what an alert and its delivery become together: the record's name, and
 * the warnings that only the delivery can give. One policy for what comes in and
 * for what is taken out of bad/ again. Pure.
 */
#ifndef ALERTSPOOL_RECORD_MAKE_H
#define ALERTSPOOL_RECORD_MAKE_H

#include <stdint.h>

#include "lib/record/name.h"

struct alert;
struct delivery;

/*
 * Spell the name of the record, and add the warnings stale (the alert's time is
 * more than retain_done milliseconds before the receipt; 0: never) and
 * unauthenticated-source. What lay in bad/ keeps the DIGEST of its name there,
 * `bad`, which must be a name; NULL for a new delivery.
 */
void record_make(char name[static NAME_SIZE], struct alert *,
    const struct delivery *, int64_t retain_done, const char *bad);

#endif
