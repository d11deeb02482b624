/* SPDX-License-Identifier: ISC */
/* queue_state: one pass over each directory, the counters, and the file "rest". */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/worker/queue_state.h"
#include "lib/base/error.h"

/* The time of the next try does not matter here. */
#define ANY_BACKOFF 0

int
queue_state_read(struct queue_state *s, const struct queue_entry *queue,
    struct error *error)
{
	int fd, rc;

	*s = (struct queue_state){.name = queue->name};
	if (queue->spool == NULL)
		return 0;
	for (int i = 0; i < SPOOL_STATES; i++)
		if (depth_read(queue->spool, (enum spool_state)i, &s->depth[i],
			error) == -1)
			return -1;
	fd = metrics_open_read(spool_root(queue->spool));
	metrics_read(fd, &s->counters);
	if (fd != -1)
		close(fd);
	rc = rest_read(&s->rest, queue->spool, ANY_BACKOFF, error);
	s->rests = rc == 1;
	return rc == -1 ? -1 : 0;
}

int
queue_states_read(struct queue_state **states, const struct queue_list *list,
    struct error *error)
{
	*states = NULL;
	if (list->n == 0)
		return 0;
	*states = calloc(list->n, sizeof(**states));
	if (*states == NULL)
		return error_sys(error, ERROR_IO, "%zu queues", list->n);
	for (size_t i = 0; i < list->n; i++)
		if (queue_state_read(&(*states)[i], &list->entry[i], error) ==
		    -1) {
			free(*states);
			*states = NULL;
			return -1;
		}
	return 0;
}
