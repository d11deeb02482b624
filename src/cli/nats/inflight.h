/* SPDX-License-Identifier: ISC */
/*
 * flight: one record's way to the broker, from the claim to ack, retry or dead
 * letter.
 *
 *	claim		new/ or cur/ to cur/, with a lease that is renewed at
 *			a third of it
 *	publish		with the record's name as message id; again, under the
 *			same id, when nobody was there or the connection broke
 *	answer		stored, or there already: done/; refused for good:
 *			dead/; refused: new/ again, or dead/ after the last
 *			attempt; none: new/ again, however often
 *
 * What became of a message that was not answered is unknown: it may be in the
 * stream. Publishing it again under its id makes it one message.
 *
 * The alert of the record is held (queue.h) from before flight_start() until
 * the flight is over, and is freed here. Nothing here waits.
 */
#ifndef ALERTSPOOL_NATS_INFLIGHT
#define ALERTSPOOL_NATS_INFLIGHT

#include <stdbool.h>
#include <stdint.h>

#include "cli/nats/client.h"
#include "cli/nats/pub_ack.h"
#include "cli/nats/subject.h"
#include "cli/worker/claim.h"
#include "cli/worker/context.h"

struct error;

enum flight_state {
	FLIGHT_SENT,	/* an answer may come */
	FLIGHT_WAITING, /* to be published (again) */
	FLIGHT_OVER	/* the end is known */
};

enum flight_end {
	FLIGHT_STORED,
	FLIGHT_DUPLICATE,
	FLIGHT_IMPOSSIBLE, /* refused for good */
	FLIGHT_REFUSED,	   /* perhaps for good */
	FLIGHT_UNKNOWN,	   /* nobody said */
	FLIGHT_LOST,	   /* somebody else has the record now */
	FLIGHT_INTERRUPTED /* the runner is to end at once */
};

struct flight {
	bool active;
	struct claim claim;
	struct spool_tally tally;
	enum flight_state state;
	enum flight_end end;
	uint64_t tag; /* of its messages */
	uint64_t sequence;
	char subject[SUBJECT_SIZE];
	char why[PUBACK_WHY_SIZE];
	/* Moments of clock_ms(); INT64_MAX: never. */
	int64_t renew_at, publish_at, timeout_at;
	int64_t give_up_at; /* do not publish again */
};

/* What all flights of one forwarder share. */
struct sky {
	struct broker *broker; /* NULL: none now */
	const char *stream;
	const char *subject; /* template */
};

/* As the start of a trade (runner.h), for a message of this tag. */
int flight_start(struct flight *, uint64_t tag, struct sky *, struct work *,
    const struct queue_item *, struct error *)
    __attribute__((warn_unused_result));

/* Do what is due by now, and when is the next time? */
void flight_tick(struct flight *, struct sky *, struct work *, int64_t now);
int64_t flight_next(const struct flight *);

/* An answer came: what it says. */
enum puback flight_answer(struct flight *, const struct sky *,
    const char *text);

/* Nothing listens there, or the connection broke: publish it again at that
 * moment, unless that was tried for long enough. */
void flight_again(struct flight *, const char *why, int64_t when);

/* It is over. */
void flight_finish(struct flight *, enum flight_end, const char *why);

/* As the settle of a trade. */
int flight_settle(struct flight *, const struct sky *, struct work *,
    struct error *) __attribute__((warn_unused_result));

#endif
