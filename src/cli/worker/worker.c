/* SPDX-License-Identifier: ISC */
/*
 * worker: the loop:
 *
 *	finish what is over, and do what is due for the others
 *	write what standard output and standard error accept
 *	start as many records as there are free places, looking for more when
 *	the prefetched ones are used up and something may have changed
 *	wait for a signal, a descriptor of the ops, an event of the spool, or a deadline
 *
 * An error of the whole spool is kept, nothing new is started, and it is returned when
 * everything started is over.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/worker/private.h"
#include "cli/worker/signals.h"
#include "cli/worker/spool_watch.h"
#include "lib/base/clock.h"
#include "lib/base/timestamp.h"

enum { AT_SIGNAL, AT_WATCH, AT_OUT, AT_ERR, AT_OPS };

bool
worker_is_ending(const struct worker *r)
{
	return r->stops > 0 || r->error.kind != ERROR_NONE;
}

/* ---- the others ----------------------------------------------------- */

static void
tend_jobs(struct worker *r, int64_t now)
{
	const struct worker_ops *t = r->ops;
	struct place *p;

	for (size_t i = 0; (p = places_next(&r->places, &i)) != NULL;) {
		if (t->poll_done(r->state, p, &r->context, &r->error) == 0) {
			t->on_timer(r->state, p, &r->context, now);
			continue;
		}
		r->active--;
		if (r->active == 0)
			blame_probed(&r->context);
		/* The next record of its alert may be due. */
		prefetch_look_soon(&r->prefetch);
	}
}

static void
interrupt_jobs(struct worker *r)
{
	struct place *p;

	for (size_t i = 0; (p = places_next(&r->places, &i)) != NULL;) {
		r->interrupted = true;
		r->ops->interrupt(p, &r->context, clock_ms());
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
	/* If standard error is closed, there is nowhere to report it. */
	(void)output_queue_flush(&w->err);
	if (context_has_output(w))
		return;
	now = counts(r);
	progress_draw(&r->progress, &now, clock_ms());
}

/* ---- waiting -------------------------------------------------------- */

static size_t
count_polls(const struct worker *r)
{
	return r->ops->polls + r->places.n * r->ops->job_polls;
}

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

/* When something new may be started. */
static int64_t
next_begin(const struct worker *r)
{
	int64_t next = r->prefetch.look_at;

	if (worker_is_ending(r))
		return PREFETCH_NEVER;
	if (!prefetch_is_empty(&r->prefetch))
		next = r->prefetch.hold_until + 1;
	else if (r->active >= r->capacity)
		next = PREFETCH_NEVER;
	else if (r->active > 0 && next < r->look_after)
		next = r->look_after;
	return next < r->room_at ? next : r->room_at;
}

/* Milliseconds until the next deadline. */
static int
time_left(const struct worker *r)
{
	int64_t now = clock_ms(), next = next_begin(r), due;
	const struct place *p;

	for (size_t i = 0; (p = places_next(&r->places, &i)) != NULL;) {
		due = r->ops->next(p);
		next = due < next ? due : next;
	}
	if (r->progress.enabled && r->active > 0 &&
	    next > now + PROGRESS_INTERVAL_MS)
		next = now + PROGRESS_INTERVAL_MS;
	if (next <= now)
		return 0;
	return next - now < WORKER_RESCAN_MS ? (int)(next - now)
					     : WORKER_RESCAN_MS;
}

static void
wait_for_something(struct worker *r)
{
	set_all_polls(r);
	if (poll(r->polls, AT_OPS + count_polls(r), time_left(r)) <= 0)
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
	/* After the second signal, it waits for nobody. */
	if (r->stops < 2 && context_has_output(&r->context))
		return false;
	return worker_is_ending(r) || r->rests || worker_is_limited(r) ||
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
		if (!worker_is_ending(r))
			worker_begin(r, now);
		/* Other runners may have the records that will not be started. */
		if (worker_is_ending(r))
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
	if (places_init(&r->places, r->options->jobs, r->ops->place_size,
		&r->error) == -1)
		return -1;
	r->context.places = &r->places;
	r->polls = calloc(AT_OPS + count_polls(r), sizeof(*r->polls));
	return r->polls != NULL ? 0
				: error_sys(&r->error, ERROR_IO, "descriptors");
}

/* Report why nothing was tried. */
static int
tell_rest(struct worker *r)
{
	struct error why = ERROR_INIT;
	struct rest rest;
	char next[TIMESTAMP_SIZE];

	if (rest_read(&rest, r->context.spool, r->options->rules.backoff,
		&why) == 1) {
		timestamp_format(next, rest.next, 0);
		context_say(&r->context, NULL,
		    "not now: resting until %s: %s; \"alertspool release "
		    "--deferred\" tries at once",
		    next, rest.why);
	}
	return EX_TEMPFAIL;
}

static int
exit_code(struct worker *r, struct error *error)
{
	const struct queue_rest *left = &r->prefetch.rest;

	if (r->error.kind != ERROR_NONE)
		return error_take(error, &r->error);
	if (r->stops > 0)
		return r->interrupted ? EX_TEMPFAIL : EX_OK;
	if (!spool_is_current(r->context.spool))
		return error_set(error, ERROR_UNAVAILABLE,
		    "%s is gone or was replaced", r->options->directory);
	if (worker_is_limited(r))
		return r->context.failed > 0 ? EX_TEMPFAIL : EX_OK;
	if (r->rests)
		return tell_rest(r);
	if (prefetch_left(&r->prefetch) == 0)
		return EX_OK;
	context_say(&r->context, NULL,
	    "not now: alerts deferred %zu, leased %zu, held by others %zu; "
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
	places_free(&r.places);
	free(r.polls);
	if (r.signals != -1)
		close(r.signals);
	return code;
}
