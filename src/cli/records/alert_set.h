/* SPDX-License-Identifier: ISC */
/*
 * alert_set: the alerts of some records, to find them among the names of a spool. Records
 * without an alert id have none.
 */
#ifndef ALERTSPOOL_RECORDS_ALERT_SET_H
#define ALERTSPOOL_RECORDS_ALERT_SET_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/record/name.h"

struct alert_set_entry {
	const char *name;      /* borrowed: the record's */
	struct name_view view; /* points into it */
	size_t number;	       /* the caller's */
};

struct alert_set {
	struct alert_set_entry
	    *entry; /* owned; sorted by alert after the first find */
	size_t n, size;
	bool sorted;
};

#define ALERT_SET_INIT {.entry = NULL}

/* Add a record, whose name must stay valid; nothing if it belongs to no alert. 0, or -1
 * with errno without memory. An alert is added once. */
int alert_set_add(struct alert_set *, const char *name, size_t number);

/* The entry of this name's alert, or NULL. */
struct alert_set_entry *alert_set_find(struct alert_set *,
    const struct name_view *);

void alert_set_free(struct alert_set *);

#endif
