/* SPDX-License-Identifier: ISC */
/*
 * blame: is a failure the record's or the destination's?
 *
 * A failure has a witness when the last result of another alert that this runner saw was
 * a success: then it is the record's. Without one it may be the destination, a key or the
 * command itself. Such a failure uses no attempt of the record, and after two in a row,
 * or one with "not now", the spool rests (rest.h). Any success ends the rest.
 *
 * A success counts for two minutes. Otherwise the last one before an outage would blame a
 * lone alert until it has no attempts left.
 */
#ifndef ALERTSPOOL_WORKER_BLAME_H
#define ALERTSPOOL_WORKER_BLAME_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/worker/rest.h"

struct context;

struct blame_result {
	uint64_t alert; /* 0: none */
	bool success;
	int64_t at; /* clock_ms() */
};

/* Part of the context; all zero at the start. */
struct blame {
	struct blame_result last;  /* result */
	struct blame_result other; /* … of another alert than that one */
	unsigned int unwitnessed;  /* failures in a row */
	bool
	    probing; /* the running record was started to test whether the rest can end */
	bool resting;	/* as known by this runner */
	bool unwritten; /* the rest could not be written, so memory decides: */
	struct rest rest;
};

/* A record was handled. */
void blame_success(struct context *, const char *id);

/* How a handler ended. */
enum blame_failure {
	BLAME_ANY,    /* it failed */
	BLAME_WRONG,  /* this record is wrong */
	BLAME_NOT_NOW /* the destination is down, slow, or limits us */
};

enum blame_verdict {
	BLAME_RECORD, /* there is a witness */
	BLAME_DESTINATION /* perhaps: there is none, or the handler reported not now */
};

/* A record was not handled, for this reason. Starts a rest or extends its pause if
 * needed. */
enum blame_verdict blame_failure(struct context *, const char *id,
    enum blame_failure, const char *why);

/* Nothing can be started now: rest. */
void blame_shortage(struct context *, const char *why);

/* The same for a publisher with its own pace and messages (forward): start a rest if
 * there is none; end it. */
void blame_rest(struct context *, const char *why);
void blame_awake(struct context *);

/* Has another alert just succeeded at the destination? */
bool blame_has_witness(const struct context *, const char *id);

/* Does the spool rest: 1 and when the next try is due, as of clock_ms(), 0 when that is
 * past; or 0. */
int blame_rests(struct context *, int64_t *when);

/* It rests, and the next try is due: may this runner make it? Then others cannot until
 * blame_probed(). */
bool blame_probe(struct context *);
void blame_probed(struct context *);

#endif
