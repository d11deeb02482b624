/* SPDX-License-Identifier: ISC */
/*
 * fuzz: shared by the targets. A target is one .c with libFuzzer's one function; replay.c
 * runs this function over files without libFuzzer, and tests/fuzz/run builds it with
 * libFuzzer.
 */
#ifndef ALERTSPOOL_TESTS_FUZZ_H
#define ALERTSPOOL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An invariant. Both drivers keep an input that breaks one. */
#define INVARIANT(condition) \
	((condition) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #condition))

static inline _Noreturn void
fuzz_broken(const char *file, int line, const char *condition)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, condition);
	abort();
}

/* The bytes as a string, up to the first NUL. To be freed. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
