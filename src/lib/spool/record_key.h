/* SPDX-License-Identifier: ISC */
/*
 * record_key: a record's name as 63 bits that sort like the name: 39 bits of TIME, 3 of
 * EVENT and the first 21 of DIGEST. Two records of one second and one EVENT may have the
 * same key. Pure.
 */
#ifndef ALERTSPOOL_SPOOL_RECORD_KEY_H
#define ALERTSPOOL_SPOOL_RECORD_KEY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "lib/record/name.h"

#define RECORD_KEY_NONE 0
#define RECORD_KEY_FIRST 2 /* smaller keys are not a record's */

uint64_t record_key(const struct name_view *);

/* No record of this time or later has a smaller key. */
uint64_t record_key_since(time_t);

/* EVENT and TIME of a key; false if it is not a record's, or has no TIME. */
enum transition record_key_event(uint64_t key);
bool record_key_time(uint64_t key, time_t *);

#endif
