/* SPDX-License-Identifier: ISC */
/*
 * publisher: a message's tag is its place and, above that, a running number, so that a
 * late answer to an earlier message of the place is recognized.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/nats/client.h"
#include "cli/nats/inflight.h"
#include "cli/nats/options.h"
#include "cli/nats/publisher.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"

#define PATIENCE_MS 30000 /* without --follow */
#define CONNECT_MS 1000	  /* between attempts */
#define PROBE_MS 1000	  /* between records without an answer */
#define AGAIN_MS 500	  /* between publishings of one record */
#define SAY_MS 60000	  /* between messages about trouble */

struct publisher {
	const struct publisher_options *options;
	struct publish_context pub;
	uint64_t started;
	bool inspected;	    /* findings were reported */
	bool answered;	    /* the broker has answered once */
	bool troubled;	    /* it does not answer */
	int64_t since;	    /* … since this moment */
	int64_t connect_at; /* not before */
	int64_t probe_at;   /* likewise */
	int64_t said_at;
	struct error why;   /* the trouble */
	const char *advice; /* static */
};

/* ---- trouble -------------------------------------------------------- */

static void
note_trouble(struct publisher *f, struct context *w, const char *why)
{
	int64_t now = clock_ms();

	f->probe_at = now + PROBE_MS;
	error_clear(&f->why);
	error_set(&f->why, ERROR_BUSY, "%s", why);
	if (!f->troubled) {
		f->since = now;
		blame_rest(w, why);
	}
	if (!f->troubled || now - f->said_at >= SAY_MS) {
		context_say(w, NULL, "%s; records wait", why);
		f->said_at = now;
	}
	f->troubled = true;
}

static void
note_answer(struct publisher *f, struct context *w)
{
	if (f->troubled)
		context_say(w, NULL, "the broker answers again");
	if (f->troubled || !f->answered)
		blame_awake(w);
	f->troubled = false;
	f->answered = true;
}

/* ---- connecting ----------------------------------------------------- */

struct findings {
	struct publisher *publisher;
	struct context *work;
	struct error *error;
};

static void
tell_finding(void *context, const struct stream_finding *finding)
{
	const struct findings *r = context;
	const char *name = r->publisher->options->target->wish.name;

	if (finding->bad)
		error_set(r->error, ERROR_SETTINGS, "stream %s: %s; %s", name,
		    finding->what, finding->fix);
	else if (!r->publisher->inspected)
		context_say(r->work, NULL, "stream %s: %s; %s", name,
		    finding->what, finding->fix);
}

/* Check that the stream fits; make it if asked for. */
static int
check_stream(struct publisher *f, struct context *w, struct error *error)
{
	const struct stream_wish *wish = &f->options->target->wish;
	struct findings findings = {f, w, error};
	int made =
	    wish->replicas == 0 ? 1 : stream_create(f->pub.client, wish, error);

	if (made == -1)
		return -1;
	if (made == 0)
		context_say(w, NULL, "made stream %s", wish->name);
	if (stream_inspect(f->pub.client, wish, tell_finding, &findings,
		error) == -1) {
		if (error->kind == ERROR_NOT_FOUND) {
			error->kind = ERROR_UNAVAILABLE;
			f->advice = "--create-stream 1, or 3 on a cluster, "
				    "makes one";
		}
		return -1;
	}
	f->inspected = true;
	return error->kind == ERROR_NONE ? 0 : -1;
}

static void
disconnect(struct publisher *f)
{
	nats_client_close(f->pub.client);
	f->pub.client = NULL;
}

/* Try to connect. A temporary failure is trouble; anything else is an error: -1. */
static int
connect_broker(struct publisher *f, struct context *w, struct error *error)
{
	struct error why = ERROR_INIT;

	if (nats_client_open(&f->pub.client, &f->options->target->servers,
		&why) == 0 &&
	    check_stream(f, w, &why) == 0) {
		f->probe_at = 0;
		return 0;
	}
	disconnect(f);
	f->connect_at = clock_ms() + CONNECT_MS;
	if (why.kind != ERROR_BUSY)
		return error_take(error, &why);
	note_trouble(f, w, why.text);
	return 0;
}

/* ---- news ----------------------------------------------------------- */

static struct inflight *
find_inflight(const struct context *w, uint64_t tag)
{
	size_t number = tag % WORKER_JOBS_MAX;
	struct inflight *inflight = NULL;

	if (number < w->places->n)
		inflight = places_at(w->places, number);
	if (inflight == NULL || !inflight->place.active ||
	    inflight->tag != tag || inflight->state == INFLIGHT_OVER)
		return NULL;
	return inflight;
}

static void
take_answer(struct publisher *f, struct context *w, struct inflight *inflight,
    const char *text)
{
	if (inflight == NULL)
		return;
	switch (inflight_answer(inflight, &f->pub, text)) {
	case PUB_ACK_STORED:
	case PUB_ACK_DUPLICATE:
		note_answer(f, w);
		break;
	case PUB_ACK_NOT_NOW:
	case PUB_ACK_NONE:
		note_trouble(f, w, inflight->why);
		break;
	case PUB_ACK_TOO_LARGE:
	case PUB_ACK_REFUSED:
		break;
	}
}

/* The server names the subject in quotes, not the message. */
static void
take_refusal(const struct context *w, const char *text)
{
	char quoted[SUBJECT_SIZE + 2], why[PUB_ACK_WHY_SIZE];
	struct buf shown = BUF_INIT;
	struct inflight *inflight;

	escape_log(&shown, text, strlen(text));
	snprintf(why, sizeof(why), "the broker says: %s",
	    shown.failed ? "not permitted" : shown.data);
	buf_free(&shown);
	for (size_t i = 0; (inflight = places_next(w->places, &i)) != NULL;) {
		snprintf(quoted, sizeof(quoted), "\"%s\"", inflight->subject);
		if (inflight->state == INFLIGHT_SENT &&
		    strstr(text, quoted) != NULL)
			inflight_finish(inflight, INFLIGHT_IMPOSSIBLE, why);
	}
}

/* Publish again the messages in this state: those in flight, or those that waited for a
 * connection. */
static void
publish_all(const struct context *w, enum inflight_state state, const char *why,
    int64_t when)
{
	struct inflight *inflight;

	for (size_t i = 0; (inflight = places_next(w->places, &i)) != NULL;)
		if (inflight->state == state)
			inflight_again(inflight, why, when);
}

static void
take_one(struct publisher *f, struct context *w,
    const struct nats_client_news *news)
{
	static const char lost[] = "the connection to the broker is lost",
			  nobody[] = "JetStream does not answer";
	struct inflight *inflight = find_inflight(w, news->tag);
	int64_t now = clock_ms();

	switch (news->event) {
	case NATS_CLIENT_REPLY:
		take_answer(f, w, inflight, news->text);
		break;
	case NATS_CLIENT_NO_RESPONDERS:
		note_trouble(f, w, nobody);
		if (inflight != NULL)
			inflight_again(inflight, nobody, now + AGAIN_MS);
		break;
	case NATS_CLIENT_NOT_PERMITTED:
		take_refusal(w, news->text);
		break;
	case NATS_CLIENT_LOST:
		note_trouble(f, w, lost);
		publish_all(w, INFLIGHT_SENT, lost, now + AGAIN_MS);
		break;
	case NATS_CLIENT_BACK:
		f->probe_at = 0;
		publish_all(w, INFLIGHT_WAITING, lost, now);
		break;
	case NATS_CLIENT_CLOSED:
		note_trouble(f, w, news->text);
		publish_all(w, INFLIGHT_SENT, lost, now + AGAIN_MS);
		disconnect(f);
		break;
	}
}

static void
take_polls(void *state, struct context *w, const struct pollfd *polls)
{
	struct publisher *f = state;
	struct nats_client_news news;

	if (polls[0].revents == 0)
		return;
	while (f->pub.client != NULL && nats_client_next(f->pub.client, &news))
		take_one(f, w, &news);
}

static void
set_polls(void *state, const struct context *w, struct pollfd *polls)
{
	const struct publisher *f = state;

	(void)w;
	polls[0] = (struct pollfd){.events = POLLIN,
	    .fd = f->pub.client == NULL ? -1 : nats_client_fd(f->pub.client)};
}

/* ---- places --------------------------------------------------------- */

static int
start(void *state, void *place, struct context *w,
    const struct queue_item *item, struct error *error)
{
	struct publisher *f = state;
	const size_t number = ((const struct place *)place)->number;

	return inflight_start(place, ++f->started * WORKER_JOBS_MAX + number,
	    &f->pub, w, item, error);
}

static int
poll_done(void *state, void *place, struct context *w, struct error *error)
{
	struct publisher *f = state;
	struct inflight *inflight = place;

	if (inflight->state == INFLIGHT_OVER &&
	    inflight->end == INFLIGHT_UNKNOWN)
		note_trouble(f, w, inflight->why);
	return inflight_poll_done(inflight, &f->pub, w, error);
}

static void
on_timer(void *state, void *place, struct context *w, int64_t now)
{
	struct publisher *f = state;

	inflight_on_timer(place, &f->pub, w, now);
}

static void
interrupt(void *place, struct context *w, int64_t now)
{
	struct inflight *inflight = place;

	(void)w;
	(void)now;
	if (inflight->state != INFLIGHT_OVER)
		inflight_finish(inflight, INFLIGHT_INTERRUPTED,
		    "the forwarder had to stop at once");
}

static size_t
capacity(void *state, struct context *w, size_t active, int64_t *when,
    struct error *error)
{
	struct publisher *f = state;
	int64_t now = clock_ms();

	if (f->pub.client == NULL && now >= f->connect_at &&
	    connect_broker(f, w, error) == -1)
		return 0;
	if (!f->troubled && f->pub.client != NULL)
		return f->options->batch;
	now = clock_ms();
	if (!f->options->follow && active == 0 &&
	    now - f->since >= PATIENCE_MS) {
		error_take(error, &f->why);
		return 0;
	}
	*when = f->pub.client == NULL ? f->connect_at : f->probe_at;
	if (f->pub.client == NULL || !nats_client_is_connected(f->pub.client)) {
		if (*when <= now)
			*when = now + CONNECT_MS;
		return 0;
	}
	return now >= f->probe_at ? 1 : 0;
}

const struct worker_ops publisher_ops = {
    .noun = "message",
    .place_size = sizeof(struct inflight),
    .polls = 1,
    .start = start,
    .poll_done = poll_done,
    .on_timer = on_timer,
    .next = inflight_next,
    .interrupt = interrupt,
    .set_polls = set_polls,
    .take_polls = take_polls,
    .capacity = capacity,
};

/* ---- all of it ------------------------------------------------------ */

int
publisher_open(struct publisher **publisher,
    const struct publisher_options *options, struct error *error)
{
	struct publisher *f = calloc(1, sizeof(*f));

	*publisher = f;
	if (f == NULL)
		return error_sys(error, ERROR_IO, "publisher");
	f->options = options;
	f->pub.stream = options->target->wish.name;
	f->pub.subject = options->target->wish.subject;
	return 0;
}

void
publisher_close(struct publisher *f)
{
	disconnect(f);
	free(f);
}

const char *
publisher_advice(const struct publisher *f)
{
	return f->advice;
}
