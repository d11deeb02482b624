/* SPDX-License-Identifier: ISC */
/*
 * heads: the first record of each alert, for those alerts whose first record
 * comes first.
 *
 * Names are added in whatever order a directory gives them; however many there
 * are, one pass over them is enough, and memory is bounded by the number of
 * alerts that are wanted. Knows names, not what lies behind them.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_HEADS
#define ALERTSPOOL_SPOOL_ALERT_HEADS

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/spool/spool.h"

struct error;
struct set;

struct head {
	struct spool_entry entry; /* the first of its alert */
	uint64_t hash;		  /* of the alert */
	size_t records;		  /* of this alert; complete unless cut */
};

struct heads {
	struct head *head; /* owned; in order after heads_end() */
	size_t n;
	size_t size; /* heads allocated */
	size_t most; /* alerts wanted */
	bool cut;    /* there are more alerts, all of them behind the last */
	struct spool_entry last;  /* while names are added and cut is set */
	const struct set *except; /* borrowed */
	size_t excepted;	  /* records of these */
	uint32_t *slots;	  /* owned; 1 + the number of a head, or 0 */
	size_t slots_size;
};

#define HEADS_INIT \
	{ \
		.head = NULL \
	}

/* Begin anew, for at most so many alerts, without those whose
 * spool_alert_byte() is in the set, which must stay until heads_end(). */
void heads_begin(struct heads *, size_t most, const struct set *except);

/* Add a name: 1; 0 when it is no record's; -1 without memory. */
int heads_add(struct heads *, const char *name, enum spool_state,
    struct error *) __attribute__((warn_unused_result));

/* All names were added. */
void heads_end(struct heads *);

void heads_free(struct heads *);

#endif
