/* SPDX-License-Identifier: ISC */
/* blame: judges failures by the results of other alerts, and starts and ends rests. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/worker/blame.h"
#include "cli/worker/context.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define UNWITNESSED_MAX 2 /* in a row */
#define WITNESS_MS 120000 /* how long a success counts */

static void
note_result(struct blame *b, uint64_t alert, bool success)
{
	if (b->last.alert != alert)
		b->other = b->last;
	b->last = (struct blame_result){alert, success, clock_ms()};
}

bool
blame_has_witness(const struct context *w, const char *id)
{
	const struct blame *b = &w->blame;
	const struct blame_result *result = &b->last;

	if (result->alert == spool_alert_byte(id))
		result = &b->other;
	return result->success && clock_ms() - result->at <= WITNESS_MS;
}

/* ---- rests ---------------------------------------------------------------- */

/* If the file cannot be read, that is reported once, and memory decides. */
static int
read_rest(struct context *w, struct rest *r)
{
	struct error why = ERROR_INIT;
	int rc = rest_read(r, w->spool, w->rules->backoff, &why);

	if (rc == -1 && !w->blame.unwritten)
		context_say(w, NULL, "%s", why.text);
	w->blame.unwritten |= rc == -1;
	if (w->blame.unwritten) {
		*r = w->blame.rest;
		rc = r->why[0] != '\0';
	}
	w->blame.resting = rc == 1;
	return rc;
}

/* Write the rest; if that fails, it is kept in memory. */
static void
keep_rest(struct context *w, const struct rest *r)
{
	struct error why = ERROR_INIT;

	w->blame.rest = *r;
	w->blame.resting = true;
	w->blame.unwritten = rest_write(w->spool, r, &why) == -1;
	if (w->blame.unwritten)
		context_say(w, NULL, "%s", why.text);
}

/* Start a rest, or its next pause, which is twice as long. */
static void
rest_again(struct context *w, const char *why, bool longer)
{
	int64_t least = rest_pause_min(w->rules->backoff);
	int64_t most = rest_pause_max(w->rules->backoff);
	struct rest r;
	int rests = read_rest(w, &r);

	if (rests == 1 && !longer)
		return;
	if (rests == 0)
		r = (struct rest){.since = context_after(0)};
	r.pause = rests == 0 ? least : 2 * r.pause;
	if (r.pause < least)
		r.pause = least;
	if (r.pause > most)
		r.pause = most;
	r.next = context_after(r.pause);
	snprintf(r.why, sizeof(r.why), "%s", why);
	keep_rest(w, &r);
	context_say(w, NULL,
	    "resting: one record is tried in %" PRId64 ".%" PRId64 " s: %s",
	    r.pause / 1000, r.pause % 1000 / 100, why);
}

/* 1 if there was a rest. */
static int
end_rest(struct context *w)
{
	struct blame *b = &w->blame;
	struct error why = ERROR_INIT;
	struct rest r;
	int rests = read_rest(w, &r);

	b->rest = (struct rest){.pause = 0};
	b->resting = b->unwritten = false;
	if (rests == 1 && rest_end(w->spool, &why) == -1)
		context_say(w, NULL, "%s", why.text);
	return rests;
}

void
blame_rest(struct context *w, const char *why)
{
	struct rest r;

	if (read_rest(w, &r) == 1)
		return;
	r = (struct rest){.since = context_after(0),
	    .pause = rest_pause_min(w->rules->backoff)};
	r.next = context_after(r.pause);
	snprintf(r.why, sizeof(r.why), "%s", why);
	keep_rest(w, &r);
}

void
blame_awake(struct context *w)
{
	(void)end_rest(w);
}

int
blame_rests(struct context *w, int64_t *when)
{
	struct timespec now;
	struct rest r;
	int64_t ms;

	if (read_rest(w, &r) == 0)
		return 0;
	now = context_after(0);
	ms = (int64_t)(r.next.tv_sec - now.tv_sec) * 1000 +
	    (r.next.tv_nsec - now.tv_nsec + 999999) / 1000000;
	*when = ms > 0 ? clock_ms() + ms : 0;
	return 1;
}

bool
blame_probe(struct context *w)
{
	struct error why = ERROR_INIT;
	int64_t when;

	if (spool_take_role(w->spool, SPOOL_PROBES, &why) == -1)
		return false;
	w->blame.probing = true;
	/* Another runner may have tried one since the file was read. */
	if (blame_rests(w, &when) == 0 || when <= clock_ms())
		return true;
	blame_probed(w);
	return false;
}

void
blame_probed(struct context *w)
{
	if (w->blame.probing)
		spool_drop_role(w->spool, SPOOL_PROBES);
	w->blame.probing = false;
}

/* ---- results -------------------------------------------------------------- */

void
blame_success(struct context *w, const char *id)
{
	note_result(&w->blame, spool_alert_byte(id), true);
	w->blame.unwitnessed = 0;
	if (end_rest(w) == 1)
		context_say(w, NULL, "no longer resting");
}

enum blame_verdict
blame_failure(struct context *w, const char *id, enum blame_failure failure,
    const char *why)
{
	struct blame *b = &w->blame;
	bool witness = blame_has_witness(w, id);

	note_result(b, spool_alert_byte(id), false);
	if (failure != BLAME_NOT_NOW && witness) {
		b->unwitnessed = 0;
		return BLAME_RECORD;
	}
	b->unwitnessed++;
	if (failure == BLAME_NOT_NOW || b->probing ||
	    b->unwitnessed >= UNWITNESSED_MAX)
		rest_again(w, why, b->probing);
	return BLAME_DESTINATION;
}

void
blame_shortage(struct context *w, const char *why)
{
	rest_again(w, why, w->blame.probing);
}
