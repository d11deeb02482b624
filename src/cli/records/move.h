/* SPDX-License-Identifier: ISC */
/*
 * move: what ack, release, bury and requeue have in common. Each moves the
 * records that its operands mean into one state, notes it in their history,
 * counts it and prints their IDs.
 */
#ifndef ALERTSPOOL_RECORDS_MOVE_H
#define ALERTSPOOL_RECORDS_MOVE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "lib/spool/metrics.h"

/* One kind of move, a row of the manual's table. */
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
	struct timespec mtime; /* what the moved record gets */
	bool deferred;	       /* mtime lies ahead: the history must be first */
	const char *reason;    /* borrowed, or NULL */
	bool dry;
	bool routed; /* the spool itself has queues, and no --force */
	char who[OWNER_WHO_SIZE];
	uint64_t moved;

	/* For records in bad/, which requeue does not just move. Called with
	 * the alert's lock held; NULL: nothing special. */
	int (*from_bad)(struct mover *, const struct spool_entry *,
	    struct error *);
};

/* Load settings, open the spool to write, mtime now; --dry-run and --reason are
 * read where the verb has them. 0 or -1. */
int move_open(struct mover *, struct cli *, const struct move *,
    struct error *);

/* Move the record of one entry and print its ID. Nothing happens to one that is
 * in the right state already, but that one in new/ which is put off is due now,
 * unless m->deferred. An operands_work. */
int move_one(void *mover, const struct spool_entry *, struct error *);

/* A verb that is nothing but a move of its operands: open, move, close. The exit
 * code, or -1. */
int move_run(struct cli *, const struct move *, struct error *);

/* Say what would happen, or that it did: the ID, from where, where to. */
void move_tell(const struct mover *, const char *name, enum spool_state from,
    const char *note);

/* Count what was moved, close the spool. */
void move_close(struct mover *);

/* Count moves of one kind in the spool's counters. */
void move_count(const struct spool *, enum metric, uint64_t n);

#endif
