/* SPDX-License-Identifier: ISC */
/* quantity: reads numbers with units from a table; the parts of a duration are summed up.
 *  */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/quantity.h"

#define DIGITS "0123456789"
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

int
quantity_number(const char *text, size_t n, int64_t min, int64_t max,
    int64_t *number)
{
	int64_t sum = 0;
	int digit;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		digit = text[i] - '0';
		if (sum > (INT64_MAX - digit) / 10)
			return -1;
		sum = sum * 10 + digit;
	}
	if (n == 0 || sum < min || sum > max)
		return -1;
	*number = sum;
	return 0;
}

/* The unit that these n characters spell, or NULL. */
static const struct unit *
find_unit(const struct unit *units, const char *word, size_t n)
{
	for (; units->word != NULL; units++)
		if (strlen(units->word) == n &&
		    memcmp(units->word, word, n) == 0)
			return units;
	return NULL;
}

/* One number and its unit; *text moves behind them. NULL: none, or more than most. */
static const struct unit *
parse_part(const char **text, const struct unit *units, int64_t most,
    int64_t *quantity)
{
	const char *word = *text + strspn(*text, DIGITS);
	const struct unit *unit;
	int64_t number;
	size_t n = strcspn(word, DIGITS);

	if (quantity_number(*text, (size_t)(word - *text), 0, most, &number) ==
	    -1)
		return NULL;
	unit = find_unit(units, word, n);
	if (unit == NULL || number > most / unit->factor)
		return NULL;
	*quantity = number * unit->factor;
	*text = word + n;
	return unit;
}

static bool
is_zero(const char *text)
{
	return *text != '\0' && text[strspn(text, "0")] == '\0';
}

int
quantity_duration(const char *text, int64_t *ms)
{
	int64_t sum = 0, part, least = INT64_MAX;
	const struct unit *unit;

	if (is_zero(text)) {
		*ms = 0;
		return 0;
	}
	do {
		unit = parse_part(&text, durations, HUNDRED_YEARS, &part);
		if (unit == NULL || unit->factor >= least ||
		    part > HUNDRED_YEARS - sum)
			return -1;
		least = unit->factor;
		sum += part;
	} while (*text != '\0');
	*ms = sum;
	return 0;
}

int
quantity_size(const char *text, int64_t *bytes)
{
	int64_t size;

	if (parse_part(&text, sizes, INT64_MAX, &size) == NULL || *text != '\0')
		return -1;
	*bytes = size;
	return 0;
}
