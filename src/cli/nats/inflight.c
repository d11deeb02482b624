/* SPDX-License-Identifier: ISC */
/*
 * A message is made when it is published and not kept: however large records
 * are, memory holds one of them, and what the client library has to write.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/nats/inflight.h"
#include "cli/nats/message.h"
#include "cli/records/record_view.h"
#include "lib/base/clock.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"

#define NEVER INT64_MAX
#define RENEWALS 3	  /* a lease is renewed at a third of it */
#define PATIENCE_MS 30000 /* a cluster may take so long to choose a leader */
#define AGAIN_MS 500	  /* between tries to hand a message over */
#define NOTE_SIZE 256

static void
flight_free(struct flight *f, struct work *w)
{
	claim_free(&f->claim);
	queue_free(w->queue, f->claim.id);
	f->active = false;
}

void
flight_finish(struct flight *f, enum flight_end end, const char *why)
{
	f->state = FLIGHT_OVER;
	f->end = end;
	if (why != f->why)
		snprintf(f->why, sizeof(f->why), "%.*s",
		    (int)sizeof(f->why) - 1, why);
	f->publish_at = f->timeout_at = NEVER;
}

void
flight_again(struct flight *f, const char *why, int64_t when)
{
	if (when >= f->give_up_at) {
		flight_finish(f, FLIGHT_UNKNOWN, why);
		return;
	}
	f->state = FLIGHT_WAITING;
	f->publish_at = when;
	f->timeout_at = NEVER;
}

/* ---- publishing ----------------------------------------------------- */

static void
hand_over(struct flight *f, struct sky *sky, const struct message *m,
    const struct work *w)
{
	const struct broker_message out = {
	    .subject = m->subject,
	    .headers = m->headers,
	    .body = m->body.data,
	    .len = m->body.len,
	    .tag = f->tag,
	};
	char why[BROKER_TEXT_SIZE] = "no connection";
	enum broker_sent sent = BROKER_NOT_SENT;
	int64_t now = clock_ms();

	memcpy(f->subject, m->subject, sizeof(f->subject));
	if (sky->broker != NULL && broker_is_connected(sky->broker))
		sent = broker_publish(sky->broker, &out, why);
	switch (sent) {
	case BROKER_SENT:
		f->state = FLIGHT_SENT;
		f->publish_at = NEVER;
		f->timeout_at = now + w->rules->timeout;
		break;
	case BROKER_NOT_SENT:
		flight_again(f, why, now + AGAIN_MS);
		break;
	case BROKER_TOO_LARGE:
		flight_finish(f, FLIGHT_IMPOSSIBLE, why);
		break;
	}
}

/* 1; 0 after the record was buried, because it is none; -1. */
static int
publish(struct flight *f, struct sky *sky, struct work *w, struct error *error)
{
	struct spool_entry entry = {.state = SPOOL_CUR};
	struct view view = VIEW_INIT;
	struct error why = ERROR_INIT;
	struct message m = {.body = BUF_INIT};
	int rc = -1;

	memcpy(entry.name, f->claim.id, sizeof(entry.name));
	if (view_read_open(&view, f->claim.record, &entry, &why) == -1)
		rc = why.kind == ERROR_INPUT
		    ? claim_bury(&f->claim, w, why.text, error)
		    : error_set(error, why.kind, "%s", why.text);
	else if (message_make(&m, &view, f->tally.requeues, sky->subject,
		     sky->stream, error) == 0)
		rc = 1;
	if (rc == 1)
		hand_over(f, sky, &m, w);
	message_free(&m);
	view_free(&view);
	return rc;
}

int
flight_start(struct flight *f, uint64_t tag, struct sky *sky, struct work *w,
    const struct queue_item *item, struct error *error)
{
	int64_t now = clock_ms();
	struct error more = ERROR_INIT;
	int rc;

	*f = (struct flight){
	    .tag = tag,
	    .renew_at = now + w->rules->lease / RENEWALS,
	    .give_up_at = now + PATIENCE_MS,
	};
	if (w->rules->timeout > PATIENCE_MS)
		f->give_up_at = now + w->rules->timeout;
	rc = claim_take(&f->claim, w, item, error);
	if (rc == 1 &&
	    spool_tally(w->spool, f->claim.id, &f->tally, error) == -1)
		rc = -1;
	if (rc == 1)
		rc = publish(f, sky, w, error);
	f->active = rc == 1;
	if (rc == 1)
		return 1;
	/* What cannot be given back, either, waits until its lease is over. */
	if (rc == -1 && f->claim.record != -1)
		(void)claim_give_back(&f->claim, w, error->text, &more);
	flight_free(f, w);
	return rc;
}

/* ---- under way ------------------------------------------------------ */

static void
renew(struct flight *f, struct work *w, int64_t now)
{
	struct error why = ERROR_INIT;

	f->renew_at = now + w->rules->lease / RENEWALS;
	if (claim_renew(&f->claim, w, &why) == 0)
		return;
	work_say(w, f->claim.id, "%s: %s",
	    why.kind == ERROR_NOT_FOUND ? "left alone" : "lease not renewed",
	    why.text);
	if (why.kind == ERROR_NOT_FOUND)
		flight_finish(f, FLIGHT_LOST, why.text);
}

/* Some time has passed: is the record still ours? */
static void
publish_again(struct flight *f, struct sky *sky, struct work *w, int64_t now)
{
	struct error why = ERROR_INIT;

	renew(f, w, now);
	if (f->state == FLIGHT_OVER || publish(f, sky, w, &why) == 1)
		return;
	/* Moved by somebody else, or the spool is in trouble: so is the next
	 * move, which tells. */
	if (why.kind == ERROR_NOT_FOUND || why.kind == ERROR_NONE)
		flight_finish(f, FLIGHT_LOST, why.text);
	else
		flight_again(f, why.text, now + AGAIN_MS);
}

void
flight_tick(struct flight *f, struct sky *sky, struct work *w, int64_t now)
{
	char why[NOTE_SIZE];

	if (now >= f->renew_at)
		renew(f, w, now);
	if (now >= f->publish_at && f->state == FLIGHT_WAITING)
		publish_again(f, sky, w, now);
	if (now >= f->timeout_at && f->state == FLIGHT_SENT) {
		snprintf(why, sizeof(why),
		    "no answer from the broker in %" PRId64 " ms",
		    w->rules->timeout);
		flight_finish(f, FLIGHT_UNKNOWN, why);
	}
}

int64_t
flight_next(const struct flight *f)
{
	int64_t next = f->renew_at;

	if (f->state == FLIGHT_OVER)
		return 0;
	if (f->publish_at < next && f->state == FLIGHT_WAITING)
		next = f->publish_at;
	return f->timeout_at < next ? f->timeout_at : next;
}

enum puback
flight_answer(struct flight *f, const struct sky *sky, const char *text)
{
	static const enum flight_end ends[] = {
	    [PUBACK_STORED] = FLIGHT_STORED,
	    [PUBACK_DUPLICATE] = FLIGHT_DUPLICATE,
	    [PUBACK_TOO_LARGE] = FLIGHT_IMPOSSIBLE,
	    [PUBACK_NOT_NOW] = FLIGHT_UNKNOWN,
	    [PUBACK_REFUSED] = FLIGHT_REFUSED,
	    [PUBACK_NONE] = FLIGHT_UNKNOWN,
	};
	enum puback answer =
	    puback_read(text, sky->stream, &f->sequence, f->why);

	flight_finish(f, ends[answer], f->why);
	return answer;
}

/* ---- the end -------------------------------------------------------- */

/* What was stored at the first try has no history: the message tells it all,
 * and to make a file for that costs more than to publish. */
static int
ack(const struct flight *f, const struct sky *sky, struct work *w,
    struct error *error)
{
	bool again = f->end == FLIGHT_DUPLICATE;
	char note[NOTE_SIZE];

	work_count(w, again ? METRIC_FORWARD_DUPLICATE : METRIC_FORWARD_STORED);
	if (!again && f->tally.lines == 0)
		return claim_ack(&f->claim, w, NULL, error);
	snprintf(note, sizeof(note), "%s %" PRIu64 "%s", sky->stream,
	    f->sequence, again ? " (duplicate)" : "");
	return claim_ack(&f->claim, w, note, error);
}

static int
conclude(struct flight *f, const struct sky *sky, struct work *w,
    struct error *error)
{
	switch (f->end) {
	case FLIGHT_STORED:
	case FLIGHT_DUPLICATE:
		return ack(f, sky, w, error);
	case FLIGHT_IMPOSSIBLE:
		work_count(w, METRIC_FORWARD_REFUSED);
		return claim_bury(&f->claim, w, f->why, error);
	case FLIGHT_REFUSED:
		work_count(w, METRIC_FORWARD_REFUSED);
		f->claim.attempt = f->tally.attempts + 1;
		if (claim_attempt(&f->claim, w, error) == -1)
			return -1;
		return claim_retry(&f->claim, w, f->why, error);
	case FLIGHT_UNKNOWN:
		work_count(w, METRIC_FORWARD_UNKNOWN);
		f->claim.attempt = f->tally.failures + 1;
		return claim_defer(&f->claim, w, f->why, error);
	case FLIGHT_INTERRUPTED:
		return claim_give_back(&f->claim, w, f->why, error);
	case FLIGHT_LOST:
		break;
	}
	return 0;
}

int
flight_settle(struct flight *f, const struct sky *sky, struct work *w,
    struct error *error)
{
	int rc;

	if (f->state != FLIGHT_OVER)
		return 0;
	rc = conclude(f, sky, w, error);
	flight_free(f, w);
	return rc == -1 ? -1 : 1;
}
