/* SPDX-License-Identifier: ISC */
/*
 * moment: a point in time as an operator types it, in UTC like everything that the
 * programs print.
 */
#ifndef ALERTSPOOL_BASE_MOMENT_H
#define ALERTSPOOL_BASE_MOMENT_H

#include <time.h>

/* The forms that moment_parse() accepts, for messages. */
#define MOMENT_FORMS \
	"2026-11-23T07:45:42Z, 2026-11-23T07:45Z, 2026-11-23, 07:45, " \
	"yesterday, or an age like 2h or 2d12h"

/*
 * Parse the moment, where "now" is the current time:
 *
 *   2026-11-23T07:45:42Z  as timestamp_parse() accepts it, also without seconds
 *   2026-11-23            the beginning of that day
 *   07:45, 07:45:42       the last time that a clock showed this, now included
 *   yesterday             the beginning of the day before
 *   90m, 2d12h            this long ago, as quantity_duration() reads it
 *
 * 0 and *t, or -1 for any other text.
 */
int moment_parse(const char *text, time_t now, time_t *t);

#endif
