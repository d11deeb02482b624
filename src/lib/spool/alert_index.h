/* SPDX-License-Identifier: ISC */
/*
 * alert_index: finds the alerts that have records in a spool, and which of them have
 * ended (alertspool-spool(5), ALERTS).
 *
 * All names are read once, or twice where that does not fit into memory (alert_index.c).
 * Records without an alert id, and those in bad/, belong to no alert. Knows names, not
 * the content of records: an alert that is open by its names may have ended by its newest
 * record, which the caller must read. A record that is moved meanwhile may be counted
 * twice.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_INDEX_H
#define ALERTSPOOL_SPOOL_ALERT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/keyed_hash.h"
#include "lib/spool/alert_entries.h"
#include "lib/spool/alert_rules.h"
#include "lib/spool/spool.h"

struct error;

/* Sets of states. */
#define ALERT_INDEX_IN(state) (1u << (state))
#define ALERT_INDEX_ANY ((1u << ALERT_INDEX_STATES) - 1)

/* The states in which alerts have records: all but bad. */
#define ALERT_INDEX_SPOOL_STATES (SPOOL_ANYWHERE & ~SPOOL_IN(SPOOL_BAD))

/* Which alerts are wanted. */
struct alert_index_wish {
	unsigned int states; /* ALERT_INDEX_IN() bits */
	const char *alert;   /* only this ALERT, borrowed; NULL: any */
	bool has_since;
	time_t
	    since; /* alerts that are not open need a record of then or later */
	size_t
	    most; /* with since: of alerts that are not open, at most the last this many; 0:
		      * all */
	bool
	    clean; /* for the rules of clean below: states do not matter, every alert is
		    * remembered and few are wanted */
};

/* An alert that is wanted. */
struct alert_fold {
	struct spool_entry newest; /* its last record in order */
	uint64_t decider; /* keys: of the record that decides the state; */
	uint64_t
	    opener; /* for clean: of the last open, update or acknowledge */
	bool closed_once; /* there is a close or cancel */
	bool said_ended;  /* set by alert_fold_end() */
	bool has_first;	  /* first is set */
	time_t first;	  /* TIME of its first record that has one */
	size_t records;
};

struct alert_index {
	struct alert_fold *fold; /* owned: the alerts wanted, in no order */
	size_t n;
	size_t without_id; /* records that belong to no alert */
	size_t left_out;   /* alerts left out because of wish.most */

	/* private */
	struct alert_index_wish wish;
	struct keyed_hash_key key;
	struct alert_entries entries;
	struct alert_index_pending *pending; /* owned: to be added together */
	size_t npending;
	bool second;
};

#define ALERT_INDEX_INIT {.fold = NULL}

/* Read all names of the spool. 0, or -1 with ERROR_IO. Free with
 * alert_index_free() either way. */
int alert_index_read(struct alert_index *, const struct spool *,
    const struct alert_index_wish *, struct error *)
    __attribute__((warn_unused_result));

/* The same in steps: begin, add every name, turn, and if that returns 1 add every name
 * again. Added: 1; 0, in the first pass, if it is not a record's; -1 without memory. */
int alert_index_begin(struct alert_index *, const struct alert_index_wish *,
    struct error *) __attribute__((warn_unused_result));
int alert_index_add(struct alert_index *, const char *name, enum spool_state,
    struct error *) __attribute__((warn_unused_result));
int alert_index_turn(struct alert_index *, struct error *)
    __attribute__((warn_unused_result));

void alert_index_free(struct alert_index *);

/* The state of a wanted alert by its names. alert_fold.c */
enum alert_index_state alert_fold_state(const struct alert_fold *);

/* TIME of the record that decided; false if there is none, or it has no TIME. */
bool alert_fold_decided(const struct alert_fold *, time_t *);

/* ---- the rules of clean ---------------------------------------------- */

/* May a record be deleted? */
enum alert_index_rule {
	ALERT_INDEX_FREE, /* yes */
	ALERT_INDEX_KEPT, /* no: it keeps its alert open */
	ALERT_INDEX_NEWEST, /* the same, unless its content ends its alert: then LAST */
	ALERT_INDEX_LAST /* only when it is the last one left: it ended its alert */
};

/* Only if wish.clean was set, and for names of records that were added. */
enum alert_index_rule alert_index_judge(const struct alert_index *,
    const char *name);

/* The newest record of this wanted alert, open by its names, shows that it has ended.
 * Call it for all such alerts before judging any. */
void alert_fold_end(struct alert_fold *);

/* A record was deleted. */
void alert_index_forget(struct alert_index *, const char *name);

/* Are there other records of its alert left? */
bool alert_index_has_others(const struct alert_index *, const char *name);

#endif
