/* SPDX-License-Identifier: ISC */
/*
 * begin: decides which records a worker starts, and when.
 *
 * Prefetched records are started as long as there are free places; when they are used up
 * and something may have changed, a look takes more. While the spool rests (rest.h), one
 * record is tried at a time.
 */
#include "config.h"

#include <limits.h>

#include "cli/worker/private.h"
#include "cli/worker/superseded.h"
#include "lib/base/clock.h"

#define REOPEN_MS \
	1000 /* between looks for a spool that is gone, or at a locked one */
#define GONE_MS 10000 /* the longest time that it may be gone */
#define PROBE_JOBS 64 /* a probe is chosen from as many as for this many jobs */

/* ---- the spool ------------------------------------------------------ */

/* The path leads to another directory. When everything started is over, switch to it. */
static int
reopen_spool(struct worker *r, int64_t now)
{
	struct error why = ERROR_INIT;
	struct spool *spool;

	r->prefetch.look_at = now + REOPEN_MS;
	if (r->gone_since == 0) {
		r->gone_since = now;
		context_say(&r->context, NULL, "%s is gone or was replaced",
		    r->options->directory);
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

/* Records of ended alerts need no handler. Records behind them may be due now. */
static int
settle_superseded(struct worker *r)
{
	struct prefetch *f = &r->prefetch;
	int went = 0;

	if (r->options->rules.skips_superseded)
		went =
		    superseded_settle(&r->context, f->items, &f->n, &r->error);
	if (went > 0)
		prefetch_look_soon(f);
	return went;
}

static int
look_for_records(struct worker *r, int64_t now)
{
	struct prefetch *f = &r->prefetch;

	if (r->options->follow &&
	    (r->replaced || !spool_is_current(r->context.spool)))
		return reopen_spool(r, now);
	if (prefetch_look(f, r->context.queue,
		r->context.blame.probing ? PROBE_JOBS : r->options->jobs,
		&r->error) == -1)
		return -1;
	if (settle_superseded(r) == -1)
		return -1;
	/* A look costs a pass over the spool; it may take at most half of the time. */
	r->look_after = 2 * clock_ms() - now;
	r->begun = r->context.claimed;
	r->ended = r->context.done + r->context.dead;
	if (!prefetch_is_empty(f))
		return 0;
	/* Nothing is due now. If others took all records between the two passes of one
	 * look, that is no reason to end. */
	if (f->look_at == 0)
		return 0;
	if (!r->options->follow && r->active == 0)
		f->look_at = f->rest.there == 0 || prefetch_left(f) > 0
		    ? PREFETCH_NEVER
		    : now;
	else if (r->options->follow && f->look_at > now + WORKER_RESCAN_MS)
		f->look_at = now + WORKER_RESCAN_MS;
	return 0;
}

/* None of the prefetched records could be claimed: looking again at once would find the
 * same. */
static void
look_later(struct worker *r, int64_t now)
{
	r->prefetch.rest.busy += r->prefetch.n;
	r->prefetch.look_at =
	    r->options->follow ? now + WORKER_RESCAN_MS : PREFETCH_NEVER;
}

static void
begin_one(struct worker *r, const struct queue_item *item)
{
	if (r->ops->start(r->state, places_unused(&r->places), &r->context,
		item, &r->error) != 1)
		return;
	r->active++;
	r->started++;
}

static bool
has_limit(const struct worker *r)
{
	return r->options->limit != 0;
}

static size_t
limit_left(const struct worker *r)
{
	return r->options->limit - r->started;
}

bool
worker_is_limited(const struct worker *r)
{
	return has_limit(r) && limit_left(r) == 0;
}

/* How many more may be started now; the rest is left to other runners. */
static size_t
ask_room(struct worker *r)
{
	struct prefetch *f = &r->prefetch;

	r->capacity = r->options->jobs;
	r->room_at = PREFETCH_NEVER;
	if (r->ops->capacity != NULL)
		r->capacity = r->ops->capacity(r->state, &r->context, r->active,
		    &r->room_at, &r->error);
	if (has_limit(r) && r->capacity > r->active + limit_left(r))
		r->capacity = r->active + limit_left(r);
	if (r->capacity > 0 || r->active > 0)
		return r->capacity > r->active ? r->capacity - r->active : 0;
	prefetch_drop(f, r->context.queue);
	prefetch_look_soon(f);
	return 0;
}

/* ---- while the spool rests ------------------------------------------- */

static unsigned int
count_starts(const struct worker *r, const struct queue_item *item)
{
	struct error why = ERROR_INIT;
	struct spool_tally tally;

	if (spool_tally(r->context.spool, item->entry.name, &tally, &why) == -1)
		return UINT_MAX;
	return tally.attempts;
}

/* The record with the fewest starts, the first of those: a record that always fails must
 * not be the only one that is tried. */
static const struct queue_item *
choose_probe(struct worker *r)
{
	const struct queue_item *item, *best = NULL;
	unsigned int starts, least = UINT_MAX;

	while ((item = prefetch_next(&r->prefetch)) != NULL) {
		starts = count_starts(r, item);
		if (best == NULL || starts < least) {
			best = item;
			least = starts;
		}
	}
	return best;
}

/* Unlock everything taken, except one. */
static void
drop_others(struct worker *r, const struct queue_item *one)
{
	struct prefetch *f = &r->prefetch;

	for (f->next = 0; !prefetch_is_empty(f); f->next++)
		if (&f->items[f->next] != one)
			queue_free(r->context.queue,
			    f->items[f->next].entry.name);
}

/* Look, and try one record. */
static void
try_one(struct worker *r, int64_t now)
{
	struct prefetch *f = &r->prefetch;
	const struct queue_item *item;

	if (look_for_records(r, now) == -1 || (item = choose_probe(r)) == NULL)
		return;
	drop_others(r, item);
	r->capacity = 1;
	begin_one(r, item);
	prefetch_look_soon(f);
	if (r->active == 0 && r->context.blame.probing)
		f->look_at =
		    r->options->follow ? now + REOPEN_MS : PREFETCH_NEVER;
}

/* Nothing is started before this moment, and then one record while nothing else is
 * active. Without --follow it tries once, if that is due, and ends. */
static void
begin_probe(struct worker *r, int64_t now, int64_t when)
{
	struct prefetch *f = &r->prefetch;

	if (!prefetch_is_empty(f)) {
		prefetch_drop(f, r->context.queue);
		prefetch_look_soon(f);
	}
	r->capacity = r->active;
	r->room_at = when > now ? when : PREFETCH_NEVER;
	if (r->active > 0)
		return;
	if (when <= now && now < f->look_at) {
		r->room_at = f->look_at;
	} else if (when <= now && !worker_is_limited(r) &&
	    blame_probe(&r->context)) {
		try_one(r, now);
		if (r->active == 0)
			blame_probed(&r->context);
		r->room_at = f->look_at;
	} else if (!r->options->follow) {
		r->rests = true;
	} else if (r->room_at == PREFETCH_NEVER) {
		r->room_at = now + REOPEN_MS; /* another runner is trying one */
	}
}

/* If a start was not possible, the spool rests. */
static bool
is_resting(const struct worker *r)
{
	return r->ops->rests && r->context.blame.resting;
}

/* At most one look, so that signals do not wait. */
void
worker_begin(struct worker *r, int64_t now)
{
	const struct queue_item *item;
	struct prefetch *f = &r->prefetch;
	size_t capacity;
	int64_t when;

	if (r->ops->rests && blame_rests(&r->context, &when) == 1) {
		begin_probe(r, now, when);
		return;
	}
	capacity = ask_room(r);
	if (!prefetch_is_empty(f) && now > f->hold_until) {
		prefetch_drop(f, r->context.queue);
		prefetch_look_soon(f);
	}
	if (capacity > 0 && prefetch_is_empty(f) && now >= f->look_at &&
	    (r->active == 0 || now >= r->look_after) &&
	    look_for_records(r, now) == -1)
		return;
	while (r->active < r->capacity && !worker_is_ending(r) &&
	    !is_resting(r) && (item = prefetch_next(f)) != NULL) {
		begin_one(r, item);
		if (prefetch_is_empty(f) && r->context.claimed == r->begun)
			look_later(r, now);
	}
}
