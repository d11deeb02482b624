/* SPDX-License-Identifier: ISC */
/*
 * The loop:
 *
 *	settle the jobs whose handlers ended, do what is due for the others
 *	write what the outlets take
 *	begin with as many records as there are places, looking for more when
 *	the feed is empty and something may have changed
 *	wait for a signal, a pipe, news from the spool, or the next moment
 *
 * An error that concerns the whole spool is kept, nothing new is begun, and it
 * is returned when the last handler has ended.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/feed.h"
#include "cli/job.h"
#include "cli/progress.h"
#include "cli/runner.h"
#include "cli/signals.h"
#include "cli/watch.h"
#include "lib/clock.h"
#include "lib/error.h"

#define RESCAN_MS 30000 /* an event may get lost */
#define REOPEN_MS 1000	/* between looks for a spool that is gone */
#define GONE_MS 10000	/* how long it may be gone */

enum { AT_SIGNAL, AT_WATCH, AT_OUT, AT_ERR, AT_JOBS };

struct runner {
	const struct runner_options *options;
	struct work work;
	struct feed feed;
	struct job *jobs;
	size_t active;
	struct pollfd *polls; /* AT_JOBS and two for each job */
	struct progress progress;
	struct error error; /* why nothing new is begun */
	int signals;	    /* signals_open() */
	unsigned int stops; /* signals to stop that came in */
	bool interrupted;   /* handlers were stopped */
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

/* The path leads elsewhere. When the last handler has ended, go there. */
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
	r->begun = r->work.claimed;
	r->ended = r->work.done + r->work.dead;
	if (!feed_is_empty(f))
		return 0;
	/* Nothing is due now. Records that were all taken by others between two
	 * glances of one look are no reason to end. */
	if (!r->options->follow && r->active == 0)
		f->look_at =
		    f->rest.seen == 0 || feed_left(f) > 0 ? FEED_NEVER : now;
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
	struct job *j = r->jobs;

	while (j->active)
		j++;
	if (job_start(j, &r->work, item, &r->error) == 1)
		r->active++;
}

/* One look at most, so that signals are not kept waiting. */
static void
begin_jobs(struct runner *r, int64_t now)
{
	const struct queue_item *item;
	struct feed *f = &r->feed;

	if (!feed_is_empty(f) && now - f->looked_at > FEED_HOLD_MS) {
		feed_drop(f, r->work.queue);
		feed_look_soon(f);
	}
	if (feed_is_empty(f) && r->active < r->options->jobs &&
	    now >= f->look_at && look(r, now) == -1)
		return;
	while (r->active < r->options->jobs && !is_ending(r) &&
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
	for (size_t i = 0; i < r->options->jobs; i++) {
		struct job *j = &r->jobs[i];

		if (!j->active)
			continue;
		if (job_settle(j, &r->work, &r->error) == 0) {
			job_tick(j, &r->work, now);
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
		if (r->jobs[i].active) {
			r->interrupted = true;
			job_interrupt(&r->jobs[i], &r->work, clock_ms());
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
		    "ending when %zu handler%s; another signal stops %s",
		    r->active, r->active == 1 ? " has" : "s have",
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
	size_t seen = r->feed.rest.seen;

	return (struct progress_counts){
	    .done = w->done,
	    .failed = w->failed,
	    .dead = w->dead,
	    .running = r->active,
	    .waiting = seen > ended ? seen - (size_t)ended : 0,
	    .more = r->feed.n > 0 && r->feed.n == r->feed.asked,
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

static void
set_poll(struct runner *r, size_t i, int fd, short events, bool wanted)
{
	r->polls[i] = (struct pollfd){
	    .fd = wanted ? fd : -1,
	    .events = events,
	};
}

static void
set_polls(struct runner *r)
{
	const struct work *w = &r->work;
	bool out = !outlet_is_full(&w->out), err = !outlet_is_full(&w->err);

	set_poll(r, AT_SIGNAL, r->signals, POLLIN, true);
	set_poll(r, AT_WATCH, r->work.watch, POLLIN, true);
	set_poll(r, AT_OUT, w->out.fd, POLLOUT, outlet_is_waiting(&w->out));
	set_poll(r, AT_ERR, w->err.fd, POLLOUT, outlet_is_waiting(&w->err));
	for (size_t i = 0; i < r->options->jobs; i++) {
		const struct job *j = &r->jobs[i];
		size_t p = AT_JOBS + 2 * i;

		set_poll(r, p, j->handler.out, POLLIN, j->active && out);
		set_poll(r, p + 1, j->handler.err, POLLIN, j->active && err);
	}
}

/* Milliseconds to the next moment at which something is to be done. */
static int
time_left(const struct runner *r)
{
	int64_t now = clock_ms(), next = FEED_NEVER;

	if (!is_ending(r) && !feed_is_empty(&r->feed))
		next = r->feed.looked_at + FEED_HOLD_MS + 1;
	else if (!is_ending(r) && r->active < r->options->jobs)
		next = r->feed.look_at;
	for (size_t i = 0; i < r->options->jobs; i++)
		if (r->jobs[i].active && job_next(&r->jobs[i]) < next)
			next = job_next(&r->jobs[i]);
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
	if (poll(r->polls, AT_JOBS + 2 * r->options->jobs, time_left(r)) <= 0)
		return;
	if (r->polls[AT_SIGNAL].revents != 0)
		for (unsigned int n = signals_read(r->signals); n > 0; n--)
			take_stop(r);
	if (r->polls[AT_WATCH].revents != 0)
		read_news(r);
	for (size_t i = 0; i < r->options->jobs; i++) {
		const struct pollfd *p = &r->polls[AT_JOBS + 2 * i];

		if (p[0].revents != 0)
			job_relay_out(&r->jobs[i]);
		if (p[1].revents != 0)
			job_relay_err(&r->jobs[i]);
	}
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
		wait_for_something(r);
	}
}

static int
prepare(struct runner *r, struct spool *spool)
{
	size_t jobs = r->options->jobs;

	if (work_open(&r->work, spool, r->options->directory,
		r->options->follow, &r->error) == -1)
		return -1;
	r->signals = signals_open(&r->error);
	if (r->signals == -1)
		return -1;
	r->jobs = calloc(jobs, sizeof(*r->jobs));
	r->polls = calloc(AT_JOBS + 2 * jobs, sizeof(*r->polls));
	if (r->jobs == NULL || r->polls == NULL)
		return error_sys(&r->error, ERROR_IO, "%zu jobs", jobs);
	return 0;
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
    struct error *error)
{
	struct runner r = {.options = options, .signals = -1};
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
	free(r.jobs);
	free(r.polls);
	if (r.signals != -1)
		close(r.signals);
	return code;
}
