/* SPDX-License-Identifier: ISC */
/* A number and one of a table's units. */
#include "config.h"

#include <string.h>

#include "lib/base/quantity.h"

#define MS_PER_DAY INT64_C(86400000)
#define HUNDRED_YEARS (INT64_C(36525) * MS_PER_DAY)

struct unit {
	const char *word;
	int64_t factor;
};

static const struct unit durations[] = {
    {"ms", 1},
    {"s", 1000},
    {"m", INT64_C(60) * 1000},
    {"h", INT64_C(3600) * 1000},
    {"d", MS_PER_DAY},
    {NULL, 0},
};

static const struct unit sizes[] = {
    {"", 1},
    {"K", INT64_C(1) << 10},
    {"M", INT64_C(1) << 20},
    {"G", INT64_C(1) << 30},
    {"T", INT64_C(1) << 40},
    {NULL, 0},
};

/* The digits at the front; *rest is what follows them. -1: none, or over most. */
static int64_t
parse_number(const char *text, int64_t most, const char **rest)
{
	int64_t number = 0;
	const char *p;
	int digit;

	for (p = text; *p >= '0' && *p <= '9'; p++) {
		digit = *p - '0';
		if (number > (most - digit) / 10)
			return -1;
		number = number * 10 + digit;
	}
	*rest = p;
	return p == text ? -1 : number;
}

static int
parse_quantity(const char *text, const struct unit *units, int64_t most,
    int64_t *quantity)
{
	const char *word;
	int64_t number = parse_number(text, most, &word);

	if (number == -1)
		return -1;
	if (number == 0 && *word == '\0') {
		*quantity = 0;
		return 0;
	}
	for (; units->word != NULL; units++) {
		if (strcmp(units->word, word) != 0)
			continue;
		if (number > most / units->factor)
			return -1;
		*quantity = number * units->factor;
		return 0;
	}
	return -1;
}

int
quantity_duration(const char *text, int64_t *ms)
{
	return parse_quantity(text, durations, HUNDRED_YEARS, ms);
}

int
quantity_size(const char *text, int64_t *bytes)
{
	return parse_quantity(text, sizes, INT64_MAX, bytes);
}
