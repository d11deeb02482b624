/* SPDX-License-Identifier: ISC */
/*
 * acknowledge: an alert acknowledged in Atlas, or that taken back. What becomes of it
 * here is told by the delivery that Atlas sends, or by reconcile.
 */
#ifndef ALERTSPOOL_ATLAS_ACKNOWLEDGE_H
#define ALERTSPOOL_ATLAS_ACKNOWLEDGE_H

#include <time.h>

#include "cli/frame/cli.h"

#define ACKNOWLEDGE_COMMENT_MAX 200 /* characters */
#define ACKNOWLEDGE_FOREVER 100	    /* years, as MongoDB's own tool has it */

/* The moment that the text means when it is "now": as moment_parse() reads it, but an
 * age lies ahead, and a time of day is the next one; "forever". 0, or -1 with
 * ERROR_USAGE when it is none, or not ahead. */
int acknowledge_until(const char *text, time_t now, time_t *t, struct error *);

/* Is this UTF-8 of so many characters? 0, or -1 with ERROR_USAGE. */
int acknowledge_check_comment(const char *text, struct error *);

/*
 * Send this change, a JSON object, to the API for each operand, which is ALERT as for
 * "alertspool alerts". Project and section are those of its newest record. Each failure
 * is told, and each success printed: ALERT, and until when it is acknowledged now, if it
 * is. An alert that has ended is refused without force. The exit code, or -1.
 */
int acknowledge_each(struct cli *, const char *change, bool force,
    struct error *);

#endif
