/* SPDX-License-Identifier: ISC */
/*
 * moment: a point in time as an operator types it. Everything is in UTC, as all
 * that the programs print.
 */
#ifndef ALERTSPOOL_BASE_MOMENT_H
#define ALERTSPOOL_BASE_MOMENT_H

#include <time.h>

/* What moment_parse() takes, for messages. */
#define MOMENT_FORMS \
	"2026-11-23T07:45:42Z, 2026-11-23T07:45Z, 2026-11-23, 07:45, " \
	"yesterday, or an age like 2h or 2d12h"

/*
 * The moment that the text means when it is "now":
 *
 *   2026-11-23T07:45:42Z  what timestamp_parse() takes, also without seconds
 *   2026-11-23            the beginning of that day
 *   07:45, 07:45:42       the last time that a clock showed this, now included
 *   yesterday             the beginning of the day before
 *   90m, 2d12h            so long ago, as quantity_duration() reads it
 *
 * 0 and *t, or -1 when the text is none of them.
 */
int moment_parse(const char *text, time_t now, time_t *t);

#endif
