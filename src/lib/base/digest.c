/* SPDX-License-Identifier: ISC */
/*
 * digest: uses gcry_md_hash_buffers(), which works on the stack and, unlike a handle,
 * allocates nothing that could fail.
 */
#include "config.h"

#include <gcrypt.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/digest.h"

static void
initialise(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return;
	gcry_check_version(NULL);
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

void
digest_sha256(unsigned char out[static DIGEST_SIZE],
    const struct digest_part *parts, size_t n)
{
	gcry_buffer_t buffers[DIGEST_PARTS_MAX] = {{.size = 0}};

	if (n > DIGEST_PARTS_MAX)
		abort();
	for (size_t i = 0; i < n; i++) {
		buffers[i].len = parts[i].len;
		/* gcry_buffer_t has no const, but this is only read */
		buffers[i].data = (void *)(uintptr_t)parts[i].bytes;
	}
	initialise();
	/* Fails for an unknown algorithm, or when libgcrypt found itself broken (FIPS
	 * mode). With a wrong digest, records would get wrong names. */
	if (gcry_md_hash_buffers(GCRY_MD_SHA256, 0, out, buffers, (int)n) != 0)
		abort();
}
