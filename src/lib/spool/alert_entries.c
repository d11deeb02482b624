/* SPDX-License-Identifier: ISC */
/* alert_entries: a hash table with open addressing, whose slots number the entries. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/spool/alert_entries.h"

#define SIZE_MIN 1024u
#define SLOTS_MIN 2048u

/* A slot holds 1 + the number of an entry, and above it 8 bits of its hash, so that nearly
 * no other entry, which would have to come from memory, needs a look. */
#define NUMBER 0xffffffu

static struct alert_entry *
entry_at(const struct alert_entries *x, uint32_t slot)
{
	return &x->entry[(slot & NUMBER) - 1];
}

static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32) & ~NUMBER;
}

static uint32_t *
find_slot(const struct alert_entries *x, uint64_t hash)
{
	size_t i = (size_t)hash & (x->slots_size - 1);

	while (x->slots[i] != 0 &&
	    ((x->slots[i] & ~NUMBER) != tag_of(hash) ||
		entry_at(x, x->slots[i])->hash != hash))
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
		*find_slot(x, x->entry[i].hash) =
		    tag_of(x->entry[i].hash) | ((uint32_t)i + 1);
	return 0;
}

void
alert_entries_drop_details(struct alert_entries *x)
{
	free(x->details);
	free(x->text);
	x->details = NULL;
	x->text = NULL;
}

static bool
has_room(const struct alert_entries *x)
{
	return x->n * (sizeof(*x->entry) + sizeof(*x->details)) + x->text_len <
	    x->room;
}

/* Without memory for them there are no details. */
static void
grow_details(struct alert_entries *x)
{
	struct alert_details *more = NULL;

	if (has_room(x))
		more = reallocarray(x->details, x->size, sizeof(*more));
	if (more != NULL)
		x->details = more;
	else
		alert_entries_drop_details(x);
}

/* Append its ALERT to the text. */
static int
add_text(struct alert_entries *x, const struct name_view *view)
{
	const size_t need = x->text_len + view->alert_len + 1;
	char *more;

	if (need > x->text_size) {
		x->text_size = need + x->text_size / 2;
		more = realloc(x->text, x->text_size);
		if (more == NULL)
			return -1;
		x->text = more;
	}
	memcpy(x->text + x->text_len, view->alert, view->alert_len);
	x->text[need - 1] = '\0';
	x->text_len = need;
	return 0;
}

static void
begin_details(struct alert_entries *x, struct alert_entry *e,
    const struct name_view *view)
{
	e->text = (uint32_t)x->text_len;
	if (has_room(x) && add_text(x, view) == 0)
		x->details[e - x->entry].first = ALERT_DETAILS_NO_TIME;
	else
		alert_entries_drop_details(x);
}

/* Grows by a half, so that unused memory stays small. */
static int
grow(struct alert_entries *x)
{
	size_t size = x->size < SIZE_MIN ? SIZE_MIN : x->size + x->size / 2;
	struct alert_entry *more;

	if (size > NUMBER)
		size = NUMBER;
	if (x->n == size) {
		errno = ENOMEM;
		return -1;
	}
	more = reallocarray(x->entry, size, sizeof(*x->entry));
	if (more == NULL)
		return -1;
	x->entry = more;
	x->size = size;
	if (x->details != NULL)
		grow_details(x);
	return 0;
}

int
alert_entries_begin(struct alert_entries *x, size_t room)
{
	*x = (struct alert_entries){.room = room};
	if (grow(x) == -1)
		return -1;
	grow_details(x);
	return make_slots(x, SLOTS_MIN);
}

int
alert_entries_shrink(struct alert_entries *x)
{
	size_t size = SLOTS_MIN;
	struct alert_entry *less = NULL;

	alert_entries_drop_details(x);
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

void
alert_entries_ask_slot(const struct alert_entries *x, uint64_t hash)
{
	__builtin_prefetch(&x->slots[(size_t)hash & (x->slots_size - 1)]);
}

void
alert_entries_ask_entry(const struct alert_entries *x, uint64_t hash)
{
	size_t i = (size_t)hash & (x->slots_size - 1);

	while (x->slots[i] != 0 && (x->slots[i] & ~NUMBER) != tag_of(hash))
		i = (i + 1) & (x->slots_size - 1);
	if (x->slots[i] == 0)
		return;
	__builtin_prefetch(entry_at(x, x->slots[i]));
	if (x->details != NULL)
		__builtin_prefetch(&x->details[(x->slots[i] & NUMBER) - 1]);
}

struct alert_entry *
alert_entries_find(const struct alert_entries *x, uint64_t hash)
{
	const uint32_t slot = *find_slot(x, hash);

	return slot == 0 ? NULL : entry_at(x, slot);
}

struct alert_entry *
alert_entries_get(struct alert_entries *x, uint64_t hash,
    const struct name_view *view)
{
	uint32_t *slot = find_slot(x, hash);

	if (*slot != 0)
		return entry_at(x, *slot);
	if (x->n == x->size && grow(x) == -1)
		return NULL;
	x->entry[x->n] = (struct alert_entry){.hash = hash};
	*slot = tag_of(hash) | (uint32_t)++x->n;
	if (x->details != NULL)
		begin_details(x, &x->entry[x->n - 1], view);
	if (x->n > x->slots_size / 4 * 3 &&
	    make_slots(x, x->slots_size * 2) == -1)
		return NULL;
	return &x->entry[x->n - 1];
}

struct alert_details *
alert_entries_details(const struct alert_entries *x,
    const struct alert_entry *e)
{
	return x->details == NULL ? NULL : &x->details[e - x->entry];
}

void
alert_entries_free(struct alert_entries *x)
{
	alert_entries_drop_details(x);
	free(x->entry);
	free(x->slots);
	*x = (struct alert_entries){.n = 0};
}
