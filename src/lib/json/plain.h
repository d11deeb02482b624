/* SPDX-License-Identifier: ISC */
/*
 * plain: counts the bytes of a JSON string that need no escape (RFC 8259 section 7: all
 * except controls, '"' and '\'), eight at a time. The reader and the writer of JSON spend
 * most of their time here.
 */
#ifndef ALERTSPOOL_JSON_PLAIN_H
#define ALERTSPOOL_JSON_PLAIN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define JSON_PLAIN_STEP 8

static inline bool
json_is_plain(char c)
{
	return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

/*
 * The number of plain bytes before the first of these eight that is not: 0 to 8.
 *
 * Sets a bit in each byte that is not plain; only the lowest bit is reliable. A byte
 * below ' ' borrows when ' ' is subtracted; a '"' is zero after the xor and borrows when
 * 1 is ("Bit Twiddling Hacks", determine if a word has a byte less than n).
 */
static inline size_t
json_plain_of_eight(const char text[static JSON_PLAIN_STEP])
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t x, quote, backslash, found;

	memcpy(&x, text, sizeof(x));
	x = le64toh(x);
	quote = x ^ ones * '"';
	backslash = x ^ ones * '\\';
	found = (((x - ones * ' ') & ~x) | ((quote - ones) & ~quote) |
		    ((backslash - ones) & ~backslash)) &
	    ones * 0x80;
	return found == 0 ? JSON_PLAIN_STEP
			  : (size_t)__builtin_ctzll(found) / 8;
}

/* The number of plain bytes before the first of n that is not; n if all are. */
static inline size_t
json_plain(const char *text, size_t n)
{
	size_t i = 0, plain;

	while (n - i >= JSON_PLAIN_STEP) {
		plain = json_plain_of_eight(text + i);
		i += plain;
		if (plain < JSON_PLAIN_STEP)
			return i;
	}
	while (i < n && json_is_plain(text[i]))
		i++;
	return i;
}

#endif
