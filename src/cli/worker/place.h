/* SPDX-License-Identifier: ISC */
/*
 * place: a record that a worker processes, from its claim until its alert is released.
 *
 * The worker owns as many places as it has jobs. run and forward keep what else they know
 * about a record in a struct that begins with this one.
 */
#ifndef ALERTSPOOL_WORKER_PLACE_H
#define ALERTSPOOL_WORKER_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/worker/claim.h"
#include "cli/worker/context.h"

struct error;

#define PLACE_NEVER INT64_MAX

struct place {
	size_t number; /* from 0 to jobs - 1 */
	bool active;   /* a record is being processed */
	struct claim claim;
	/* Moments of clock_ms(); PLACE_NEVER: never. */
	int64_t renew_at;
	int64_t over_at; /* when the result was known; 0: not yet */
	int64_t end_at;	 /* do not conclude before */
};

/* Claim a record whose alert is held: 1; 0 when another process has it, or it cannot be
 * moved now; -1. Free the place in any case. */
int place_take(struct place *, struct context *, const struct queue_item *,
    struct error *) __attribute__((warn_unused_result));

/* Renew the lease, unless another process has locked the record: then try again soon.
 * False and why: another process has the record now. */
bool place_renew(struct place *, struct context *, int64_t now,
    struct error *why) __attribute__((warn_unused_result));

/* The result is known. Is the record's lock free, so that the record can be moved? If
 * not, others go on, and this place waits for the holder. */
bool place_can_conclude(struct place *, const struct context *);

/* Close the record and release its alert. */
void place_free(struct place *, struct context *);

/* All places of a worker. */
struct places {
	char *first; /* owned */
	size_t size; /* of one, with what its owner adds */
	size_t n;
};

/* 0 or -1. */
int places_init(struct places *, size_t n, size_t size, struct error *);
void places_free(struct places *);

/* The place of this number: a struct place and more. */
void *places_at(const struct places *, size_t number);

/* The next place with a record, from number *i on; *i moves behind it. NULL: none. */
void *places_next(const struct places *, size_t *i);

/* The first place without a record, all zero except for its number. There is one. */
void *places_unused(const struct places *);

#endif
