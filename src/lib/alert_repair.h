/* SPDX-License-Identifier: ISC */
/*
 * alert_repair: the one repairing pass over a body that is no strict JSON, and
 * the judge of what is wrong with it. Private to the alert module.
 */
#ifndef ALERTSPOOL_ALERT_REPAIR_H
#define ALERTSPOOL_ALERT_REPAIR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/alert.h"

/* Levels of values in a body, the outermost counted. Jansson reads 2048; in a
 * record the body's fields lie one level deeper, in "extra". */
#define ALERT_DEPTH_MAX 2047

/*
 * Append the body as a JSON object that Jansson takes, but for duplicate keys:
 * raw control characters inside strings escaped, numbers that neither int64
 * nor double can hold replaced, a leading BOM dropped; each repair sets its
 * warning. Where that does not help, why tells the first thing that is wrong:
 * line and column are those of the first character that no such text can have
 * there. 0, or -1 with ERROR_IO when there is no memory.
 */
int alert_repair(struct buf *, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *)
    __attribute__((warn_unused_result));

#endif
