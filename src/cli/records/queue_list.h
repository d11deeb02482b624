/* SPDX-License-Identifier: ISC */
/*
 * queue_list: the queues of a spool, from the settings and from directories without
 * settings, each as an open spool.
 */
#ifndef ALERTSPOOL_RECORDS_QUEUE_LIST_H
#define ALERTSPOOL_RECORDS_QUEUE_LIST_H

#include <stddef.h>

#include "lib/settings/queues.h"
#include "lib/spool/spool.h"

struct error;

struct queue_entry {
	char *name;			       /* owned */
	const struct queue_settings *settings; /* borrowed; NULL: no section */
	struct spool *spool; /* owned; NULL: it does not exist yet */
};

struct queue_list {
	struct queue_entry
	    *entry; /* owned; in the order of the settings, then by name */
	size_t n;
};

#define QUEUE_LIST_INIT {.entry = NULL}

/* Open all queues of the spool, which lies at this path. 0; or -1 with those that were
 * opened before the error. Free with queue_list_close() either way. */
int queue_list_open(struct queue_list *, const struct spool *, const char *path,
    const struct queues *, enum spool_access, struct error *);

void queue_list_close(struct queue_list *);

#endif
