/* SPDX-License-Identifier: ISC */
/*
 * The loop:
 *
 *	settle what is over, do what is due for the others
 *	write what standard output and standard error take
 *	begin with as many records as there are places, looking for more when
 *	the prefetched ones are used up and something may have changed
 *	wait for a signal, a descriptor of the ops, news of the spool, or the next moment
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

enum { AT_SIGNAL, AT_WATCH, AT_OUT, AT_ERR, AT_OPS };

struct worker {
	const struct worker_options *options;
	struct context context;
	struct prefetch prefetch;
	const struct worker_ops *ops;
	void *state;
	size_t active;
	size_t capacity;      /* for so many at a time */
	int64_t room_at;      /* when to ask again */
	int64_t look_after;   /* while something is active */
	struct pollfd *polls; /* AT_OPS, and those of ops */
	struct progress progress;
	struct error error; /* why nothing new is begun */
	int signals;	    /* signals_open() */
	unsigned int stops; /* signals to stop that came in */
	bool interrupted;   /* records are given back */
	uint64_t begun;	    /* context.claimed at the last look */
	uint64_t ended;	    /* records that had left the queue then */
	bool replaced;	    /* a directory of the spool was */
	int64_t gone_since; /* the spool is not where it was; 0: it is */
};

static bool
is_ending(const struct worker *r)
{
	return r->stops > 0 || r->error.kind != ERROR_NONE;
}

/* ---- the spool ------------------------------------------------------ */

/* The path leads elsewhere. When all that was begun is over, go there. */
static int
reopen_spool(struct worker *r, int64_t now)
{
	struct error why = ERROR_INIT;
	struct spool *spool;

	r->prefetch.look_at = now + REOPEN_MS;
	if (r->gone_since == 0) {
		r->gone_since = now;
		context_say(&r->context, NULL,
		    "%s is gone or another one by now", r->options->directory);
	}
	if (r->active > 0)
		return 0;
	if (spool_open(&spool, r->options->directory, SPOOL_WRITE, &why) == 0) {
		r->gone_since = 0;
		r->replaced = false;
		prefetch_look_soon(&r->prefetch);
		return context_open(&r->context, spool, r->options->directory,
		    r->options->follow, &r->error);
	}
	if (now - r->gone_since < GONE_MS)
		return 0;
	return error_set(&r->error, ERROR_UNAVAILABLE, "%s", why.text);
}

/* ---- beginning ------------------------------------------------------ */

static int
look_for_records(struct worker *r, int64_t now)
{
	struct prefetch *f = &r->prefetch;

	if (r->options->follow &&
	    (r->replaced || !spool_is_current(r->context.spool)))
		return reopen_spool(r, now);
	if (prefetch_look(f, r->context.queue, r->options->jobs, &r->error) ==
	    -1)
		return -1;
	/* A look costs a pass over the spool; half of the time is enough. */
	r->look_after = 2 * clock_ms() - now;
	r->begun = r->context.claimed;
	r->ended = r->context.done + r->context.dead;
	if (!prefetch_is_empty(f))
		return 0;
	/* Nothing is due now. Records that were all taken by others between two
	 * glances of one look are no reason to end. */
	if (!r->options->follow && r->active == 0)
		f->look_at = f->rest.there == 0 || prefetch_left(f) > 0
		    ? PREFETCH_NEVER
		    : now;
	else if (r->options->follow && f->look_at > now + RESCAN_MS)
		f->look_at = now + RESCAN_MS;
	return 0;
}

/* None of the prefetched could be claimed: looking again at once would find the
 * same. */
static void
rest(struct worker *r, int64_t now)
{
	r->prefetch.rest.busy += r->prefetch.n;
	r->prefetch.look_at =
	    r->options->follow ? now + RESCAN_MS : PREFETCH_NEVER;
}

static void
begin_one(struct worker *r, const struct queue_item *item)
{
	size_t place = 0;

	while (r->ops->is_active(r->state, place))
		place++;
	if (r->ops->start(r->state, place, &r->context, item, &r->error) == 1)
		r->active++;
}

/* How many more may be begun now; other runners get what is not. */
static size_t
ask_room(struct worker *r)
{
	struct prefetch *f = &r->prefetch;

	r->capacity = r->options->jobs;
	r->room_at = PREFETCH_NEVER;
	if (r->ops->capacity != NULL)
		r->capacity = r->ops->capacity(r->state, &r->context, r->active,
		    &r->room_at, &r->error);
	if (r->capacity > 0 || r->active > 0)
		return r->capacity > r->active ? r->capacity - r->active : 0;
	prefetch_drop(f, r->context.queue);
	prefetch_look_soon(f);
	return 0;
}

/* One look at most, so that signals are not kept waiting. */
static void
begin_jobs(struct worker *r, int64_t now)
{
	const struct queue_item *item;
	struct prefetch *f = &r->prefetch;
	size_t capacity = ask_room(r);

	if (!prefetch_is_empty(f) && now > f->hold_until) {
		prefetch_drop(f, r->context.queue);
		prefetch_look_soon(f);
	}
	if (capacity > 0 && prefetch_is_empty(f) && now >= f->look_at &&
	    (r->active == 0 || now >= r->look_after) &&
	    look_for_records(r, now) == -1)
		return;
	while (r->active < r->capacity && !is_ending(r) &&
	    (item = prefetch_next(f)) != NULL) {
		begin_one(r, item);
		if (prefetch_is_empty(f) && r->context.claimed == r->begun)
			rest(r, now);
	}
}

/* ---- the others ----------------------------------------------------- */

static void
tend_jobs(struct worker *r, int64_t now)
{
	const struct worker_ops *t = r->ops;

	for (size_t i = 0; i < r->options->jobs; i++) {
		if (!t->is_active(r->state, i))
			continue;
		if (t->poll_done(r->state, i, &r->context, &r->error) == 0) {
			t->on_timer(r->state, i, &r->context, now);
			continue;
		}
		r->active--;
		/* The next record of its alert may be due. */
		prefetch_look_soon(&r->prefetch);
	}
}

static void
interrupt_jobs(struct worker *r)
{
	for (size_t i = 0; i < r->options->jobs; i++)
		if (r->ops->is_active(r->state, i)) {
			r->interrupted = true;
			r->ops->interrupt(r->state, i, &r->context, clock_ms());
		}
}

static void
take_stop(struct worker *r)
{
	r->stops++;
	if (r->stops == 2)
		interrupt_jobs(r);
	if (r->stops != 1)
		return;
	prefetch_drop(&r->prefetch, r->context.queue);
	if (r->active > 0)
		context_say(&r->context, NULL,
		    "ending when %zu %s%s; another signal stops %s", r->active,
		    r->ops->noun, r->active == 1 ? " has" : "s have",
		    r->active == 1 ? "it" : "them");
}

static void
read_news(struct worker *r)
{
	enum spool_watch_news news = spool_watch_read(r->context.watch);

	if (news == SPOOL_WATCH_GONE)
		r->replaced = true;
	if (news != SPOOL_WATCH_NOTHING)
		prefetch_look_soon(&r->prefetch);
}

/* ---- output --------------------------------------------------------- */

static struct progress_counts
counts(const struct worker *r)
{
	const struct context *w = &r->context;
	uint64_t ended = w->done + w->dead - r->ended + r->active;
	size_t there = r->prefetch.rest.there;

	return (struct progress_counts){
	    .done = w->done,
	    .failed = w->failed,
	    .dead = w->dead,
	    .running = r->active,
	    .waiting = there > ended ? there - (size_t)ended : 0,
	};
}

static void
write_output(struct worker *r)
{
	struct context *w = &r->context;
	struct progress_counts now;

	if (context_has_output(w))
		progress_clear(&r->progress);
	if (output_queue_flush(&w->out) == -1 && r->error.kind == ERROR_NONE) {
		errno = w->out.failed;
		error_sys(&r->error, ERROR_IO, "standard output");
		prefetch_drop(&r->prefetch, w->queue);
	}
	/* Nobody could be told that standard error is closed. */
	(void)output_queue_flush(&w->err);
	if (context_has_output(w))
		return;
	now = counts(r);
	progress_draw(&r->progress, &now, clock_ms());
}

/* ---- waiting -------------------------------------------------------- */

static void
set_all_polls(struct worker *r)
{
	const struct context *w = &r->context;

	r->polls[AT_SIGNAL] = (struct pollfd){r->signals, POLLIN, 0};
	r->polls[AT_WATCH] = (struct pollfd){w->watch, POLLIN, 0};
	r->polls[AT_OUT] = output_queue_poll(&w->out);
	r->polls[AT_ERR] = output_queue_poll(&w->err);
	r->ops->set_polls(r->state, w, r->polls + AT_OPS);
}

/* When something new may be begun. */
static int64_t
next_begin(const struct worker *r)
{
	int64_t next = r->prefetch.look_at;

	if (is_ending(r))
		return PREFETCH_NEVER;
	if (!prefetch_is_empty(&r->prefetch))
		next = r->prefetch.hold_until + 1;
	else if (r->active >= r->capacity)
		next = PREFETCH_NEVER;
	else if (r->active > 0 && next < r->look_after)
		next = r->look_after;
	return next < r->room_at ? next : r->room_at;
}

/* Milliseconds to the next moment at which something is to be done. */
static int
time_left(const struct worker *r)
{
	int64_t now = clock_ms(), next = next_begin(r), due;

	for (size_t i = 0; i < r->options->jobs; i++) {
		if (!r->ops->is_active(r->state, i))
			continue;
		due = r->ops->next(r->state, i);
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
wait_for_something(struct worker *r)
{
	set_all_polls(r);
	if (poll(r->polls, AT_OPS + r->ops->polls, time_left(r)) <= 0)
		return;
	if (r->polls[AT_SIGNAL].revents != 0)
		for (unsigned int n = signals_read(r->signals); n > 0; n--)
			take_stop(r);
	if (r->polls[AT_WATCH].revents != 0)
		read_news(r);
	r->ops->take_polls(r->state, &r->context, r->polls + AT_OPS);
}

/* ---- all of it ------------------------------------------------------ */

static bool
is_finished(const struct worker *r)
{
	if (r->active > 0)
		return false;
	/* After the second signal, nobody is waited for. */
	if (r->stops < 2 && context_has_output(&r->context))
		return false;
	return is_ending(r) ||
	    (prefetch_is_empty(&r->prefetch) &&
		r->prefetch.look_at == PREFETCH_NEVER);
}

static void
loop(struct worker *r)
{
	for (;;) {
		int64_t now = clock_ms();

		tend_jobs(r, now);
		write_output(r);
		if (!is_ending(r))
			begin_jobs(r, now);
		/* Other runners may have what is not begun any more. */
		if (is_ending(r))
			prefetch_drop(&r->prefetch, r->context.queue);
		if (is_finished(r))
			return;
		context_flush(&r->context);
		wait_for_something(r);
	}
}

static int
prepare_loop(struct worker *r, struct spool *spool)
{
	if (context_open(&r->context, spool, r->options->directory,
		r->options->follow, &r->error) == -1)
		return -1;
	r->signals = signals_open(&r->error);
	if (r->signals == -1)
		return -1;
	r->polls = calloc(AT_OPS + r->ops->polls, sizeof(*r->polls));
	return r->polls != NULL ? 0
				: error_sys(&r->error, ERROR_IO, "descriptors");
}

static int
exit_code(struct worker *r, struct error *error)
{
	const struct queue_rest *left = &r->prefetch.rest;

	if (r->error.kind != ERROR_NONE) {
		*error = r->error;
		return -1;
	}
	if (r->stops > 0)
		return r->interrupted ? EX_TEMPFAIL : EX_OK;
	if (!spool_is_current(r->context.spool))
		return error_set(error, ERROR_UNAVAILABLE,
		    "%s is gone or another one by now", r->options->directory);
	if (prefetch_left(&r->prefetch) == 0)
		return EX_OK;
	context_say(&r->context, NULL,
	    "not now: alerts deferred %zu, leased %zu, in other hands %zu; "
	    "records behind them %zu",
	    left->deferred, left->leased, left->busy, left->behind);
	return EX_TEMPFAIL;
}

int
worker_run(struct spool *spool, const struct worker_options *options,
    const struct worker_ops *ops, void *state, struct error *error)
{
	struct worker r = {.options = options,
	    .ops = ops,
	    .state = state,
	    .signals = -1};
	struct progress_counts last;
	int code;

	context_init(&r.context, &options->rules);
	progress_init(&r.progress);
	prefetch_look_soon(&r.prefetch);
	if (prepare_loop(&r, spool) == 0)
		loop(&r);
	last = counts(&r);
	progress_end(&r.progress, &last);
	code = exit_code(&r, error);
	(void)output_queue_flush(&r.context.err);
	prefetch_free(&r.prefetch);
	context_close(&r.context);
	free(r.polls);
	if (r.signals != -1)
		close(r.signals);
	return code;
}
