/* SPDX-License-Identifier: ISC */
/*
 * moment: completes a day, a time of day and an age to a full time in RFC 3339, so that
 * only timestamp.c knows the calendar.
 */
#include "config.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/moment.h"
#include "lib/base/quantity.h"
#include "lib/base/timestamp.h"

#define DAY (24 * 60 * 60)
#define DATE_LENGTH 10 /* "2026-11-23" */

static bool
parse_time(const char *text, time_t *t)
{
	struct timespec at;

	if (timestamp_parse(text, strlen(text), &at) == -1)
		return false;
	*t = at.tv_sec;
	return true;
}

static time_t
day_of(time_t t)
{
	return t - ((t % DAY) + DAY) % DAY;
}

/* Count the characters, so that no text is cut to something that is a time. */
static bool
parse_date(const char *text, time_t *t)
{
	char full[DATE_LENGTH + sizeof("T00:00:00Z")];

	if (strlen(text) != DATE_LENGTH)
		return false;
	snprintf(full, sizeof(full), "%sT00:00:00Z", text);
	return parse_time(full, t);
}

static bool
parse_time_of_day(const char *text, time_t now, time_t *t)
{
	char full[sizeof("1970-01-01T00:00:00Z")];
	time_t since_midnight;

	if (strlen(text) != strlen("00:00") &&
	    strlen(text) != strlen("00:00:00"))
		return false;
	snprintf(full, sizeof(full), "1970-01-01T%sZ", text);
	if (!parse_time(full, &since_midnight) || since_midnight >= DAY)
		return false;
	*t = day_of(now) + since_midnight;
	if (*t > now)
		*t -= DAY;
	return true;
}

static bool
parse_age(const char *text, time_t now, time_t *t)
{
	int64_t ms;

	if (quantity_duration(text, &ms) == -1)
		return false;
	*t = now - (time_t)(ms / 1000);
	return true;
}

int
moment_parse(const char *text, time_t now, time_t *t)
{
	if (strcmp(text, "yesterday") == 0) {
		*t = day_of(now) - DAY;
		return 0;
	}
	return parse_date(text, t) || parse_time(text, t) ||
		parse_time_of_day(text, now, t) || parse_age(text, now, t)
	    ? 0
	    : -1;
}
