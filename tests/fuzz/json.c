/* SPDX-License-Identifier: ISC */
/* Our reader of JSON compared with Jansson's parser: any bytes are accepted by both, with
 * the same tree, or refused by both. */
#include "config.h"

#include "tests/fuzz/against_jansson.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *wrong = against_jansson((const char *)data, size);

	if (wrong != NULL)
		fuzz_broken(__FILE__, __LINE__, wrong);
	return 0;
}
