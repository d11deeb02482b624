/* SPDX-License-Identifier: ISC */
/* alert_order: decides which of two alerts a person should read first. */
#include "config.h"

#include "cli/alerts/alert_order.h"

int
alert_order(const void *left, const void *right)
{
	const struct alert_shown *a = left, *b = right;
	const struct fold_time since = fold_begin(&a->fold, a->names);
	const struct fold_time other = fold_begin(&b->fold, b->names);

	if (a->fold.silent != b->fold.silent)
		return a->fold.silent ? 1 : -1;
	if (a->fold.rank != b->fold.rank)
		return a->fold.rank < b->fold.rank ? -1 : 1;
	if (since.set != other.set)
		return since.set ? 1 : -1;
	if (since.set && since.at != other.at)
		return since.at < other.at ? -1 : 1;
	return name_compare(a->names->newest.name, b->names->newest.name);
}
