/* SPDX-License-Identifier: ISC */
/*
 * inflight: one record on its way to the broker, from the claim to ack, retry or dead
 * letter.
 *
 *	claim		new/ or cur/ to cur/, with a lease that is renewed after
 *			a third of it
 *	publish		with the record's name as message id; again, under the
 *			same id, if nobody listened or the connection broke
 *	answer		stored or duplicate: done/; refused for good:
 *			dead/; refused: new/ again, or dead/ after the last
 *			attempt; none: new/ again, however often
 *
 * The fate of a message without an answer is unknown: it may be in the stream. Publishing
 * it again under its id does not store it twice.
 *
 * The alert of the record is held (queue.h) from before inflight_start() until it is
 * over, and is released here. Nothing here waits.
 */
#ifndef ALERTSPOOL_NATS_INFLIGHT_H
#define ALERTSPOOL_NATS_INFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/nats/client.h"
#include "cli/nats/pub_ack.h"
#include "cli/nats/subject.h"
#include "cli/worker/place.h"

struct error;

enum inflight_state {
	INFLIGHT_SENT,	  /* waiting for an answer */
	INFLIGHT_WAITING, /* to be published (again) */
	INFLIGHT_OVER	  /* the result is known */
};

enum inflight_end {
	INFLIGHT_STORED,
	INFLIGHT_DUPLICATE,
	INFLIGHT_IMPOSSIBLE, /* refused for good */
	INFLIGHT_REFUSED,    /* perhaps for good */
	INFLIGHT_UNKNOWN,    /* no answer */
	INFLIGHT_LOST,	     /* another process has the record now */
	INFLIGHT_INTERRUPTED /* the runner must end at once */
};

struct inflight {
	struct place place;
	struct spool_tally tally;
	enum inflight_state state;
	enum inflight_end end;
	uint64_t tag; /* of its messages */
	uint64_t sequence;
	char subject[SUBJECT_SIZE];
	char why[PUB_ACK_WHY_SIZE];
	int64_t publish_at, timeout_at; /* like those of the place */
	int64_t give_up_at;		/* do not publish again */
};

/* Shared by all messages of one publisher. */
struct publish_context {
	struct nats_client *client; /* NULL: no connection now */
	const char *stream;
	const char *subject; /* template */
};

/* start() of worker_ops, for a message with this tag. */
int inflight_start(struct inflight *, uint64_t tag, struct publish_context *,
    struct context *, const struct queue_item *, struct error *)
    __attribute__((warn_unused_result));

/* Do what is due by now, and return the next deadline. */
void inflight_on_timer(struct inflight *, struct publish_context *,
    struct context *, int64_t now);
int64_t inflight_next(const void *inflight);

/* Handle an answer; returns its meaning. */
enum pub_ack inflight_answer(struct inflight *, const struct publish_context *,
    const char *text);

/* Nobody listens, or the connection broke: publish it again at that moment, unless it was
 * tried for long enough. */
void inflight_again(struct inflight *, const char *why, int64_t when);

/* End it with this result. */
void inflight_finish(struct inflight *, enum inflight_end, const char *why);

/* poll_done() of worker_ops. */
int inflight_poll_done(struct inflight *, const struct publish_context *,
    struct context *, struct error *) __attribute__((warn_unused_result));

#endif
