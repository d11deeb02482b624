/* SPDX-License-Identifier: ISC */
/*
 * acknowledge: acknowledges an alert in Atlas, or withdraws that. The spool learns of it
 * by the delivery that Atlas sends, or by reconcile.
 */
#ifndef ALERTSPOOL_ATLAS_ACKNOWLEDGE_H
#define ALERTSPOOL_ATLAS_ACKNOWLEDGE_H

#include <time.h>

#include "cli/frame/cli.h"

#define ACKNOWLEDGE_COMMENT_MAX 200 /* characters */
#define ACKNOWLEDGE_FOREVER 100	    /* years, as in MongoDB's own tool */

/* Parse the moment, where "now" is the current time: as moment_parse() does, but an age
 * means from now on, and a time of day the next one; "forever". 0, or -1 with ERROR_USAGE
 * for any other text, or a moment that is not in the future. */
int acknowledge_until(const char *text, time_t now, time_t *t, struct error *);

/* Is this UTF-8, and not too long? 0, or -1 with ERROR_USAGE. */
int acknowledge_check_comment(const char *text, struct error *);

/*
 * Send this change, a JSON object, to the API for each operand, which is ALERT as for
 * "alertspool alerts". Project and section are those of its newest record. Each failure
 * is reported, and each success printed: ALERT, and until when it is acknowledged now, if
 * it is. An alert that has ended is refused without force. The exit code, or -1.
 */
int acknowledge_each(struct cli *, const char *change, bool force,
    struct error *);

#endif
