/* SPDX-License-Identifier: ISC */
/* alert_entries: a hash table with open addressing, whose slots number the entries. */
#include "config.h"

#include <stdlib.h>

#include "lib/spool/alert_entries.h"

#define SIZE_MIN 1024u
#define SLOTS_MIN 2048u

static uint32_t *
find_slot(const struct alert_entries *x, uint64_t hash)
{
	size_t i = (size_t)hash & (x->slots_size - 1);

	while (x->slots[i] != 0 && x->entry[x->slots[i] - 1].hash != hash)
		i = (i + 1) & (x->slots_size - 1);
	return &x->slots[i];
}

/* Make this many slots and put all entries in them. The old slots are freed first. */
static int
make_slots(struct alert_entries *x, size_t size)
{
	free(x->slots);
	x->slots_size = 0;
	x->slots = calloc(size, sizeof(*x->slots));
	if (x->slots == NULL)
		return -1;
	x->slots_size = size;
	for (size_t i = 0; i < x->n; i++)
		*find_slot(x, x->entry[i].hash) = (uint32_t)i + 1;
	return 0;
}

/* Grows by a half, so that unused memory stays small. */
static int
grow(struct alert_entries *x)
{
	size_t size = x->size < SIZE_MIN ? SIZE_MIN : x->size + x->size / 2;
	struct alert_entry *more;

	if (size >= UINT32_MAX)
		return -1;
	more = reallocarray(x->entry, size, sizeof(*x->entry));
	if (more == NULL)
		return -1;
	x->entry = more;
	x->size = size;
	return 0;
}

int
alert_entries_begin(struct alert_entries *x)
{
	*x = (struct alert_entries){.n = 0};
	return make_slots(x, SLOTS_MIN);
}

int
alert_entries_shrink(struct alert_entries *x)
{
	size_t size = SLOTS_MIN;
	struct alert_entry *less = NULL;

	if (x->n > 0)
		less = realloc(x->entry, x->n * sizeof(*x->entry));
	if (less != NULL) {
		x->entry = less;
		x->size = x->n;
	}
	while (size / 4 * 3 < x->n)
		size *= 2;
	return make_slots(x, size);
}

struct alert_entry *
alert_entries_find(const struct alert_entries *x, uint64_t hash)
{
	const uint32_t slot = *find_slot(x, hash);

	return slot == 0 ? NULL : &x->entry[slot - 1];
}

struct alert_entry *
alert_entries_get(struct alert_entries *x, uint64_t hash)
{
	uint32_t *slot = find_slot(x, hash);

	if (*slot != 0)
		return &x->entry[*slot - 1];
	if (x->n == x->size && grow(x) == -1)
		return NULL;
	x->entry[x->n] =
	    (struct alert_entry){.hash = hash, .fold = ALERT_ENTRY_NO_FOLD};
	*slot = (uint32_t)++x->n;
	if (x->n > x->slots_size / 4 * 3 &&
	    make_slots(x, x->slots_size * 2) == -1)
		return NULL;
	return &x->entry[x->n - 1];
}

void
alert_entries_free(struct alert_entries *x)
{
	free(x->entry);
	free(x->slots);
	*x = (struct alert_entries){.n = 0};
}
