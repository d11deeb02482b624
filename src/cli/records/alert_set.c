/* SPDX-License-Identifier: ISC */
/* alert_set: an array, sorted when it is first searched. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/records/alert_set.h"

#define SIZE_MIN 64

static int
compare(const void *a, const void *b)
{
	const struct name_view *x = &((const struct alert_set_entry *)a)->view;
	const struct name_view *y = &((const struct alert_set_entry *)b)->view;
	size_t n = x->alert_len < y->alert_len ? x->alert_len : y->alert_len;
	int c = memcmp(x->alert, y->alert, n);

	if (c != 0)
		return c;
	return (x->alert_len > y->alert_len) - (x->alert_len < y->alert_len);
}

int
alert_set_add(struct alert_set *set, const char *name, size_t number)
{
	struct alert_set_entry entry = {.name = name, .number = number};
	size_t size = set->size == 0 ? SIZE_MIN : 2 * set->size;
	struct alert_set_entry *grown;

	if (!name_parse(name, &entry.view) || !name_has_alert(&entry.view))
		return 0;
	if (set->n == set->size) {
		grown = reallocarray(set->entry, size, sizeof(*grown));
		if (grown == NULL)
			return -1;
		set->entry = grown;
		set->size = size;
	}
	set->entry[set->n++] = entry;
	set->sorted = false;
	return 0;
}

struct alert_set_entry *
alert_set_find(struct alert_set *set, const struct name_view *view)
{
	const struct alert_set_entry key = {.view = *view};

	if (set->n == 0 || !name_has_alert(view))
		return NULL;
	if (!set->sorted)
		qsort(set->entry, set->n, sizeof(*set->entry), compare);
	set->sorted = true;
	return bsearch(&key, set->entry, set->n, sizeof(*set->entry), compare);
}

void
alert_set_free(struct alert_set *set)
{
	free(set->entry);
	*set = (struct alert_set)ALERT_SET_INIT;
}
