/* SPDX-License-Identifier: ISC */
/*
 * random: numbers that look random and are the same in every run (xorshift64). The
 * seed is any number but 0.
 */
#ifndef ALERTSPOOL_TESTS_UNIT_RANDOM_H
#define ALERTSPOOL_TESTS_UNIT_RANDOM_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t
random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 16;
}

/* From 0 to n - 1. */
static inline size_t
random_below(uint64_t *seed, size_t n)
{
	return (size_t)random_next(seed) % n;
}

#endif
