/* SPDX-License-Identifier: ISC */
/*
 * A message's tag is its place and, above that, the number of the flight, so
 * that a late answer to an earlier flight of the place is known as such.
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
#include "lib/base/encode.h"
#include "lib/base/error.h"

#define PATIENCE_MS 30000 /* without --follow */
#define CONNECT_MS 1000	  /* between attempts */
#define PROBE_MS 1000	  /* between records while there is no answer */
#define AGAIN_MS 500	  /* between publishings of one record */
#define SAY_MS 60000	  /* between complaints */

struct forwarder {
	const struct forwarder_options *options;
	struct sky sky;
	struct flight *flights;
	uint64_t started;
	bool inspected;	    /* findings were told */
	bool troubled;	    /* the broker does not answer */
	int64_t since;	    /* … from this moment on */
	int64_t connect_at; /* not before */
	int64_t probe_at;   /* likewise */
	int64_t said_at;
	struct error why;   /* the trouble */
	const char *advice; /* static */
};

/* ---- trouble -------------------------------------------------------- */

static void
note_trouble(struct forwarder *f, struct work *w, const char *why)
{
	int64_t now = clock_ms();

	f->probe_at = now + PROBE_MS;
	error_clear(&f->why);
	error_set(&f->why, ERROR_BUSY, "%s", why);
	if (!f->troubled)
		f->since = now;
	if (!f->troubled || now - f->said_at >= SAY_MS) {
		work_say(w, NULL, "%s; records wait", why);
		f->said_at = now;
	}
	f->troubled = true;
}

static void
note_answer(struct forwarder *f, struct work *w)
{
	if (f->troubled)
		work_say(w, NULL, "the broker answers again");
	f->troubled = false;
}

/* ---- connecting ----------------------------------------------------- */

struct report {
	struct forwarder *forwarder;
	struct work *work;
	struct error *error;
};

static void
tell_finding(void *context, const struct stream_finding *finding)
{
	const struct report *r = context;
	const char *name = r->forwarder->options->target->wish.name;

	if (finding->bad)
		error_set(r->error, ERROR_SETTINGS, "stream %s: %s; %s", name,
		    finding->what, finding->mend);
	else if (!r->forwarder->inspected)
		work_say(r->work, NULL, "stream %s: %s; %s", name,
		    finding->what, finding->mend);
}

/* The stream, made if that was asked for, must fit. */
static int
check_stream(struct forwarder *f, struct work *w, struct error *error)
{
	const struct stream_wish *wish = &f->options->target->wish;
	struct report report = {f, w, error};
	int made =
	    wish->replicas == 0 ? 1 : stream_create(f->sky.broker, wish, error);

	if (made == -1)
		return -1;
	if (made == 0)
		work_say(w, NULL, "made stream %s", wish->name);
	if (stream_inspect(f->sky.broker, wish, tell_finding, &report, error) ==
	    -1) {
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
disconnect(struct forwarder *f)
{
	broker_close(f->sky.broker);
	f->sky.broker = NULL;
}

/* Try to connect. What passes by itself is trouble; anything else is an error:
 * -1. */
static int
connect_broker(struct forwarder *f, struct work *w, struct error *error)
{
	struct error why = ERROR_INIT;

	if (broker_open(&f->sky.broker, &f->options->target->servers, &why) ==
		0 &&
	    check_stream(f, w, &why) == 0) {
		f->probe_at = 0;
		return 0;
	}
	disconnect(f);
	f->connect_at = clock_ms() + CONNECT_MS;
	if (why.kind != ERROR_BUSY)
		return error_set(error, why.kind, "%s", why.text);
	note_trouble(f, w, why.text);
	return 0;
}

/* ---- news ----------------------------------------------------------- */

static struct flight *
find_flight(struct forwarder *f, uint64_t tag)
{
	size_t place = tag % RUNNER_JOBS_MAX;
	struct flight *flight = &f->flights[place];

	if (place >= f->options->batch || !flight->active ||
	    flight->tag != tag || flight->state == FLIGHT_OVER)
		return NULL;
	return flight;
}

static void
take_answer(struct forwarder *f, struct work *w, struct flight *flight,
    const char *text)
{
	if (flight == NULL)
		return;
	switch (flight_answer(flight, &f->sky, text)) {
	case PUBACK_STORED:
	case PUBACK_DUPLICATE:
		note_answer(f, w);
		break;
	case PUBACK_NOT_NOW:
	case PUBACK_NONE:
		note_trouble(f, w, flight->why);
		break;
	case PUBACK_TOO_LARGE:
	case PUBACK_REFUSED:
		break;
	}
}

/* The server names the subject in quotes, and no message. */
static void
take_refusal(struct forwarder *f, const char *text)
{
	char quoted[SUBJECT_SIZE + 2], why[PUBACK_WHY_SIZE];
	struct buf shown = BUF_INIT;

	escape_log(&shown, text, strlen(text));
	snprintf(why, sizeof(why), "the broker says: %s",
	    shown.failed ? "not permitted" : shown.data);
	buf_free(&shown);
	for (size_t i = 0; i < f->options->batch; i++) {
		struct flight *flight = &f->flights[i];

		snprintf(quoted, sizeof(quoted), "\"%s\"", flight->subject);
		if (flight->active && flight->state == FLIGHT_SENT &&
		    strstr(text, quoted) != NULL)
			flight_finish(flight, FLIGHT_IMPOSSIBLE, why);
	}
}

/* Publish again what is under way, or what waited for a connection. */
static void
publish_all(struct forwarder *f, enum flight_state state, const char *why,
    int64_t when)
{
	for (size_t i = 0; i < f->options->batch; i++)
		if (f->flights[i].active && f->flights[i].state == state)
			flight_again(&f->flights[i], why, when);
}

static void
take_one(struct forwarder *f, struct work *w, const struct broker_news *news)
{
	static const char lost[] = "the connection to the broker is lost",
			  nobody[] = "JetStream has no one to answer";
	struct flight *flight = find_flight(f, news->tag);
	int64_t now = clock_ms();

	switch (news->event) {
	case BROKER_REPLY:
		take_answer(f, w, flight, news->text);
		break;
	case BROKER_NO_RESPONDERS:
		note_trouble(f, w, nobody);
		if (flight != NULL)
			flight_again(flight, nobody, now + AGAIN_MS);
		break;
	case BROKER_NOT_PERMITTED:
		take_refusal(f, news->text);
		break;
	case BROKER_LOST:
		note_trouble(f, w, lost);
		publish_all(f, FLIGHT_SENT, lost, now + AGAIN_MS);
		break;
	case BROKER_BACK:
		f->probe_at = 0;
		publish_all(f, FLIGHT_WAITING, lost, now);
		break;
	case BROKER_CLOSED:
		note_trouble(f, w, news->text);
		publish_all(f, FLIGHT_SENT, lost, now + AGAIN_MS);
		disconnect(f);
		break;
	}
}

static void
take_polls(void *trader, struct work *w, const struct pollfd *polls)
{
	struct forwarder *f = trader;
	struct broker_news news;

	if (polls[0].revents == 0)
		return;
	while (f->sky.broker != NULL && broker_next(f->sky.broker, &news))
		take_one(f, w, &news);
}

static void
set_polls(void *trader, const struct work *w, struct pollfd *polls)
{
	const struct forwarder *f = trader;

	(void)w;
	polls[0] = (struct pollfd){.events = POLLIN,
	    .fd = f->sky.broker == NULL ? -1 : broker_fd(f->sky.broker)};
}

/* ---- places --------------------------------------------------------- */

static bool
is_active(const void *trader, size_t place)
{
	return ((const struct forwarder *)trader)->flights[place].active;
}

static int
start(void *trader, size_t place, struct work *w, const struct queue_item *item,
    struct error *error)
{
	struct forwarder *f = trader;
	uint64_t tag = ++f->started * RUNNER_JOBS_MAX + place;

	return flight_start(&f->flights[place], tag, &f->sky, w, item, error);
}

static int
settle(void *trader, size_t place, struct work *w, struct error *error)
{
	struct forwarder *f = trader;
	struct flight *flight = &f->flights[place];

	if (flight->state == FLIGHT_OVER && flight->end == FLIGHT_UNKNOWN)
		note_trouble(f, w, flight->why);
	return flight_settle(flight, &f->sky, w, error);
}

static void
tick(void *trader, size_t place, struct work *w, int64_t now)
{
	struct forwarder *f = trader;

	flight_tick(&f->flights[place], &f->sky, w, now);
}

static int64_t
next_moment(const void *trader, size_t place)
{
	return flight_next(&((const struct forwarder *)trader)->flights[place]);
}

static void
interrupt(void *trader, size_t place, struct work *w, int64_t now)
{
	struct forwarder *f = trader;

	(void)w;
	(void)now;
	if (f->flights[place].state != FLIGHT_OVER)
		flight_finish(&f->flights[place], FLIGHT_INTERRUPTED,
		    "the forwarder was told to stop at once");
}

static size_t
room(void *trader, struct work *w, size_t active, int64_t *when,
    struct error *error)
{
	struct forwarder *f = trader;
	int64_t now = clock_ms();

	if (f->sky.broker == NULL && now >= f->connect_at &&
	    connect_broker(f, w, error) == -1)
		return 0;
	if (!f->troubled && f->sky.broker != NULL)
		return f->options->batch;
	now = clock_ms();
	if (!f->options->follow && active == 0 &&
	    now - f->since >= PATIENCE_MS) {
		error_set(error, ERROR_BUSY, "%s", f->why.text);
		return 0;
	}
	*when = f->sky.broker == NULL ? f->connect_at : f->probe_at;
	if (f->sky.broker == NULL || !broker_is_connected(f->sky.broker)) {
		if (*when <= now)
			*when = now + CONNECT_MS;
		return 0;
	}
	return now >= f->probe_at ? 1 : 0;
}

const struct trade forwarder_trade = {
    .noun = "message",
    .polls = 1,
    .is_active = is_active,
    .start = start,
    .settle = settle,
    .tick = tick,
    .next = next_moment,
    .interrupt = interrupt,
    .set_polls = set_polls,
    .take_polls = take_polls,
    .room = room,
};

/* ---- all of it ------------------------------------------------------ */

int
forwarder_open(struct forwarder **forwarder,
    const struct forwarder_options *options, struct error *error)
{
	struct forwarder *f = calloc(1, sizeof(*f));

	*forwarder = f;
	if (f != NULL)
		f->flights = calloc(options->batch, sizeof(*f->flights));
	if (f == NULL || f->flights == NULL) {
		free(f);
		*forwarder = NULL;
		return error_sys(error, ERROR_IO, "%zu messages",
		    options->batch);
	}
	f->options = options;
	f->sky.stream = options->target->wish.name;
	f->sky.subject = options->target->wish.subject;
	return 0;
}

void
forwarder_close(struct forwarder *f)
{
	disconnect(f);
	free(f->flights);
	free(f);
}

const char *
forwarder_advice(const struct forwarder *f)
{
	return f->advice;
}
