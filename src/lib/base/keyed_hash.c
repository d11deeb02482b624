/* SPDX-License-Identifier: ISC */
/* keyed_hash: SipHash-2-4 as in its paper. Words are little-endian. */
#include "config.h"

#include "lib/base/keyed_hash.h"

#define WORD 8 /* bytes */
#define LAST_ROUNDS 4
#define WORD_ROUNDS 2

static uint64_t
rotate(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(uint64_t v[4], int rounds)
{
	for (; rounds > 0; rounds--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate(v[1], 13) ^ v[0];
		v[3] = rotate(v[3], 16) ^ v[2];
		v[0] = rotate(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate(v[1], 17) ^ v[2];
		v[3] = rotate(v[3], 21) ^ v[0];
		v[2] = rotate(v[2], 32);
	}
}

static uint64_t
load(const unsigned char *p, size_t n)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)p[i] << (8 * i);
	return word;
}

static void
add_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	mix(v, WORD_ROUNDS);
	v[0] ^= word;
}

uint64_t
keyed_hash(const struct keyed_hash_key *key, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t left = n;
	uint64_t v[4] = {
	    key->half[0] ^ UINT64_C(0x736f6d6570736575),
	    key->half[1] ^ UINT64_C(0x646f72616e646f6d),
	    key->half[0] ^ UINT64_C(0x6c7967656e657261),
	    key->half[1] ^ UINT64_C(0x7465646279746573),
	};

	for (; left >= WORD; p += WORD, left -= WORD)
		add_word(v, load(p, WORD));
	add_word(v, (uint64_t)n << 56 | load(p, left));
	v[2] ^= 0xff;
	mix(v, LAST_ROUNDS);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
