/* SPDX-License-Identifier: ISC */
/*
 * inflight: a message is made when it is published and not kept: memory holds only one
 * record, however large, and the client library's output.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/nats/inflight.h"
#include "cli/nats/message.h"
#include "cli/records/record_view.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define PATIENCE_MS 30000 /* a cluster may take this long to choose a leader */
#define AGAIN_MS 500	  /* between tries to send a message */
#define NOTE_SIZE 256

void
inflight_finish(struct inflight *f, enum inflight_end end, const char *why)
{
	f->state = INFLIGHT_OVER;
	f->end = end;
	if (why != f->why)
		snprintf(f->why, sizeof(f->why), "%.*s",
		    (int)sizeof(f->why) - 1, why);
	f->publish_at = f->timeout_at = PLACE_NEVER;
}

void
inflight_again(struct inflight *f, const char *why, int64_t when)
{
	if (when >= f->give_up_at) {
		inflight_finish(f, INFLIGHT_UNKNOWN, why);
		return;
	}
	f->state = INFLIGHT_WAITING;
	f->publish_at = when;
	f->timeout_at = PLACE_NEVER;
}

/* ---- publishing ----------------------------------------------------- */

static void
hand_over(struct inflight *f, struct publish_context *pub,
    const struct message *m, const struct context *w)
{
	const struct nats_client_message out = {
	    .subject = m->subject,
	    .headers = m->headers,
	    .body = m->body.data,
	    .len = m->body.len,
	    .tag = f->tag,
	};
	char why[NATS_CLIENT_TEXT_SIZE] = "no connection";
	enum nats_client_sent sent = NATS_CLIENT_NOT_SENT;
	int64_t now = clock_ms();

	memcpy(f->subject, m->subject, sizeof(f->subject));
	if (pub->client != NULL && nats_client_is_connected(pub->client))
		sent = nats_client_publish(pub->client, &out, why);
	switch (sent) {
	case NATS_CLIENT_SENT:
		f->state = INFLIGHT_SENT;
		f->publish_at = PLACE_NEVER;
		f->timeout_at = now + w->rules->timeout;
		break;
	case NATS_CLIENT_NOT_SENT:
		inflight_again(f, why, now + AGAIN_MS);
		break;
	case NATS_CLIENT_TOO_LARGE:
		inflight_finish(f, INFLIGHT_IMPOSSIBLE, why);
		break;
	}
}

/* 1; 0 after the record was buried, because it is not valid; -1. */
static int
publish(struct inflight *f, struct publish_context *pub, struct context *w,
    struct error *error)
{
	struct spool_entry entry = {.state = SPOOL_CUR};
	struct record_view view = RECORD_VIEW_INIT;
	struct error why = ERROR_INIT;
	struct message m = {.body = BUF_INIT};
	int rc = -1;

	memcpy(entry.name, f->place.claim.id, sizeof(entry.name));
	if (record_view_read_open(&view, f->place.claim.record, &entry, &why) ==
	    -1)
		rc = why.kind == ERROR_INPUT
		    ? claim_bury(&f->place.claim, w, why.text, error)
		    : error_take(error, &why);
	else if (message_make(&m, &view, f->tally.requeues, pub->subject,
		     pub->stream, error) == 0)
		rc = 1;
	if (rc == 1)
		hand_over(f, pub, &m, w);
	message_free(&m);
	record_view_free(&view);
	return rc;
}

int
inflight_start(struct inflight *f, uint64_t tag, struct publish_context *pub,
    struct context *w, const struct queue_item *item, struct error *error)
{
	int64_t patience = PATIENCE_MS;
	struct error more = ERROR_INIT;
	int rc;

	if (w->rules->timeout > patience)
		patience = w->rules->timeout;
	f->tag = tag;
	f->give_up_at = clock_ms() + patience;
	rc = place_take(&f->place, w, item, error);
	if (rc == 1 && claim_tally(&f->place.claim, w, &f->tally, error) == -1)
		rc = -1;
	if (rc == 1)
		rc = publish(f, pub, w, error);
	if (rc == 1)
		return 1;
	/* If it cannot be given back, either, it waits until its lease ends. */
	if (rc == -1 && f->place.claim.record != -1)
		(void)claim_give_back(&f->place.claim, w, error->text, &more);
	place_free(&f->place, w);
	return rc;
}

/* ---- in flight ------------------------------------------------------ */

static void
renew(struct inflight *f, struct context *w, int64_t now)
{
	struct error why = ERROR_INIT;

	if (place_renew(&f->place, w, now, &why))
		return;
	context_say(w, f->place.claim.id, "left alone: %s", why.text);
	inflight_finish(f, INFLIGHT_LOST, why.text);
}

/* Some time has passed: is the record still ours? */
static void
publish_again(struct inflight *f, struct publish_context *pub,
    struct context *w, int64_t now)
{
	struct error why = ERROR_INIT;

	renew(f, w, now);
	if (f->state == INFLIGHT_OVER || publish(f, pub, w, &why) == 1)
		return;
	/* Another process moved it, or the spool is broken; then the next move reports
	 * it. */
	if (why.kind == ERROR_NOT_FOUND || why.kind == ERROR_NONE)
		inflight_finish(f, INFLIGHT_LOST, why.text);
	else
		inflight_again(f, why.text, now + AGAIN_MS);
}

void
inflight_on_timer(struct inflight *f, struct publish_context *pub,
    struct context *w, int64_t now)
{
	char why[NOTE_SIZE];

	if (now >= f->place.renew_at)
		renew(f, w, now);
	if (now >= f->publish_at && f->state == INFLIGHT_WAITING)
		publish_again(f, pub, w, now);
	if (now >= f->timeout_at && f->state == INFLIGHT_SENT) {
		snprintf(why, sizeof(why),
		    "no answer from the broker in %" PRId64 " ms",
		    w->rules->timeout);
		inflight_finish(f, INFLIGHT_UNKNOWN, why);
	}
}

int64_t
inflight_next(const void *inflight)
{
	const struct inflight *f = inflight;
	int64_t next = f->place.renew_at;

	if (f->state == INFLIGHT_OVER)
		return f->place.end_at;
	if (f->publish_at < next && f->state == INFLIGHT_WAITING)
		next = f->publish_at;
	return f->timeout_at < next ? f->timeout_at : next;
}

enum pub_ack
inflight_answer(struct inflight *f, const struct publish_context *pub,
    const char *text)
{
	static const enum inflight_end ends[] = {
	    [PUB_ACK_STORED] = INFLIGHT_STORED,
	    [PUB_ACK_DUPLICATE] = INFLIGHT_DUPLICATE,
	    [PUB_ACK_TOO_LARGE] = INFLIGHT_IMPOSSIBLE,
	    [PUB_ACK_NOT_NOW] = INFLIGHT_UNKNOWN,
	    [PUB_ACK_REFUSED] = INFLIGHT_REFUSED,
	    [PUB_ACK_NONE] = INFLIGHT_UNKNOWN,
	};
	enum pub_ack answer =
	    pub_ack_read(text, pub->stream, &f->sequence, f->why);

	inflight_finish(f, ends[answer], f->why);
	return answer;
}

/* ---- the end -------------------------------------------------------- */

/* A record stored at the first try has no history: the message has everything, and
 * creating a file costs more than publishing. */
static int
ack(const struct inflight *f, const struct publish_context *pub,
    struct context *w, struct error *error)
{
	bool again = f->end == INFLIGHT_DUPLICATE;
	char note[NOTE_SIZE];

	context_count(w,
	    again ? METRIC_FORWARD_DUPLICATE : METRIC_FORWARD_STORED);
	if (!again && f->tally.lines == 0)
		return claim_ack(&f->place.claim, w, NULL, error);
	snprintf(note, sizeof(note), "%s %" PRIu64 "%s", pub->stream,
	    f->sequence, again ? " (duplicate)" : "");
	return claim_ack(&f->place.claim, w, note, error);
}

static int
conclude_message(struct inflight *f, const struct publish_context *pub,
    struct context *w, struct error *error)
{
	switch (f->end) {
	case INFLIGHT_STORED:
	case INFLIGHT_DUPLICATE:
		return ack(f, pub, w, error);
	case INFLIGHT_IMPOSSIBLE:
		context_count(w, METRIC_FORWARD_REFUSED);
		return claim_bury(&f->place.claim, w, f->why, error);
	case INFLIGHT_REFUSED:
		context_count(w, METRIC_FORWARD_REFUSED);
		f->place.claim.attempt = f->tally.attempts + 1;
		f->place.claim.used = spool_tally_used(&f->tally);
		if (claim_attempt(&f->place.claim, w, false, error) == -1)
			return -1;
		return claim_retry(&f->place.claim, w, f->why, error);
	case INFLIGHT_UNKNOWN:
		context_count(w, METRIC_FORWARD_UNKNOWN);
		f->place.claim.attempt = f->tally.failures + 1;
		return claim_defer(&f->place.claim, w, f->why, error);
	case INFLIGHT_INTERRUPTED:
		return claim_give_back(&f->place.claim, w, f->why, error);
	case INFLIGHT_LOST:
		break;
	}
	return 0;
}

int
inflight_poll_done(struct inflight *f, const struct publish_context *pub,
    struct context *w, struct error *error)
{
	int rc;

	if (f->state != INFLIGHT_OVER || !place_can_conclude(&f->place, w))
		return 0;
	rc = conclude_message(f, pub, w, error);
	place_free(&f->place, w);
	return rc == -1 ? -1 : 1;
}
