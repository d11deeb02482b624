/* SPDX-License-Identifier: ISC */
/*
 * prefetch: the more records there are, the more are taken at a time, because a look
 * costs in proportion to all of them. But the kernel keeps the locks of a file in a list,
 * and each lock and unlock, also a responder's, walks it: 1.3 us a pair with few held, 6
 * to 8 with 1024, 15 with 2048, 40 with 4096, 150 with 8192.
 */
#include "config.h"

#include <stdlib.h>

#include "cli/worker/prefetch.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define PER_JOB 4    /* records to take for each place */
#define SHARE 8	     /* and one of this many existing ones */
#define MOST 2048    /* but not more than this because of them */
#define HOLD_MS 2000 /* how long they are held at most, */
#define HOLD_LOOKS 4 /* and this many times the duration of the look */
#define PATIENCE_MS 20
#define PATIENCE_MAX_MS 20000

void
prefetch_free(struct prefetch *f)
{
	free(f->items);
	*f = (struct prefetch){.items = NULL};
}

bool
prefetch_is_empty(const struct prefetch *f)
{
	return f->next == f->n;
}

const struct queue_item *
prefetch_next(struct prefetch *f)
{
	return prefetch_is_empty(f) ? NULL : &f->items[f->next++];
}

void
prefetch_drop(struct prefetch *f, struct queue *queue)
{
	const struct queue_item *item;

	while ((item = prefetch_next(f)) != NULL)
		queue_free(queue, item->entry.name);
}

void
prefetch_look_soon(struct prefetch *f)
{
	f->look_at = 0;
	f->patience = PATIENCE_MS;
}

size_t
prefetch_left(const struct prefetch *f)
{
	return f->rest.deferred + f->rest.leased + f->rest.busy +
	    f->rest.behind;
}

static int
reserve(struct prefetch *f, size_t n, struct error *error)
{
	struct queue_item *items;

	if (n <= f->size)
		return 0;
	items = reallocarray(f->items, n, sizeof(*items));
	if (items == NULL)
		return error_sys(error, ERROR_IO, "%zu prefetched records", n);
	f->items = items;
	f->size = n;
	return 0;
}

/* When the next deferral or lease ends, on the monotonic clock. */
static int64_t
next_due(const struct prefetch *f, struct timespec now)
{
	int64_t ms;

	if (!f->rest.has_next)
		return PREFETCH_NEVER;
	ms = (int64_t)(f->rest.next.tv_sec - now.tv_sec) * 1000 +
	    (f->rest.next.tv_nsec - now.tv_nsec) / 1000000 + 1;
	return f->looked_at + (ms > 0 ? ms : 0);
}

int
prefetch_look(struct prefetch *f, struct queue *queue, size_t jobs,
    struct error *error)
{
	const size_t least = jobs * PER_JOB;
	const struct queue_wish wish = {
	    .least = least,
	    .share = SHARE,
	    .most = least > MOST ? least : MOST,
	};
	int64_t begin = clock_ms();
	struct timespec now;

	f->n = f->next = 0;
	if (reserve(f, wish.most, error) == -1)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	if (queue_take(queue, now, &wish, f->items, &f->n, &f->rest, error) ==
	    -1)
		return -1;
	f->looked_at = clock_ms();
	f->hold_until =
	    f->looked_at + HOLD_MS + HOLD_LOOKS * (f->looked_at - begin);
	f->look_at = f->n > 0 ? f->looked_at : next_due(f, now);
	if (f->n > 0 || f->rest.busy == 0)
		return 0;
	if (f->look_at > f->looked_at + f->patience)
		f->look_at = f->looked_at + f->patience;
	if (f->patience < PATIENCE_MAX_MS)
		f->patience *= 2;
	return 0;
}
