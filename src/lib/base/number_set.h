/* SPDX-License-Identifier: ISC */
/*
 * set: a set of 64-bit numbers that are evenly spread (parts of digests).
 */
#ifndef ALERTSPOOL_BASE_NUMBER_SET
#define ALERTSPOOL_BASE_NUMBER_SET

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set {
	uint64_t *slots; /* owned; a power of two of them, 0 is free */
	size_t size, n;
	bool zero; /* the number 0 is in it */
};

#define SET_INIT \
	{ \
		.slots = NULL \
	}

/* 1 when it was added, 0 when it was there, -1 with errno without memory. */
int set_add(struct set *, uint64_t number);

bool set_has(const struct set *, uint64_t number);

/* Take it out; nothing when it is not there. */
void set_remove(struct set *, uint64_t number);

void set_free(struct set *);

#endif
