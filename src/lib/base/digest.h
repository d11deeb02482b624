/* SPDX-License-Identifier: ISC */
/*
 * digest: SHA-256 (FIPS 180-4), by libgcrypt.
 *
 * auth.c initialises the library; digest_sha256() works before that, too, and
 * then initialises it without secure memory.
 */
#ifndef ALERTSPOOL_BASE_DIGEST_H
#define ALERTSPOOL_BASE_DIGEST_H

#include <stddef.h>

#define DIGEST_SIZE 32
#define DIGEST_PARTS_MAX 8

struct digest_part {
	const void *bytes;
	size_t len;
};

/* The digest of the parts, at most DIGEST_PARTS_MAX, one after another without
 * anything between. */
void digest_sha256(unsigned char out[static DIGEST_SIZE],
    const struct digest_part *parts, size_t n);

#endif
