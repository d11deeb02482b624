/* SPDX-License-Identifier: ISC */
/*
 * scan: a directory returns its names in no useful order and may hold millions. So a scan
 * makes passes: each reads all directories and keeps the first few thousand entries after
 * the one that was returned last, in a heap whose top is the last of them. Batches grow
 * with every pass, so that the first entries come soon and few passes are enough.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/dir.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"
#include "lib/spool/private.h"

#define BATCH_MIN 4096u
#define BATCH_MAX 65536u
#define BATCH_GROWTH 4u

/* ---- one pass over directories ------------------------------------------ */

struct state_walk {
	enum spool_state state;
	spool_visitor *visit;
	void *context;
};

static int
visit_record(void *context, const struct dirent *entry, struct error *error)
{
	const struct state_walk *walk = context;

	(void)error;
	if (entry->d_name[0] == '.' ||
	    (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN))
		return 0;
	return walk->visit(walk->context, entry->d_name, walk->state);
}

int
spool_walk(const struct spool *spool, unsigned int states, spool_visitor *visit,
    void *context, struct error *error)
{
	struct state_walk walk = {0, visit, context};
	int rc = 0;

	for (; walk.state < SPOOL_STATES && rc == 0; walk.state++)
		if ((states & SPOOL_IN(walk.state)) != 0)
			rc = dir_walk(spool_dir(spool, walk.state),
			    spool_state_word(walk.state), visit_record, &walk,
			    error);
	return rc;
}

/* ---- in order ------------------------------------------------------------ */

struct spool_scan {
	const struct spool *spool;
	unsigned int states;
	enum spool_order order;
	struct spool_entry *batch; /* a heap during a pass, then in order */
	size_t size;		   /* entries allocated */
	size_t n;
	size_t next;		 /* the first that was not returned */
	bool more;		 /* there are entries after the batch */
	bool begun;		 /* last is set */
	struct spool_entry last; /* returned last */
};

/* <0: a is returned before b. */
static int
compare_entries(const struct spool_scan *scan, const struct spool_entry *a,
    const struct spool_entry *b)
{
	int c = name_compare(a->name, b->name);

	if (c == 0)
		c = (a->state > b->state) - (a->state < b->state);
	return scan->order == SPOOL_ASCENDING ? c : -c;
}

/* Let the entry at i sink in the heap of the first n entries, whose top is the last in
 * order. */
static void
sift_down(struct spool_scan *scan, size_t i, size_t n)
{
	struct spool_entry *heap = scan->batch, entry = heap[i];
	size_t child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n &&
		    compare_entries(scan, &heap[child], &heap[child + 1]) < 0)
			child++;
		if (compare_entries(scan, &entry, &heap[child]) >= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = entry;
}

static void
make_heap(struct spool_scan *scan)
{
	size_t i;

	for (i = scan->n / 2; i-- > 0;)
		sift_down(scan, i, scan->n);
}

/* Heapsort of an existing heap. */
static void
sort_heap(struct spool_scan *scan)
{
	struct spool_entry *heap = scan->batch;
	size_t n;

	for (n = scan->n; n-- > 1;) {
		struct spool_entry top = heap[0];

		heap[0] = heap[n];
		heap[n] = top;
		sift_down(scan, 0, n);
	}
}

/* <0: a's time comes before b's, whatever follows the time in the name. */
static int
compare_times(const struct spool_scan *scan, const char *a, const char *b)
{
	int c = strncmp(a, b, TIMESTAMP_COMPACT_SIZE - 1);

	return scan->order == SPOOL_ASCENDING ? c : -c;
}

/* Does the time alone show that a name is too early or too late? Of a million names,
 * nearly all are, and need no closer look. */
static bool
is_far(struct spool_scan *scan, const char *name)
{
	if (scan->begun && compare_times(scan, name, scan->last.name) < 0)
		return true;
	if (scan->n < scan->size ||
	    compare_times(scan, name, scan->batch[0].name) <= 0)
		return false;
	scan->more = true;
	return true;
}

/* The visitor of a pass: keep the entry if it comes soon enough. */
static int
keep_entry(void *context, const char *name, enum spool_state state)
{
	struct spool_scan *scan = context;
	struct spool_entry entry = {.state = state};

	if (is_far(scan, name) || !name_parse(name, NULL))
		return 0;
	name_copy(entry.name, name);
	if (scan->begun && compare_entries(scan, &entry, &scan->last) <= 0)
		return 0;
	if (scan->n < scan->size) {
		scan->batch[scan->n++] = entry;
		if (scan->n == scan->size)
			make_heap(scan);
		return 0;
	}
	scan->more = true;
	if (compare_entries(scan, &entry, &scan->batch[0]) < 0) {
		scan->batch[0] = entry;
		sift_down(scan, 0, scan->n);
	}
	return 0;
}

static int
grow_batch(struct spool_scan *scan, struct error *error)
{
	struct spool_entry *grown;
	size_t size = BATCH_MIN;

	if (scan->size > 0)
		size = scan->size * BATCH_GROWTH;
	if (size > BATCH_MAX)
		return 0;
	grown = reallocarray(scan->batch, size, sizeof(*grown));
	if (grown == NULL)
		return error_sys(error, ERROR_IO, "cannot list the spool");
	scan->batch = grown;
	scan->size = size;
	return 0;
}

static int
next_batch(struct spool_scan *scan, struct error *error)
{
	if (grow_batch(scan, error) == -1)
		return -1;
	scan->n = 0;
	scan->next = 0;
	scan->more = false;
	if (spool_walk(scan->spool, scan->states, keep_entry, scan, error) ==
	    -1) {
		scan->n = 0;
		return -1;
	}
	if (scan->n < scan->size)
		make_heap(scan);
	sort_heap(scan);
	return 0;
}

int
spool_scan_open(struct spool_scan **out, const struct spool *spool,
    unsigned int states, enum spool_order order, struct error *error)
{
	struct spool_scan *scan;

	*out = NULL;
	scan = calloc(1, sizeof(*scan));
	if (scan == NULL)
		return error_sys(error, ERROR_IO, "cannot list the spool");
	scan->spool = spool;
	scan->states = states;
	scan->order = order;
	scan->more = true;
	*out = scan;
	return 0;
}

int
spool_scan_next(struct spool_scan *scan, struct spool_entry *entry,
    struct error *error)
{
	const struct spool_entry *next;

	for (;;) {
		if (scan->next == scan->n) {
			if (!scan->more)
				return 0;
			if (next_batch(scan, error) == -1)
				return -1;
			continue;
		}
		next = &scan->batch[scan->next++];
		/* A pass may see a name twice if it was moved meanwhile. */
		if (scan->begun &&
		    compare_entries(scan, next, &scan->last) == 0)
			continue;
		scan->begun = true;
		scan->last = *next;
		*entry = *next;
		return 1;
	}
}

void
spool_scan_close(struct spool_scan *scan)
{
	if (scan == NULL)
		return;
	free(scan->batch);
	free(scan);
}
