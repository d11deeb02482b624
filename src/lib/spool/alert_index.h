/* SPDX-License-Identifier: ISC */
/*
 * alert_index: which alerts the names in a spool tell of, and which of them have
 * ended (alertspool-spool(5), ALERTS).
 *
 * All names are read twice. The first time 24 bytes an alert are kept, enough to
 * know its state; the second time the newest record of those alerts that are
 * wanted. Records without an alert id belong to no alert, and records in bad/ are
 * none. Knows names, not what records say: an alert that is open by its names may
 * have ended by what its newest record says, which the caller reads. A record that
 * is moved meanwhile may be counted twice.
 */
#ifndef ALERTSPOOL_SPOOL_ALERT_INDEX_H
#define ALERTSPOOL_SPOOL_ALERT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/base/keyed_hash.h"
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
	const char *alert;   /* this ALERT alone, borrowed; NULL: any */
	bool has_since;
	time_t
	    since; /* of those not open, only with a record of then or later */
	size_t most; /* with since: of those not open at most so many, the last
		      * ones; 0: all */
	bool
	    clean; /* for the rules of clean below: states do not matter, every alert
		     * is remembered and few are wanted */
};

/* An alert that is wanted. */
struct alert_fold {
	struct spool_entry newest; /* its last record in order */
	uint64_t decider; /* keys: of the record by which it is what it is, */
	uint64_t opener;  /* and of the last open, update or acknowledge */
	bool closed_once; /* there is a close or cancel */
	bool said_ended;  /* alert_fold_end() */
	bool has_first;	  /* first is set */
	time_t first;	  /* TIME of its first record that has one */
	size_t records;
};

struct alert_index {
	struct alert_fold *fold; /* owned: the alerts wanted, in no order */
	size_t n;
	size_t without_id; /* records that belong to no alert */
	size_t left_out;   /* alerts, by wish.most */

	/* private */
	struct alert_index_wish wish;
	struct keyed_hash_key key;
	struct alert_index_entry *entry; /* owned */
	size_t entries, size;
	uint32_t *records; /* owned: of each entry, where clean wants them */
	uint32_t *slots;   /* owned: 1 + the number of an entry, or 0 */
	size_t slots_size;
	bool second;
};

#define ALERT_INDEX_INIT {.fold = NULL}

/* Read all names of the spool, twice. 0, or -1 with ERROR_IO. Free with
 * alert_index_free() either way. */
int alert_index_read(struct alert_index *, const struct spool *,
    const struct alert_index_wish *, struct error *)
    __attribute__((warn_unused_result));

/* The same by hand: begin, add every name, turn, add every name again. Added: 1;
 * 0, the first time, when it is no record's; -1 without memory. */
int alert_index_begin(struct alert_index *, const struct alert_index_wish *,
    struct error *) __attribute__((warn_unused_result));
int alert_index_add(struct alert_index *, const char *name, enum spool_state,
    struct error *) __attribute__((warn_unused_result));
int alert_index_turn(struct alert_index *, struct error *)
    __attribute__((warn_unused_result));

void alert_index_free(struct alert_index *);

/* What the names say of a wanted alert. alert_fold.c */
enum alert_index_state alert_fold_state(const struct alert_fold *);

/* TIME of the record that decided; false when there is none, or it has no TIME. */
bool alert_fold_decided(const struct alert_fold *, time_t *);

/* ---- the rules of clean ---------------------------------------------- */

/* May a record be thrown away? */
enum alert_index_rule {
	ALERT_INDEX_FREE,   /* yes */
	ALERT_INDEX_KEPT,   /* no: its alert is open by it */
	ALERT_INDEX_NEWEST, /* the same, unless it says itself that its alert has
			     * ended: then LAST */
	ALERT_INDEX_LAST /* when it is the only one left: its alert ended by it */
};

/* Only where wish.clean was set, and for names of records that were added. */
enum alert_index_rule alert_index_judge(const struct alert_index *,
    const char *name);

/* Its newest record says that this wanted alert, open by its names, has ended. Say it
 * of all of them before anything is judged. */
void alert_fold_end(struct alert_fold *);

/* A record went. */
void alert_index_forget(struct alert_index *, const char *name);

/* Are there other records of its alert left? */
bool alert_index_has_others(const struct alert_index *, const char *name);

#endif
