/* SPDX-License-Identifier: ISC */
/*
 * number_set: a set of 64-bit numbers that are evenly spread (parts of digests).
 */
#ifndef ALERTSPOOL_BASE_NUMBER_SET_H
#define ALERTSPOOL_BASE_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct number_set {
	uint64_t *
	    slots; /* owned; their number is a power of two; 0 is a free slot */
	size_t size, n;
	bool zero; /* the number 0 is in it */
};

#define NUMBER_SET_INIT {.slots = NULL}

/* 1 when it was added, 0 when it was in it, -1 with errno without memory. */
int number_set_add(struct number_set *, uint64_t number);

bool number_set_has(const struct number_set *, uint64_t number);

/* Remove it; does nothing if it is not in the set. */
void number_set_remove(struct number_set *, uint64_t number);

void number_set_free(struct number_set *);

#endif
