/* SPDX-License-Identifier: ISC */
/*
 * claim: a record that this runner has in cur/, and its next moves.
 *
 * A move comes first, then its line in the history, so that a history never reports what
 * did not happen; only an attempt is noted before it is made. Every move expects the
 * mtime that was set last: a record that another process touched meanwhile is left alone,
 * and that is reported.
 *
 * All except claim_take() and claim_renew() return 0, or -1 with an error after which
 * nothing more should be started: the spool cannot be written.
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
	struct timespec lease; /* the mtime that we set */
	unsigned int attempt;  /* the number of this start, from 1 */
	unsigned int used;     /* attempts before it */
	bool noted;	       /* … which is in the history */
};

/* A move waits for a record that another process has locked, and so do all jobs. So check
 * first: has another process held it for this many milliseconds? Then try again in
 * CLAIM_LOCKED_MS; after CLAIM_PATIENCE_MS the move may wait. */
#define CLAIM_LOCKED_MS 100
#define CLAIM_PATIENCE_MS 10000
bool claim_is_locked(const char *id, const struct context *, int64_t wait_ms);

/* Claim a record whose alert is held: 1; 0 when it has changed, or cannot be moved now;
 * -1. Free with claim_free(). */
int claim_take(struct claim *, struct context *, const struct queue_item *,
    struct error *) __attribute__((warn_unused_result));

void claim_free(struct claim *);

/* Renew the lease. 0, or -1: ERROR_NOT_FOUND when the claim is lost. */
int claim_renew(struct claim *, struct context *, struct error *)
    __attribute__((warn_unused_result));

/* Count the lines of the record's history; one that is too large counts as empty, and a
 * message reports that. 0 or -1. */
int claim_tally(const struct claim *, struct context *, struct spool_tally *,
    struct error *) __attribute__((warn_unused_result));

/* Note that an attempt is about to be made, on disk if "durably". */
int claim_attempt(struct claim *, struct context *, bool durably,
    struct error *);

/* Success. The last line that its handler printed may be ""; NULL: without a line in the
 * history. */
int claim_ack(const struct claim *, struct context *, const char *last,
    struct error *);

/* It will never succeed. */
int claim_bury(const struct claim *, struct context *, const char *why,
    struct error *);

/* It failed by the record's fault: try again later, or give up after the last attempt. */
int claim_retry(const struct claim *, struct context *, const char *why,
    struct error *);

/* It failed perhaps by the destination's fault: no attempt is used. The delay is at most
 * this many milliseconds. */
int claim_put_off(const struct claim *, struct context *, const char *why,
    int64_t most, struct error *);

/* A close or cancel of its alert (named) is later in order: move it to done, unhandled.
 * From new/ or cur/; the alert is held. 0, also when the record was moved meanwhile, or
 * -1. */
int claim_supersede(struct context *, const struct queue_item *,
    const char *ended_by, struct error *);

/* Whether it succeeded is unknown: try again later, however often. */
int claim_defer(const struct claim *, struct context *, const char *why,
    struct error *);

/* Not by the record's fault: back to where it was, due at once. */
int claim_give_back(const struct claim *, struct context *, const char *why,
    struct error *);

/* The same for an attempt that could not be made. If it was noted, the history notes that
 * it does not count. */
int claim_unstarted(const struct claim *, struct context *, const char *why,
    struct error *);

#endif
