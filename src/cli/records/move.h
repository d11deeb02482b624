/* SPDX-License-Identifier: ISC */
/*
 * move: shared by ack, release, bury and requeue. Each moves the records of its operands
 * into one state, notes it in their history, counts it and prints their IDs.
 */
#ifndef ALERTSPOOL_RECORDS_MOVE_H
#define ALERTSPOOL_RECORDS_MOVE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "lib/spool/metrics.h"

/* One kind of move, a row in the manual's table. */
struct move {
	const char *what;  /* the verb, and the word in the history */
	unsigned int from; /* SPOOL_IN() bits */
	enum spool_state to;
	enum metric metric;
};

struct mover {
	struct cli *cli;
	const struct move *move;
	struct spool *spool;
	struct timespec mtime; /* the moved record's new mtime */
	bool deferred;	       /* mtime lies ahead: write the history first */
	const char *reason;    /* borrowed, or NULL */
	bool dry;
	bool routed; /* it is the spool itself, with queues and no --force */
	char who[OWNER_WHO_SIZE];
	uint64_t moved;

	/* For records in bad/, which requeue does not just move. Called with the alert's
	 * lock held; NULL: no special handling. */
	int (*from_bad)(struct mover *, const struct spool_entry *,
	    struct error *);
};

/* Load settings, open the spool for writing, set mtime to now; read --dry-run and
 * --reason if the verb has them. 0 or -1. */
int move_open(struct mover *, struct cli *, const struct move *,
    struct error *);

/* Move the record of one entry and print its ID. A record that is in the right state
 * already is not touched, except that a deferred one in new/ becomes due now, unless
 * m->deferred. An operands_work. */
int move_one(void *mover, const struct spool_entry *, struct error *);

/* Run a verb that only moves its operands: open, move, close. The exit code, or -1. */
int move_run(struct cli *, const struct move *, struct error *);

/* Print what happened or would happen: the ID, from where, where to. */
void move_tell(const struct mover *, const char *name, enum spool_state from,
    const char *note);

/* Count the moves, close the spool. */
void move_close(struct mover *);

/* Count moves of one kind in the spool's counters. */
void move_count(const struct spool *, enum metric, uint64_t n);

#endif
