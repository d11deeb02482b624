/* SPDX-License-Identifier: ISC */
/* reparse: parses again a body in bad/ that may be an alert for today's code. */
#ifndef ALERTSPOOL_RECORDS_REPARSE_H
#define ALERTSPOOL_RECORDS_REPARSE_H

#include <stdbool.h>

#include "lib/record/name.h"

struct error;
struct settings;
struct spool;

/*
 * Parse the body of a record in bad/ again. If it is an alert now, commit the new record
 * to new/ (received_at, delivery and DIGEST are those of the old), note in its history
 * where it comes from, and remove the old one. name is the new record's. Dry: only parse.
 * The caller holds the alert's lock. 1; 0 when the new record existed already, and only
 * the old one was removed, or when dry; or -1: ERROR_INPUT when it is still not an alert,
 * or the old record is incomplete, ERROR_BUSY when another process works on the new
 * record's alert.
 */
int reparse(struct spool *, const struct settings *, const char *bad,
    const char *who, bool dry, char name[static NAME_SIZE], struct error *);

#endif
