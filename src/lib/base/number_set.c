/* SPDX-License-Identifier: ISC */
/*
 * number_set: open addressing with linear probing, at most half full. The numbers are
 * digests already, so their low bits are the hash. Removing a number closes the gap by
 * moving later members of the run back.
 */
#include "config.h"

#include <stdlib.h>

#include "lib/base/number_set.h"

#define SIZE_MIN 64

static size_t
home(const struct number_set *s, uint64_t number)
{
	return (size_t)number & (s->size - 1);
}

static size_t
next(const struct number_set *s, size_t i)
{
	return (i + 1) & (s->size - 1);
}

/* The slot that has the number, or the free one where it belongs. */
static size_t
find_slot(const struct number_set *s, uint64_t number)
{
	size_t i = home(s, number);

	while (s->slots[i] != 0 && s->slots[i] != number)
		i = next(s, i);
	return i;
}

static int
grow_set(struct number_set *s)
{
	struct number_set larger = {
	    .size = s->size == 0 ? SIZE_MIN : s->size * 2,
	    .n = s->n,
	    .zero = s->zero,
	};

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (larger.slots == NULL)
		return -1;
	for (size_t i = 0; i < s->size; i++)
		if (s->slots[i] != 0)
			larger.slots[find_slot(&larger, s->slots[i])] =
			    s->slots[i];
	free(s->slots);
	*s = larger;
	return 0;
}

int
number_set_add(struct number_set *s, uint64_t number)
{
	size_t i;

	if (number == 0) {
		bool there = s->zero;

		s->zero = true;
		return !there;
	}
	if (s->n * 2 >= s->size && grow_set(s) == -1)
		return -1;
	i = find_slot(s, number);
	if (s->slots[i] == number)
		return 0;
	s->slots[i] = number;
	s->n++;
	return 1;
}

bool
number_set_has(const struct number_set *s, uint64_t number)
{
	if (number == 0)
		return s->zero;
	return s->size != 0 && s->slots[find_slot(s, number)] == number;
}

void
number_set_remove(struct number_set *s, uint64_t number)
{
	size_t gap, i;

	if (number == 0)
		s->zero = false;
	if (number == 0 || !number_set_has(s, number))
		return;
	gap = find_slot(s, number);
	s->n--;
	for (i = next(s, gap); s->slots[i] != 0; i = next(s, i)) {
		size_t from_home = (i - home(s, s->slots[i])) & (s->size - 1);
		size_t from_gap = (i - gap) & (s->size - 1);

		/* Its run began at the gap or before: it may move there. */
		if (from_home >= from_gap) {
			s->slots[gap] = s->slots[i];
			gap = i;
		}
	}
	s->slots[gap] = 0;
}

void
number_set_free(struct number_set *s)
{
	free(s->slots);
	*s = (struct number_set)NUMBER_SET_INIT;
}
