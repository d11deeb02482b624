/* SPDX-License-Identifier: ISC */
/*
 * claim: reads the lease back from the open file after setting it, because a file system
 * may store fewer digits of a time than the clock has.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/worker/claim.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#define REASON_MAX 512
#define TRY_SPAN_MAX 3600 /* seconds since a start that count at most */

static int
note_event(const struct claim *c, struct context *w, const char *what,
    const char *why, struct error *error)
{
	struct spool_event event = {.who = w->who, .what = what, .why = why};

	return spool_note(w->spool, c->id, &event, error);
}

/* Note a failure, with or without using an attempt. */
static int
note_failure(const struct claim *c, struct context *w, bool counted,
    const char *why, struct error *error)
{
	struct spool_event event = {.who = w->who,
	    .what = "fail",
	    .why = why,
	    .uncounted = !counted};

	return spool_note(w->spool, c->id, &event, error);
}

/* ---- claiming ------------------------------------------------------- */

static int
read_lease(struct claim *c, struct error *error)
{
	struct stat st;

	if (fstat(c->record, &st) == -1)
		return error_sys(error, ERROR_IO, "%s", c->id);
	c->lease = st.st_mtim;
	return 0;
}

static int
open_record(struct claim *c, struct context *w, struct error *error)
{
	c->record = file_open_regular(spool_dir(w->spool, SPOOL_CUR), c->id,
	    O_RDONLY, 0);
	if (c->record != -1)
		return read_lease(c, error) == 0 ? 1 : -1;
	if (errno == ENOENT)
		return 0;
	return error_sys(error, ERROR_IO, "%s", c->id);
}

bool
claim_is_locked(const char *id, const struct context *w, int64_t wait_ms)
{
	return spool_is_locked(w->spool, id, wait_ms);
}

/* Judge a move that failed: 0 if only this record is concerned (reported unless it is
 * just gone); -1 for the whole spool. */
static int
judge_failure(const struct error *why, struct context *w, const char *id,
    struct error *error)
{
	if (why->kind == ERROR_IO)
		return error_take(error, why);
	context_say(w, id, "not changed: %s", why->text);
	return 0;
}

int
claim_take(struct claim *c, struct context *w, const struct queue_item *item,
    struct error *error)
{
	const struct spool_move move = {
	    .from = item->entry.state,
	    .to = SPOOL_CUR,
	    .mtime = context_after(w->rules->lease),
	    .expect = &item->mtime,
	};
	struct error why = ERROR_INIT;
	int rc;

	*c = (struct claim){.record = -1};
	memcpy(c->id, item->entry.name, sizeof(c->id));
	if (spool_move(w->spool, c->id, &move, &why) == -1)
		return why.kind == ERROR_NOT_FOUND
		    ? 0
		    : judge_failure(&why, w, c->id, error);
	rc = open_record(c, w, error);
	if (rc != 1)
		return rc;
	w->claimed++;
	context_count(w, METRIC_CLAIMED);
	return 1;
}

void
claim_free(struct claim *c)
{
	if (c->record != -1)
		close(c->record);
	c->record = -1;
}

int
claim_renew(struct claim *c, struct context *w, struct error *error)
{
	const struct spool_move move = {
	    .from = SPOOL_CUR,
	    .to = SPOOL_CUR,
	    .mtime = context_after(w->rules->lease),
	    .expect = &c->lease,
	};

	if (spool_move(w->spool, c->id, &move, error) == -1)
		return -1;
	return read_lease(c, error);
}

int
claim_tally(const struct claim *c, struct context *w, struct spool_tally *tally,
    struct error *error)
{
	int rc = spool_tally(w->spool, c->id, tally, error);

	if (rc == 1)
		context_say(w, c->id,
		    "its history has more than %zu bytes and counts as empty",
		    SPOOL_HISTORY_MAX);
	return rc == -1 ? -1 : 0;
}

int
claim_attempt(struct claim *c, struct context *w, bool durably,
    struct error *error)
{
	if (note_event(c, w, "attempt", NULL, error) == -1)
		return -1;
	c->noted = true;
	return durably ? spool_flush_notes(w->spool, error) : 0;
}

/* ---- and what follows ----------------------------------------------- */

/* Move it out of cur/, not due before its delay is over: 1, or as judge_failure(). */
static int
move_on(const struct claim *c, struct context *w, enum spool_state to,
    int64_t delay, struct error *error)
{
	const struct spool_move move = {
	    .from = SPOOL_CUR,
	    .to = to,
	    .mtime = context_after(delay),
	    .expect = &c->lease,
	};
	struct error why = ERROR_INIT;

	if (spool_move(w->spool, c->id, &move, &why) == 0)
		return 1;
	return judge_failure(&why, w, c->id, error);
}

int
claim_ack(const struct claim *c, struct context *w, const char *last,
    struct error *error)
{
	int rc = move_on(c, w, SPOOL_DONE, 0, error);

	if (rc != 1)
		return rc;
	w->done++;
	context_count(w, METRIC_ACKED);
	if (last == NULL)
		return 0;
	return note_event(c, w, "ack", *last != '\0' ? last : NULL, error);
}

static void
tell_dead(const struct claim *c, struct context *w, const char *why)
{
	w->dead++;
	context_count(w, METRIC_BURIED);
	context_say(w, c->id, "dead: %s", why);
}

int
claim_bury(const struct claim *c, struct context *w, const char *why,
    struct error *error)
{
	int rc = move_on(c, w, SPOOL_DEAD, 0, error);

	if (rc != 1)
		return rc;
	tell_dead(c, w, why);
	return note_event(c, w, "bury", why, error);
}

/* How to note and report a failure, and the longest delay after it. */
struct failure {
	bool counted;	  /* it uses an attempt */
	const char *note; /* after the number of the attempt: " of 10" or "" */
	int64_t most;
};

static int
give_up(const struct claim *c, struct context *w, const struct failure *failure,
    const char *why, const char *reason, struct error *error)
{
	int rc = move_on(c, w, SPOOL_DEAD, 0, error);

	if (rc != 1)
		return rc;
	tell_dead(c, w, reason);
	if (note_failure(c, w, failure->counted, why, error) == -1)
		return -1;
	return note_event(c, w, "bury", reason, error);
}

/* Was it tried for so long that it should be given up: 1 and the reason, 0, or -1? */
static int
is_tried_out(const struct claim *c, struct context *w, const char *why,
    char reason[static REASON_MAX], struct error *error)
{
	int64_t limit = w->rules->give_up_after / 1000, since;
	struct spool_tally tally;

	if (w->rules->give_up_after == 0)
		return 0;
	if (claim_tally(c, w, &tally, error) == -1)
		return -1;
	since = time(NULL) - tally.started;
	if (since < 0 || tally.started == 0)
		since = 0;
	if (since > TRY_SPAN_MAX)
		since = TRY_SPAN_MAX;
	if (tally.tried + since < limit)
		return 0;
	snprintf(reason, REASON_MAX,
	    "gave up after trying for %" PRId64 " s: %s", tally.tried + since,
	    why);
	return 1;
}

/* Twice the delay of the last attempt; 75 to 125 % of that, so that records that failed
 * together are not tried together; at most the cap. */
static int64_t
retry_delay(const struct worker_rules *rules, unsigned int attempt)
{
	int64_t delay = rules->backoff, most = rules->backoff_max;
	uint32_t random;

	while (--attempt > 0 && delay < 2 * most)
		delay *= 2;
	/* Without random numbers there is no jitter. */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		random = UINT32_MAX / 2;
	delay = delay * 3 / 4 + delay / 2 * random / UINT32_MAX;
	return delay < most ? delay : most;
}

static int
try_later(const struct claim *c, struct context *w,
    const struct failure *failure, const char *why, struct error *error)
{
	int64_t delay = retry_delay(w->rules, c->attempt);
	struct error more = ERROR_INIT;
	int rc;

	if (delay > failure->most)
		delay = failure->most;
	/* The history comes first, because only with it does a future time mean "not
	 * before". */
	if (note_failure(c, w, failure->counted, why, error) == -1) {
		(void)move_on(c, w, SPOOL_NEW, 0, &more);
		return -1;
	}
	rc = move_on(c, w, SPOOL_NEW, delay, error);
	if (rc != 1)
		return rc;
	context_count(w, METRIC_RELEASED);
	context_say(w, c->id,
	    "attempt %u%s failed, next in %" PRId64 ".%" PRId64 " s: %s",
	    c->attempt, failure->note, delay / 1000, delay % 1000 / 100, why);
	return 0;
}

/* Unless it was tried for too long. */
static int
fail_once(const struct claim *c, struct context *w,
    const struct failure *failure, const char *why, struct error *error)
{
	char reason[REASON_MAX];
	int rc = is_tried_out(c, w, why, reason, error);

	assert(c->attempt > 0);
	if (rc == -1)
		return -1;
	return rc == 1 ? give_up(c, w, failure, why, reason, error)
		       : try_later(c, w, failure, why, error);
}

int
claim_retry(const struct claim *c, struct context *w, const char *why,
    struct error *error)
{
	char reason[REASON_MAX], note[64];
	unsigned int most = w->rules->max_attempts, used = c->used + 1;
	const struct failure failure = {true, note, INT64_MAX};

	w->failed++;
	if (used >= most) {
		snprintf(reason, sizeof(reason),
		    "gave up after %u attempt%s: %s", used,
		    used == 1 ? "" : "s", why);
		return give_up(c, w, &failure, why, reason, error);
	}
	if (used == c->attempt)
		snprintf(note, sizeof(note), " of %u", most);
	else
		snprintf(note, sizeof(note), " (%u of %u counted)", used, most);
	return fail_once(c, w, &failure, why, error);
}

int
claim_put_off(const struct claim *c, struct context *w, const char *why,
    int64_t most, struct error *error)
{
	const struct failure failure = {false, " (not counted)", most};

	w->failed++;
	return fail_once(c, w, &failure, why, error);
}

int
claim_defer(const struct claim *c, struct context *w, const char *why,
    struct error *error)
{
	static const struct failure failure = {true, "", INT64_MAX};

	w->failed++;
	return fail_once(c, w, &failure, why, error);
}

int
claim_supersede(struct context *w, const struct queue_item *item,
    const char *ended_by, struct error *error)
{
	const struct spool_move move = {
	    .from = item->entry.state,
	    .to = SPOOL_DONE,
	    .mtime = context_after(0),
	    .expect = &item->mtime,
	};
	const struct spool_event event = {.who = w->who,
	    .what = "superseded",
	    .why = ended_by};
	const char *name = item->entry.name;
	struct error why = ERROR_INIT;

	if (spool_move(w->spool, name, &move, &why) == -1)
		return why.kind == ERROR_NOT_FOUND
		    ? 0
		    : judge_failure(&why, w, name, error);
	w->claimed++;
	w->done++;
	w->superseded++;
	context_count(w, METRIC_SUPERSEDED);
	context_say(w, name, "superseded, not handled: its alert ended by %s",
	    ended_by);
	return spool_note(w->spool, name, &event, error);
}

/* Into new/, due at once, with this word for the history. */
static int
return_now(const struct claim *c, struct context *w, const char *what,
    const char *why, struct error *error)
{
	int rc = move_on(c, w, SPOOL_NEW, 0, error);

	if (rc != 1)
		return rc;
	context_count(w, METRIC_RELEASED);
	return note_event(c, w, what, why, error);
}

int
claim_unstarted(const struct claim *c, struct context *w, const char *why,
    struct error *error)
{
	return return_now(c, w, c->noted ? "unstarted" : "release", why, error);
}

int
claim_give_back(const struct claim *c, struct context *w, const char *why,
    struct error *error)
{
	return return_now(c, w, "release", why, error);
}
