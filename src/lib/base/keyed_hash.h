/* SPDX-License-Identifier: ISC */
/*
 * keyed_hash: 64 bits of a text, by SipHash-2-4 (Aumasson and Bernstein, 2012).
 *
 * Without the key nobody can make two texts with the same hash, so a table that keeps
 * hashes instead of texts is safe with text from outside. Pure.
 */
#ifndef ALERTSPOOL_BASE_KEYED_HASH_H
#define ALERTSPOOL_BASE_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

struct keyed_hash_key {
	uint64_t half[2]; /* random bits, different in each process */
};

uint64_t keyed_hash(const struct keyed_hash_key *, const void *bytes, size_t n);

#endif
