/* SPDX-License-Identifier: ISC */
/*
 * alert_heads: gathers twice as many heads as wanted, then drops the later half, and from
 * then on every name behind the last head kept. Of a million names that is nearly all,
 * and for most of them the time alone decides.
 *
 * Nothing is lost: each wanted alert has a first record before the last head that is
 * kept, now and later, so that record is never skipped, whenever it comes.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/number_set.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_heads.h"

#define SIZE_MIN 256u
#define SLOTS_PER_HEAD 2

/* <0: a comes first. A record that is moved while names are read may appear in both
 * places. */
static int
compare_entries(const struct spool_entry *a, const struct spool_entry *b)
{
	int c = name_compare(a->name, b->name);

	return c != 0 ? c : (a->state > b->state) - (a->state < b->state);
}

static int
compare_heads(const void *a, const void *b)
{
	return compare_entries(&((const struct alert_head *)a)->entry,
	    &((const struct alert_head *)b)->entry);
}

/* ---- alerts ---------------------------------------------------------- */

/* Identifies an alert: the whole name if there is no alert id. */
struct key {
	const char *text; /* in the name */
	size_t len;
	uint64_t hash;
};

static struct key
key_of(const char *name, const struct name_view *view)
{
	struct key key = {view->alert, view->alert_len,
	    UINT64_C(0xcbf29ce484222325)}; /* FNV-1a */

	if (key.len == 1 && *key.text == '-')
		key = (struct key){name, strlen(name), key.hash};
	for (size_t i = 0; i < key.len; i++) {
		key.hash ^= (unsigned char)key.text[i];
		key.hash *= UINT64_C(0x100000001b3);
	}
	return key;
}

/* The same characters at the same place of a name, and nothing after them. */
static bool
is_same(const struct alert_head *head, const char *name, const struct key *key)
{
	const char *theirs = head->entry.name + (key->text - name);

	return head->hash == key->hash &&
	    strncmp(theirs, key->text, key->len + 1) == 0;
}

/* The slot of this alert, or the free one where it belongs. */
static uint32_t *
find_head(const struct alert_heads *h, const char *name, const struct key *key)
{
	size_t i = (size_t)(key->hash ^ key->hash >> 32) & (h->slots_size - 1);

	while (
	    h->slots[i] != 0 && !is_same(&h->head[h->slots[i] - 1], name, key))
		i = (i + 1) & (h->slots_size - 1);
	return &h->slots[i];
}

/* Rebuild the index of all heads, whose numbers have changed. */
static void
index_heads(struct alert_heads *h)
{
	memset(h->slots, 0, h->slots_size * sizeof(*h->slots));
	for (size_t n = 0; n < h->n; n++) {
		uint64_t hash = h->head[n].hash;
		size_t i = (size_t)(hash ^ hash >> 32) & (h->slots_size - 1);

		while (h->slots[i] != 0)
			i = (i + 1) & (h->slots_size - 1);
		h->slots[i] = (uint32_t)n + 1;
	}
}

/* ---- room ------------------------------------------------------------ */

static int
grow_heads(struct alert_heads *h)
{
	size_t size = h->size == 0 ? SIZE_MIN : h->size * 2;
	struct alert_head *head = reallocarray(h->head, size, sizeof(*head));
	uint32_t *slots;

	if (head == NULL)
		return -1;
	h->head = head;
	slots = reallocarray(h->slots, size * SLOTS_PER_HEAD, sizeof(*slots));
	if (slots == NULL)
		return -1;
	h->slots = slots;
	h->slots_size = size * SLOTS_PER_HEAD;
	h->size = size;
	index_heads(h);
	return 0;
}

static void
cut(struct alert_heads *h)
{
	if (h->n > 0) /* an array that is NULL is none to qsort(3) */
		qsort(h->head, h->n, sizeof(*h->head), compare_heads);
	if (h->n <= h->most)
		return;
	h->n = h->most;
	h->cut = true;
	h->last = h->head[h->n - 1].entry;
}

static int
make_room(struct alert_heads *h)
{
	if (h->n >= 2 * h->most) {
		cut(h);
		index_heads(h);
	}
	return h->n < h->size ? 0 : grow_heads(h);
}

/* ---- adding ---------------------------------------------------------- */

void
alert_heads_begin(struct alert_heads *h, size_t most,
    const struct number_set *except)
{
	h->n = 0;
	h->most = most;
	h->cut = false;
	h->except = except;
	h->excepted = 0;
	if (h->slots != NULL)
		index_heads(h);
}

/* Does the time alone show that a name is behind the last? */
static bool
is_far(const struct alert_heads *h, const char *name)
{
	return h->cut &&
	    strncmp(name, h->last.name, TIMESTAMP_COMPACT_SIZE - 1) > 0;
}

static bool
is_excepted(const struct alert_heads *h, const char *name)
{
	return h->except->n > 0 &&
	    number_set_has(h->except, spool_alert_byte(name));
}

int
alert_heads_add(struct alert_heads *h, const char *name, enum spool_state state,
    struct error *error)
{
	struct spool_entry entry = {.state = state};
	struct name_view view;
	struct alert_head *head;
	struct key key;
	uint32_t *slot;

	if (is_far(h, name))
		return 1;
	if (!name_parse(name, &view))
		return 0;
	memcpy(entry.name, name, strlen(name) + 1);
	if (h->cut && compare_entries(&entry, &h->last) > 0)
		return 1;
	if (make_room(h) == -1)
		return error_sys(error, ERROR_IO, "%zu alerts", h->n);
	key = key_of(name, &view);
	slot = find_head(h, name, &key);
	if (*slot == 0 && is_excepted(h, name)) {
		h->excepted++;
		return 1;
	}
	if (*slot == 0) {
		h->head[h->n] =
		    (struct alert_head){.entry = entry, .hash = key.hash};
		*slot = (uint32_t)++h->n;
	}
	head = &h->head[*slot - 1];
	head->records++;
	if (compare_entries(&entry, &head->entry) < 0)
		head->entry = entry;
	return 1;
}

void
alert_heads_end(struct alert_heads *h)
{
	cut(h);
}

void
alert_heads_free(struct alert_heads *h)
{
	free(h->head);
	free(h->slots);
	*h = (struct alert_heads)ALERT_HEADS_INIT;
}
