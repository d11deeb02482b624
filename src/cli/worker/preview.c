/* SPDX-License-Identifier: ISC */
/* preview: looks at the queue once, as a runner does, without claiming. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "cli/worker/preview.h"
#include "cli/worker/worker.h"
#include "lib/base/error.h"
#include "lib/spool/queue.h"

#define CHUNK 1024 /* records of one look */

/* Print a chunk: its number of records, or -1. Printed records stay held, so that the
 * next look does not find them again. */
static int
print_chunk(struct queue *queue, struct queue_item *items, size_t want,
    const char *to, struct error *error)
{
	const struct queue_wish wish = {.least = want, .most = want};
	struct queue_rest rest;
	struct timespec now;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	if (queue_take(queue, now, &wish, items, &n, &rest, error) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		printf("%s\t%s\n", items[i].entry.name, to);
	return (int)n;
}

int
preview_print(struct spool *spool, const struct worker_options *options,
    const char *to, struct error *error)
{
	size_t left = options->limit != 0 ? options->limit : SIZE_MAX;
	struct queue_item *items = calloc(CHUNK, sizeof(*items));
	struct queue *queue = NULL;
	int n = -1;

	if (items == NULL)
		error_sys(error, ERROR_IO, "%d records", CHUNK);
	else if (queue_open(&queue, spool, error) == 0)
		do {
			n = print_chunk(queue, items,
			    left < CHUNK ? left : CHUNK, to, error);
			left -= n > 0 ? (size_t)n : 0;
		} while (n > 0 && left > 0);
	queue_close(queue);
	free(items);
	return n == -1 ? -1 : EX_OK;
}
