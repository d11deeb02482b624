/* SPDX-License-Identifier: ISC */
/*
 * alert_heads: the first record of each alert, for the alerts whose first record comes
 * first.
 *
 * Names may be added in any order; one pass over them is enough, and memory is bounded by
 * the number of wanted alerts. Knows names, not the content of records.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_HEADS_H
#define ALERTSPOOL_SPOOL_ALERT_HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/spool/spool.h"

struct error;
struct number_set;

struct alert_head {
	struct spool_entry entry; /* the first of its alert */
	uint64_t hash;		  /* of the alert */
	size_t records;		  /* of this alert; complete unless cut */
};

struct alert_heads {
	struct alert_head *head; /* owned; in order after alert_heads_end() */
	size_t n;
	size_t size; /* heads allocated */
	size_t most; /* alerts wanted */
	bool cut;    /* there are more alerts, all behind the last */
	struct spool_entry last; /* while names are added and cut is set */
	const struct number_set *except; /* borrowed */
	size_t excepted;		 /* records of those alerts */
	uint32_t *slots; /* owned; 1 + the number of a head, or 0 */
	size_t slots_size;
};

#define ALERT_HEADS_INIT {.head = NULL}

/* Start again, for at most this many alerts, without those whose spool_alert_byte() is in
 * the set, which must live until alert_heads_end(). */
void alert_heads_begin(struct alert_heads *, size_t most,
    const struct number_set *except);

/* Add a name: 1; 0 if it is not a record's; -1 without memory. */
int alert_heads_add(struct alert_heads *, const char *name, enum spool_state,
    struct error *) __attribute__((warn_unused_result));

/* All names were added. */
void alert_heads_end(struct alert_heads *);

void alert_heads_free(struct alert_heads *);

#endif
