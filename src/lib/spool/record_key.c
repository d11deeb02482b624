/* SPDX-License-Identifier: ISC */
/*
 * record_key: a record's name as one number that sorts like the name: its TIME, its
 * EVENT, the beginning of its DIGEST. Seconds are counted from year 1, so that no TIME,
 * which is 0, comes first.
 */
#include "config.h"

#include "lib/base/encode.h"
#include "lib/spool/record_key.h"

#define TIME_OFFSET INT64_C(62135596801) /* year 1 is 1; no TIME is 0 */
#define DIGEST_BITS 21
#define DIGEST_DIGITS 6 /* digits that hold them */
#define EVENT_BITS 3

static uint64_t
time_key(bool has_time, time_t time)
{
	uint64_t number = 0;

	if (has_time && time > -TIME_OFFSET)
		number = (uint64_t)(time + TIME_OFFSET);
	return (number << (EVENT_BITS + DIGEST_BITS)) + RECORD_KEY_FIRST;
}

uint64_t
record_key(const struct name_view *view)
{
	uint64_t digest = 0;

	for (int i = 0; i < DIGEST_DIGITS; i++)
		digest = digest << 4 | (uint64_t)hex_value(view->digest[i]);
	return time_key(view->has_time, view->time) +
	    ((uint64_t)view->transition << DIGEST_BITS) +
	    (digest >> (4 * DIGEST_DIGITS - DIGEST_BITS));
}

uint64_t
record_key_since(time_t time)
{
	return time_key(true, time);
}

enum transition
record_key_event(uint64_t key)
{
	return (enum transition)(
	    (key - RECORD_KEY_FIRST) >> DIGEST_BITS & ((1u << EVENT_BITS) - 1));
}

bool
record_key_time(uint64_t key, time_t *time)
{
	uint64_t number;

	if (key < RECORD_KEY_FIRST)
		return false;
	number = (key - RECORD_KEY_FIRST) >> (EVENT_BITS + DIGEST_BITS);
	*time = (time_t)((int64_t)number - TIME_OFFSET);
	return number != 0;
}
