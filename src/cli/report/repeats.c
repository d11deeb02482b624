/* SPDX-License-Identifier: ISC */
/* repeats: openings by place and time, searched with a window of a day. */
#include "config.h"

#include <stdlib.h>

#include "cli/report/repeats.h"
#include "lib/base/error.h"

int
repeats_add(struct repeats *r, const struct repeats_opening *opening,
    struct error *error)
{
	if (r->n == r->size) {
		const size_t size = r->size == 0 ? 256 : r->size * 2;
		struct repeats_opening *more =
		    reallocarray(r->opening, size, sizeof(*more));

		if (more == NULL)
			return error_sys(error, ERROR_IO, "%zu openings", size);
		r->opening = more;
		r->size = size;
	}
	r->opening[r->n++] = *opening;
	return 0;
}

static int
compare_openings(const void *left, const void *right)
{
	const struct repeats_opening *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static int
compare_found(const void *left, const void *right)
{
	const struct repeats_found *a = left, *b = right;

	if (a->times != b->times)
		return a->times > b->times ? -1 : 1;
	return (a->last < b->last) - (a->last > b->last);
}

/* Search the n openings of one place, in their order. */
static struct repeats_found
look(const struct repeats_opening *o, size_t n)
{
	struct repeats_found f = {
	    .last = o[n - 1].at,
	    .alert = o[n - 1].alert,
	};

	for (size_t from = 0, to = 0; to < n; to++) {
		while (o[to].at - o[from].at > REPEATS_SPAN)
			from++;
		if (to - from + 1 > f.times)
			f.times = to - from + 1;
	}
	return f;
}

int
repeats_find(struct repeats *r, struct error *error)
{
	size_t n;

	r->found = calloc(r->n / REPEATS_LEAST + 1, sizeof(*r->found));
	if (r->found == NULL)
		return error_sys(error, ERROR_IO, "%zu openings", r->n);
	if (r->n > 0)
		qsort(r->opening, r->n, sizeof(*r->opening), compare_openings);
	for (size_t i = 0; i < r->n; i += n) {
		struct repeats_found f;

		n = 1;
		while (i + n < r->n &&
		    r->opening[i + n].place == r->opening[i].place)
			n++;
		f = look(r->opening + i, n);
		if (f.times >= REPEATS_LEAST)
			r->found[r->nfound++] = f;
	}
	if (r->nfound > 0)
		qsort(r->found, r->nfound, sizeof(*r->found), compare_found);
	return 0;
}

void
repeats_free(struct repeats *r)
{
	free(r->opening);
	free(r->found);
	*r = (struct repeats)REPEATS_INIT;
}
