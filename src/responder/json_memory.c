/* SPDX-License-Identifier: ISC */
/*
 * What is given back is not used again until all of it has been: then the block
 * is as new. So no value is ever moved or overwritten while another lives, and a
 * value that somebody keeps makes the rest no worse than malloc(3), to which
 * everything goes that finds no room.
 */
#include "config.h"

#include <assert.h>
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "responder/json_memory.h"

#define BLOCK_SIZE 16384		/* the values of a body of 2 KB */
#define ALIGNMENT _Alignof(max_align_t) /* divides BLOCK_SIZE */

/* Jansson's functions have no context, so this has none either. */
static struct {
	_Alignas(max_align_t) unsigned char bytes[BLOCK_SIZE];
	size_t used;
	size_t values; /* that were not given back */
} block;

static void *
allocate(size_t n)
{
	unsigned char *value = block.bytes + block.used;

	if (n > BLOCK_SIZE - block.used)
		return malloc(n);
	block.used += (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	block.values++;
	return value;
}

static void
give_back(void *value)
{
	if ((uintptr_t)value - (uintptr_t)block.bytes >= BLOCK_SIZE) {
		free(value);
		return;
	}
	assert(block.values > 0);
	block.values--;
	if (block.values == 0)
		block.used = 0;
}

void
json_memory_start(void)
{
	if (!WITH_SANITIZERS)
		json_set_alloc_funcs(allocate, give_back);
}
