/* SPDX-License-Identifier: ISC */
/*
 * timestamp: converts dates to days and back with years that begin in March, so that a
 * leap day is the last day of its year (Howard Hinnant, "chrono- compatible low-level
 * date algorithms"). gmtime(3) and timegm(3) would need the locale and the time zone
 * files.
 */
#include "config.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "lib/base/timestamp.h"

#define DAY 86400
#define FIRST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

#define DAYS_OF_ERA 146097 /* 400 years */
#define EPOCH_DAY 719468   /* days from 0000-03-01 to 1970-01-01 */

struct civil {
	int year, month, day; /* 1 is the first */
	int hour, minute, second;
};

/* ---- the calendar -------------------------------------------------------- */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
days_of_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Seconds since 1970. The year must be 0 or later. */
static int64_t
from_civil(const struct civil *c)
{
	const int years = c->year - (c->month <= 2) + 400; /* not negative */
	const int era = years / 400, year = years % 400;
	const int month = (c->month + 9) % 12; /* 0 is March */
	const int day_of_year = (153 * month + 2) / 5 + c->day - 1;
	const int day_of_era = year * 365 + year / 4 - year / 100 + day_of_year;
	const int64_t days =
	    (int64_t)(era - 1) * DAYS_OF_ERA + day_of_era - EPOCH_DAY;

	return days * DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

/* Its inverse, from FIRST to LAST. */
static struct civil
to_civil(int64_t t)
{
	/* from 0000-03-01, so not negative */
	const int64_t since = t + (int64_t)EPOCH_DAY * DAY;
	const int days = (int)(since / DAY), second = (int)(since % DAY);
	const int era = days / DAYS_OF_ERA, day = days % DAYS_OF_ERA;
	const int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	const int day_of_year = day - (365 * year + year / 4 - year / 100);
	const int month = (5 * day_of_year + 2) / 153;

	return (struct civil){
	    .year = era * 400 + year + (month >= 10),
	    .month = (month + 2) % 12 + 1,
	    .day = day_of_year - (153 * month + 2) / 5 + 1,
	    .hour = second / 3600,
	    .minute = second / 60 % 60,
	    .second = second % 60,
	};
}

static bool
is_in_range(int64_t t)
{
	return t >= FIRST && t <= LAST;
}

/* ---- reading ------------------------------------------------------------- */

/* The rest of the text. After the first mismatch every later read fails, too. */
struct reader {
	const char *text;
	size_t n;
	bool failed;
};

/* The value of the next character; -1 if it is not a digit. */
static int
next_digit(const struct reader *r)
{
	if (r->failed || r->n == 0 || *r->text < '0' || *r->text > '9')
		return -1;
	return *r->text - '0';
}

/* Step over this character if it is the next. */
static bool
skip(struct reader *r, char c)
{
	if (r->failed || r->n == 0 || *r->text != c)
		return false;
	r->text++;
	r->n--;
	return true;
}

/* Step over this character, which must be the next. */
static void
take(struct reader *r, char c)
{
	if (!skip(r, c))
		r->failed = true;
}

/* A number of exactly this many digits; least on a mismatch. */
static int
take_number(struct reader *r, int digits, int least, int most)
{
	int number = 0, digit;

	for (; digits > 0; digits--, r->text++, r->n--) {
		digit = next_digit(r);
		if (digit == -1) {
			r->failed = true;
			return least;
		}
		number = number * 10 + digit;
	}
	if (number >= least && number <= most)
		return number;
	r->failed = true;
	return least;
}

/* The date and the time of day up to the minute, in the extended form or in the
 * strict basic form that timestamp_compact() gives. */
static struct civil
take_minute(struct reader *r, bool basic)
{
	struct civil c = {.second = 0};

	c.year = take_number(r, 4, 0, 9999);
	if (!basic)
		take(r, '-');
	c.month = take_number(r, 2, 1, 12);
	if (!basic)
		take(r, '-');
	c.day = take_number(r, 2, 1, days_of_month(c.year, c.month));
	if (basic || (!skip(r, 't') && !skip(r, ' ')))
		take(r, 'T');
	c.hour = take_number(r, 2, 0, 23);
	if (!basic)
		take(r, ':');
	c.minute = take_number(r, 2, 0, 59);
	return c;
}

/* Nanoseconds. */
static int
take_fraction(struct reader *r)
{
	int nanoseconds = 0, unit = 100000000;

	if (!skip(r, '.'))
		return 0;
	do {
		nanoseconds += take_number(r, 1, 0, 9) * unit;
		unit /= 10;
	} while (next_digit(r) != -1);
	return nanoseconds;
}

/* Seconds east of Greenwich. */
static int
take_offset(struct reader *r)
{
	int sign = 1, offset;

	if (skip(r, 'Z') || skip(r, 'z'))
		return 0;
	if (skip(r, '-'))
		sign = -1;
	else
		take(r, '+');
	offset = take_number(r, 2, 0, 23) * 3600;
	skip(r, ':');
	offset += take_number(r, 2, 0, 59) * 60;
	return sign * offset;
}

int
timestamp_parse(const char *text, size_t n, struct timespec *t)
{
	struct reader r = {.text = text, .n = n};
	struct civil c = take_minute(&r, false);
	int nanoseconds = 0;
	int64_t seconds;

	if (skip(&r, ':')) {
		c.second = take_number(&r, 2, 0, 60);
		nanoseconds = take_fraction(&r);
	}
	seconds = from_civil(&c) - take_offset(&r);
	if (r.failed || r.n > 0 || !is_in_range(seconds))
		return -1;
	t->tv_sec = (time_t)seconds;
	t->tv_nsec = nanoseconds;
	return 0;
}

int
timestamp_parse_compact(const char *text, time_t *t)
{
	struct reader r = {.text = text, .n = TIMESTAMP_COMPACT_SIZE - 1};
	struct civil c = take_minute(&r, true);
	int64_t seconds;

	c.second = take_number(&r, 2, 0, 59);
	seconds = from_civil(&c);
	take(&r, 'Z');
	if (r.failed || !is_in_range(seconds))
		return -1;
	*t = (time_t)seconds;
	return 0;
}

/* ---- writing ------------------------------------------------------------- */

static char *
put_number(char *p, long number, int digits)
{
	for (int i = digits; i-- > 0; number /= 10)
		p[i] = (char)('0' + number % 10);
	return p + digits;
}

static char *
put_civil(char *p, time_t t, bool basic)
{
	struct civil c;

	assert(is_in_range(t));
	c = to_civil(t);
	p = put_number(p, c.year, 4);
	if (!basic)
		*p++ = '-';
	p = put_number(p, c.month, 2);
	if (!basic)
		*p++ = '-';
	p = put_number(p, c.day, 2);
	*p++ = 'T';
	p = put_number(p, c.hour, 2);
	if (!basic)
		*p++ = ':';
	p = put_number(p, c.minute, 2);
	if (!basic)
		*p++ = ':';
	return put_number(p, c.second, 2);
}

void
timestamp_format(char out[static TIMESTAMP_SIZE], struct timespec t, int digits)
{
	char *p = put_civil(out, t.tv_sec, false);
	char fraction[9];

	put_number(fraction, t.tv_nsec, 9);
	if (digits == TIMESTAMP_SHORTEST) {
		digits = 9;
		while (digits > 0 && fraction[digits - 1] == '0')
			digits--;
	}
	if (digits > 0) {
		*p++ = '.';
		memcpy(p, fraction, (size_t)digits);
		p += digits;
	}
	*p++ = 'Z';
	*p = '\0';
}

void
timestamp_compact(char out[static TIMESTAMP_COMPACT_SIZE], time_t t)
{
	char *p = put_civil(out, t, true);

	*p++ = 'Z';
	*p = '\0';
}

int
timestamp_compare(struct timespec a, struct timespec b)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec < b.tv_sec ? -1 : 1;
	if (a.tv_nsec != b.tv_nsec)
		return a.tv_nsec < b.tv_nsec ? -1 : 1;
	return 0;
}
