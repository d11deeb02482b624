/* SPDX-License-Identifier: ISC */
/*
 * alert_json: from the bytes of a body to a JSON object. Private to the alert
 * module.
 */
#ifndef ALERTSPOOL_ALERT_JSON_H
#define ALERTSPOOL_ALERT_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/alert.h"

/*
 * Parse a body, repaired if it must be. 0 with an owned object in *root and
 * the repairs added to *warnings; 0 with *root NULL and why->code set when it
 * is none; -1 with ERROR_IO when there is no memory. Strings may hold NUL.
 */
int alert_json_parse(json_t **root, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *)
    __attribute__((warn_unused_result));

#endif
