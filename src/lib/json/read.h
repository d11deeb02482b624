/* SPDX-License-Identifier: ISC */
/*
 * read: from the bytes of a body to a JSON object, in one pass that also
 * repairs what it can and judges what it cannot. For alert and for reading
 * records.
 */
#ifndef ALERTSPOOL_JSON_READ
#define ALERTSPOOL_JSON_READ

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/alert/alert.h"

/* Levels of values in a body, the outermost counted. Jansson reads 2048; in a
 * record the body's fields lie one level deeper, in "extra". */
#define ALERT_DEPTH_MAX 2047

/*
 * Parse a body: the tree that Jansson makes of JSON, with members in the order
 * of the body. Read, too, each with its warning, are raw control characters in
 * strings (as themselves), a leading BOM, duplicate keys (the last value, in
 * the first one's place), integers that int64 cannot hold (as the nearest
 * double) and numbers over every double (as null). Strings may hold NUL.
 *
 * 0 with an owned object in *root and the warnings added to *warnings; 0 with
 * *root NULL and why set when it is no such object: line and column are those
 * of the first character that no such text can have there; -1 with ERROR_IO
 * when there is no memory.
 */
int alert_json_parse(json_t **root, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *)
    __attribute__((warn_unused_result));

/* Parse what we wrote ourselves, one level deeper than a body. Nothing is
 * fixed: what would get a warning is refused. An owned object, or NULL with
 * ERROR_INPUT, which says where and what, or ERROR_IO. */
json_t *alert_json_read(const char *text, size_t len, struct error *);

#endif
