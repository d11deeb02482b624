/* SPDX-License-Identifier: ISC */
/* depth: the pass keeps the DEPTH_READ records that may be the oldest in a heap, with the
 * least likely one at its top. They are read after the pass, the likeliest first. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/records/depth.h"
#include "cli/records/record_view.h"
#include "lib/base/dir.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"

#define SKEW 300 /* seconds that the sender's clock may be ahead of ours */

struct candidate {
	time_t since; /* earliest time at which it may have been received */
	char name[NAME_SIZE];
};

struct pass {
	struct depth *depth;
	struct candidate heap[DEPTH_READ];
	size_t n;
};

static void
sift_down(struct candidate *heap, size_t n)
{
	struct candidate top = heap[0];
	size_t i = 0, child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && heap[child].since < heap[child + 1].since)
			child++;
		if (heap[child].since <= top.since)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = top;
}

static void
sift_up(struct candidate *heap, size_t i)
{
	struct candidate last = heap[i];

	for (; i > 0 && heap[(i - 1) / 2].since < last.since; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = last;
}

static int
count(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	struct pass *p = context;
	struct candidate c;
	struct name_view view;

	(void)error;
	if (!S_ISREG(st->st_mode) || !name_parse(name, &view))
		return 0;
	p->depth->records++;
	p->depth->bytes += (uint64_t)st->st_size;
	c.since = view.has_time ? view.time : st->st_mtime;
	memcpy(c.name, name, strlen(name) + 1);
	if (p->n < DEPTH_READ) {
		p->heap[p->n] = c;
		sift_up(p->heap, p->n++);
	} else if (c.since < p->heap[0].since) {
		p->heap[0] = c;
		sift_down(p->heap, p->n);
	}
	return 0;
}

static int
compare_times(const void *a, const void *b)
{
	time_t x = ((const struct candidate *)a)->since;
	time_t y = ((const struct candidate *)b)->since;

	return (x > y) - (x < y);
}

/* When was the record received: 1; 0 if it does not tell, or is gone; -1 without memory.
 * *known is cleared when the disk did not answer. */
static int
received_at(struct record_view *view, const struct spool *spool,
    const struct spool_entry *entry, struct timespec *t, bool *known,
    struct error *error)
{
	struct error why = ERROR_INIT;
	const char *text;

	if (record_view_read(view, spool, entry, &why) == -1) {
		if (why.sys == ENOMEM)
			return error_take(error, &why);
		if (why.sys != 0 && why.sys != ENOENT)
			*known = false;
		return 0;
	}
	text = record_view_text(view, "received_at");
	return text != NULL && timestamp_parse(text, strlen(text), t) == 0;
}

static int
find_oldest(const struct spool *spool, enum spool_state state, struct pass *p,
    struct error *error)
{
	struct depth *d = p->depth;
	struct record_view view = RECORD_VIEW_INIT;
	bool known = true;
	int rc = 0;
	size_t i;

	qsort(p->heap, p->n, sizeof(p->heap[0]), compare_times);
	for (i = 0; i < p->n; i++) {
		struct spool_entry entry = {.state = state};
		struct timespec t = {.tv_sec = 0};

		if (d->has_oldest && p->heap[i].since - SKEW > d->oldest.tv_sec)
			break;
		memcpy(entry.name, p->heap[i].name, sizeof(entry.name));
		rc = received_at(&view, spool, &entry, &t, &known, error);
		if (rc == -1)
			break;
		if (rc == 0 ||
		    (d->has_oldest && timestamp_compare(t, d->oldest) >= 0))
			continue;
		d->oldest = t;
		d->has_oldest = true;
	}
	d->exact = known && (i < p->n || p->n == d->records);
	record_view_free(&view);
	return rc == -1 ? -1 : 0;
}

int
depth_read(const struct spool *spool, enum spool_state state, struct depth *d,
    struct error *error)
{
	struct pass *p = calloc(1, sizeof(*p));
	int rc;

	*d = (struct depth){.records = 0};
	if (p == NULL)
		return error_sys(error, ERROR_IO, "counting");
	p->depth = d;
	rc = dir_walk_stat(spool_dir(spool, state), spool_state_word(state),
	    count, p, error);
	if (rc == 0)
		rc = find_oldest(spool, state, p, error);
	free(p);
	return rc;
}
