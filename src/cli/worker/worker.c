/* SPDX-License-Identifier: ISC */
/*
 * The loop:
 *
 *	settle what is over, do what is due for the others
 *	write what the outlets take
 *	begin with as many records as there are places, looking for more when
 *	the feed is empty and something may have changed
 *	wait for a signal, news of the trade or the spool, or the next moment
 *
 * An error that concerns the whole spool is kept, nothing new is begun, and it
 * is returned when all that was begun is over.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/output/progress.h"
#include "cli/worker/prefetch.h"
#include "cli/worker/signals.h"
#include "cli/worker/spool_watch.h"
#include "cli/worker/worker.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define RESCAN_MS 30000 /* an event may get lost */
#define REOPEN_MS 1000	/* between looks for a spool that is gone */
#define GONE_MS 10000	/* how long it may be gone */

enum { AT_SIGNAL, AT_WATCH, AT_OUT, AT_ERR, AT_TRADE };

struct runner {
	const struct runner_options *options;
	struct work work;
	struct feed feed;
	const struct trade *trade;
	void *trader;
	size_t active;
	size_t room;	      /* for so many at a time */
	int64_t room_at;      /* when to ask again */
	int64_t look_after;   /* while something is active */
	struct pollfd *polls; /* AT_TRADE and the trade's */
	struct progress progress;
	struct error error; /* why nothing new is begun */
	int signals;	    /* signals_open() */
	unsigned int stops; /* signals to stop that came in */
	bool interrupted;   /* records are given back */
	uint64_t begun;	    /* work.claimed at the last look */
	uint64_t ended;	    /* records that had left the queue then */
	bool replaced;	    /* a directory of the spool was */
	int64_t gone_since; /* the spool is not where it was; 0: it is */
};

static bool
is_ending(const struct runner *r)
{
	return r->stops > 0 || r->error.kind != ERROR_NONE;
}

/* ---- the spool ------------------------------------------------------ */

/* The path leads elsewhere. When all that was begun is over, go there. */
static int
reopen_spool(struct runner *r, int64_t now)
{
	struct error why = ERROR_INIT;
	struct spool *spool;

	r->feed.look_at = now + REOPEN_MS;
	if (r->gone_since == 0) {
		r->gone_since = now;
		work_say(&r->work, NULL, "%s is gone or another one by now",
		    r->options->directory);
	}
	if (r->active > 0)
		return 0;
	if (spool_open(&spool, r->options->directory, SPOOL_WRITE, &why) == 0) {
		r->gone_since = 0;
		r->replaced = false;
		feed_look_soon(&r->feed);
		return work_open(&r->work, spool, r->options->directory,
		    r->options->follow, &r->error);
	}
	if (now - r->gone_since < GONE_MS)
		return 0;
	return error_set(&r->error, ERROR_UNAVAILABLE, "%s", why.text);
}

/* ---- beginning ------------------------------------------------------ */

static int
look(struct runner *r, int64_t now)
{
	struct feed *f = &r->feed;

	if (r->options->follow &&
	    (r->replaced || !spool_is_current(r->work.spool)))
		return reopen_spool(r, now);
	if (feed_look(f, r->work.queue, r->options->jobs, &r->error) == -1)
		return -1;
	/* A look costs a pass over the spool; half of the time is enough. */
	r->look_after = 2 * clock_ms() - now;
	r->begun = r->work.claimed;
	r->ended = r->work.done + r->work.dead;
	if (!feed_is_empty(f))
		return 0;
	/* Nothing is due now. Records that were all taken by others between two
	 * glances of one look are no reason to end. */
	if (!r->options->follow && r->active == 0)
		f->look_at =
		    f->rest.there == 0 || feed_left(f) > 0 ? FEED_NEVER : now;
	else if (r->options->follow && f->look_at > now + RESCAN_MS)
		f->look_at = now + RESCAN_MS;
	return 0;
}

/* The whole feed could not be claimed: looking again at once would find the
 * same. */
static void
rest(struct runner *r, int64_t now)
{
	r->feed.rest.busy += r->feed.n;
	r->feed.look_at = r->options->follow ? now + RESCAN_MS : FEED_NEVER;
}

static void
begin_one(struct runner *r, const struct queue_item *item)
{
	size_t place = 0;

	while (r->trade->is_active(r->trader, place))
		place++;
	if (r->trade->start(r->trader, place, &r->work, item, &r->error) == 1)
		r->active++;
}

/* How many more may be begun now; other runners get what is not. */
static size_t
ask_room(struct runner *r)
{
	struct feed *f = &r->feed;

	r->room = r->options->jobs;
	r->room_at = FEED_NEVER;
	if (r->trade->room != NULL)
		r->room = r->trade->room(r->trader, &r->work, r->active,
		    &r->room_at, &r->error);
	if (r->room > 0 || r->active > 0)
		return r->room > r->active ? r->room - r->active : 0;
	feed_drop(f, r->work.queue);
	feed_look_soon(f);
	return 0;
}

/* One look at most, so that signals are not kept waiting. */
static void
begin_jobs(struct runner *r, int64_t now)
{
	const struct queue_item *item;
	struct feed *f = &r->feed;
	size_t room = ask_room(r);

	if (!feed_is_empty(f) && now > f->hold_until) {
		feed_drop(f, r->work.queue);
		feed_look_soon(f);
	}
	if (room > 0 && feed_is_empty(f) && now >= f->look_at &&
	    (r->active == 0 || now >= r->look_after) && look(r, now) == -1)
		return;
	while (r->active < r->room && !is_ending(r) &&
	    (item = feed_next(f)) != NULL) {
		begin_one(r, item);
		if (feed_is_empty(f) && r->work.claimed == r->begun)
			rest(r, now);
	}
}

/* ---- the others ----------------------------------------------------- */

static void
tend_jobs(struct runner *r, int64_t now)
{
	const struct trade *t = r->trade;

	for (size_t i = 0; i < r->options->jobs; i++) {
		if (!t->is_active(r->trader, i))
			continue;
		if (t->settle(r->trader, i, &r->work, &r->error) == 0) {
			t->tick(r->trader, i, &r->work, now);
			continue;
		}
		r->active--;
		/* The next record of its alert may be due. */
		feed_look_soon(&r->feed);
	}
}

static void
interrupt_jobs(struct runner *r)
{
	for (size_t i = 0; i < r->options->jobs; i++)
		if (r->trade->is_active(r->trader, i)) {
			r->interrupted = true;
			r->trade->interrupt(r->trader, i, &r->work, clock_ms());
		}
}

static void
take_stop(struct runner *r)
{
	r->stops++;
	if (r->stops == 2)
		interrupt_jobs(r);
	if (r->stops != 1)
		return;
	feed_drop(&r->feed, r->work.queue);
	if (r->active > 0)
		work_say(&r->work, NULL,
		    "ending when %zu %s%s; another signal stops %s", r->active,
		    r->trade->noun, r->active == 1 ? " has" : "s have",
		    r->active == 1 ? "it" : "them");
}

static void
read_news(struct runner *r)
{
	enum watch_news news = watch_read(r->work.watch);

	if (news == WATCH_GONE)
		r->replaced = true;
	if (news != WATCH_NOTHING)
		feed_look_soon(&r->feed);
}

/* ---- output --------------------------------------------------------- */

static struct progress_counts
counts(const struct runner *r)
{
	const struct work *w = &r->work;
	uint64_t ended = w->done + w->dead - r->ended + r->active;
	size_t there = r->feed.rest.there;

	return (struct progress_counts){
	    .done = w->done,
	    .failed = w->failed,
	    .dead = w->dead,
	    .running = r->active,
	    .waiting = there > ended ? there - (size_t)ended : 0,
	};
}

static void
write_outlets(struct runner *r)
{
	struct work *w = &r->work;
	struct progress_counts now;

	if (outlet_is_waiting(&w->err) || outlet_is_waiting(&w->out))
		progress_clear(&r->progress);
	if (outlet_flush(&w->out) == -1 && r->error.kind == ERROR_NONE) {
		errno = w->out.failed;
		error_sys(&r->error, ERROR_IO, "standard output");
		feed_drop(&r->feed, w->queue);
	}
	/* Nobody could be told that standard error is closed. */
	(void)outlet_flush(&w->err);
	if (outlet_is_waiting(&w->err) || outlet_is_waiting(&w->out))
		return;
	now = counts(r);
	progress_draw(&r->progress, &now, clock_ms());
}

/* ---- waiting -------------------------------------------------------- */

static struct pollfd
poll_outlet(const struct outlet *o)
{
	return (struct pollfd){.fd = outlet_is_waiting(o) ? o->fd : -1,
	    .events = POLLOUT};
}

static void
set_polls(struct runner *r)
{
	const struct work *w = &r->work;

	r->polls[AT_SIGNAL] = (struct pollfd){r->signals, POLLIN, 0};
	r->polls[AT_WATCH] = (struct pollfd){w->watch, POLLIN, 0};
	r->polls[AT_OUT] = poll_outlet(&w->out);
	r->polls[AT_ERR] = poll_outlet(&w->err);
	r->trade->set_polls(r->trader, w, r->polls + AT_TRADE);
}

/* When something new may be begun. */
static int64_t
next_begin(const struct runner *r)
{
	int64_t next = r->feed.look_at;

	if (is_ending(r))
		return FEED_NEVER;
	if (!feed_is_empty(&r->feed))
		next = r->feed.hold_until + 1;
	else if (r->active >= r->room)
		next = FEED_NEVER;
	else if (r->active > 0 && next < r->look_after)
		next = r->look_after;
	return next < r->room_at ? next : r->room_at;
}

/* Milliseconds to the next moment at which something is to be done. */
static int
time_left(const struct runner *r)
{
	int64_t now = clock_ms(), next = next_begin(r), due;

	for (size_t i = 0; i < r->options->jobs; i++) {
		if (!r->trade->is_active(r->trader, i))
			continue;
		due = r->trade->next(r->trader, i);
		next = due < next ? due : next;
	}
	if (r->progress.enabled && r->active > 0 &&
	    next > now + PROGRESS_INTERVAL_MS)
		next = now + PROGRESS_INTERVAL_MS;
	if (next <= now)
		return 0;
	return next - now < RESCAN_MS ? (int)(next - now) : RESCAN_MS;
}

static void
wait_for_something(struct runner *r)
{
	set_polls(r);
	if (poll(r->polls, AT_TRADE + r->trade->polls, time_left(r)) <= 0)
		return;
	if (r->polls[AT_SIGNAL].revents != 0)
		for (unsigned int n = signals_read(r->signals); n > 0; n--)
			take_stop(r);
	if (r->polls[AT_WATCH].revents != 0)
		read_news(r);
	r->trade->take_polls(r->trader, &r->work, r->polls + AT_TRADE);
}

/* ---- all of it ------------------------------------------------------ */

static bool
is_finished(const struct runner *r)
{
	const struct work *w = &r->work;

	if (r->active > 0)
		return false;
	/* After the second signal, nobody is waited for. */
	if (r->stops < 2 &&
	    (outlet_is_waiting(&w->out) || outlet_is_waiting(&w->err)))
		return false;
	return is_ending(r) ||
	    (feed_is_empty(&r->feed) && r->feed.look_at == FEED_NEVER);
}

static void
loop(struct runner *r)
{
	for (;;) {
		int64_t now = clock_ms();

		tend_jobs(r, now);
		write_outlets(r);
		if (!is_ending(r))
			begin_jobs(r, now);
		if (is_finished(r))
			return;
		work_flush(&r->work);
		wait_for_something(r);
	}
}

static int
prepare(struct runner *r, struct spool *spool)
{
	if (work_open(&r->work, spool, r->options->directory,
		r->options->follow, &r->error) == -1)
		return -1;
	r->signals = signals_open(&r->error);
	if (r->signals == -1)
		return -1;
	r->polls = calloc(AT_TRADE + r->trade->polls, sizeof(*r->polls));
	return r->polls != NULL ? 0
				: error_sys(&r->error, ERROR_IO, "descriptors");
}

static int
exit_code(struct runner *r, struct error *error)
{
	const struct queue_rest *left = &r->feed.rest;

	if (r->error.kind != ERROR_NONE) {
		*error = r->error;
		return -1;
	}
	if (r->stops > 0)
		return r->interrupted ? EX_TEMPFAIL : EX_OK;
	if (!spool_is_current(r->work.spool))
		return error_set(error, ERROR_UNAVAILABLE,
		    "%s is gone or another one by now", r->options->directory);
	if (feed_left(&r->feed) == 0)
		return EX_OK;
	work_say(&r->work, NULL,
	    "not now: alerts deferred %zu, leased %zu, in other hands %zu; "
	    "records behind them %zu",
	    left->deferred, left->leased, left->busy, left->behind);
	return EX_TEMPFAIL;
}

int
runner_run(struct spool *spool, const struct runner_options *options,
    const struct trade *trade, void *trader, struct error *error)
{
	struct runner r = {.options = options,
	    .trade = trade,
	    .trader = trader,
	    .signals = -1};
	struct progress_counts last;
	int code;

	work_init(&r.work, &options->rules);
	progress_init(&r.progress);
	feed_look_soon(&r.feed);
	if (prepare(&r, spool) == 0)
		loop(&r);
	last = counts(&r);
	progress_end(&r.progress, &last);
	code = exit_code(&r, error);
	(void)outlet_flush(&r.work.err);
	feed_free(&r.feed);
	work_close(&r.work);
	free(r.polls);
	if (r.signals != -1)
		close(r.signals);
	return code;
}
