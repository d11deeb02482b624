/* SPDX-License-Identifier: ISC */
/*
 * claim: a record that this runner has in cur/, and where it goes from there.
 *
 * Moves come first, then the line in the history that tells of them, so that a
 * history never tells what did not happen; only an attempt is noted before it
 * is made. Every move expects the mtime that was set last: a record that
 * anybody else touched meanwhile is theirs and is left alone, which is told.
 *
 * All but claim_take() and claim_renew() return 0, or -1 with an error after
 * which nothing more should be begun: the spool cannot be written.
 */
#ifndef ALERTSPOOL_WORKER_CLAIM_H
#define ALERTSPOOL_WORKER_CLAIM_H

#include <stdbool.h>
#include <time.h>

#include "cli/worker/context.h"
#include "lib/record/name.h"

struct claim {
	char id[NAME_SIZE];
	int record;	       /* the open file */
	struct timespec lease; /* the mtime that is ours */
	unsigned int attempt;  /* the number of this start, from 1 */
	unsigned int used;     /* attempts before it */
	bool noted;	       /* … which is in the history */
};

/* A move waits for a record that another process has locked, and all jobs with it.
 * So this is asked before: does anybody hold it for so many milliseconds? Then try
 * again in CLAIM_LOCKED_MS; after CLAIM_PATIENCE_MS the move may wait. */
#define CLAIM_LOCKED_MS 100
#define CLAIM_PATIENCE_MS 10000
bool claim_is_locked(const char *id, const struct context *, int64_t wait_ms);

/* Claim a record whose alert is held: 1; 0 when it is not as it was seen, or
 * cannot be moved now; -1. Free with claim_free(). */
int claim_take(struct claim *, struct context *, const struct queue_item *,
    struct error *) __attribute__((warn_unused_result));

void claim_free(struct claim *);

/* Renew the lease. 0, or -1: ERROR_NOT_FOUND when the claim is lost. */
int claim_renew(struct claim *, struct context *, struct error *)
    __attribute__((warn_unused_result));

/* Count the record's history; one that is too large counts as empty, and a line
 * says that. 0 or -1. */
int claim_tally(const struct claim *, struct context *, struct spool_tally *,
    struct error *) __attribute__((warn_unused_result));

/* Note that an attempt is about to be made, and have it on disk if "durably". */
int claim_attempt(struct claim *, struct context *, bool durably,
    struct error *);

/* Success. The last line that its handler printed may be ""; NULL: the history
 * need not tell. */
int claim_ack(const struct claim *, struct context *, const char *last,
    struct error *);

/* It will never be. */
int claim_bury(const struct claim *, struct context *, const char *why,
    struct error *);

/* Not this time, and it is the record's fault: try again later, or give up after the
 * last attempt. */
int claim_retry(const struct claim *, struct context *, const char *why,
    struct error *);

/* Not this time, and it may be the destination's fault: no attempt is used. The delay
 * is at most so many milliseconds. */
int claim_put_off(const struct claim *, struct context *, const char *why,
    int64_t most, struct error *);

/* A close or cancel of its alert (named) is later in order: done, by nobody. From new/
 * or cur/; the alert is held. 0, also when the record was moved meanwhile, or -1. */
int claim_supersede(struct context *, const struct queue_item *,
    const char *ended_by, struct error *);

/* Nobody knows whether it was a success: try again later, however often. */
int claim_defer(const struct claim *, struct context *, const char *why,
    struct error *);

/* For no fault of the record's: back to where it was, due at once. */
int claim_give_back(const struct claim *, struct context *, const char *why,
    struct error *);

/* The same for an attempt that could not be made. If it was noted, the history
 * tells that it was none. */
int claim_unstarted(const struct claim *, struct context *, const char *why,
    struct error *);

#endif
