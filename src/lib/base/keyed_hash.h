/* SPDX-License-Identifier: ISC */
/*
 * keyed_hash: 64 bits of a text, by SipHash-2-4 (Aumasson and Bernstein, 2012).
 *
 * Nobody who does not know the key can make two texts of one hash, so a table that
 * keeps hashes and no texts can be filled from outside. Pure.
 */
#ifndef ALERTSPOOL_BASE_KEYED_HASH_H
#define ALERTSPOOL_BASE_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

struct keyed_hash_key {
	uint64_t half[2]; /* of random bits, anew in each process */
};

uint64_t keyed_hash(const struct keyed_hash_key *, const void *bytes, size_t n);

#endif
