/* SPDX-License-Identifier: ISC */
/*
 * job: runs the handler of a record; claim.c moves the record.
 *
 * Whether a command can be executed is known only after its attempt was noted. If it
 * cannot, the record is given back and the attempt does not count. If memory or processes
 * are short for a moment, the spool rests; if the command itself is wrong, the runner
 * ends.
 *
 * The note of a start is on disk within a second while the command runs, by one flush for
 * all running jobs, so that a command that crashes the machine is not tried without end.
 * If the last start has no result, the note is flushed before the start.
 */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "cli/handler/environment.h"
#include "cli/handler/job.h"
#include "cli/handler/job_output.h"
#include "cli/records/record_view.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define GRACE_MS 5000 /* from SIGTERM to SIGKILL, at most */
#define FLUSH_MS 500  /* until the note of a start is flushed */
#define REASON_MAX (64 + LINE_RELAY_LAST_SIZE)

static void
job_free(struct job *j, struct context *w)
{
	process_close(&j->handler);
	place_free(&j->place, w);
}

/* ---- begin ---------------------------------------------------------- */

/* Read the record and make the handler's environment: 1; 0 after the record was buried,
 * because it is not valid; -1. */
static int
make_env(struct job *j, struct context *w, struct environment *env,
    struct error *error)
{
	struct spool_entry entry = {.state = SPOOL_CUR};
	struct record_view view = RECORD_VIEW_INIT;
	struct error why = ERROR_INIT;
	char *path = NULL;
	int rc = -1;

	snprintf(entry.name, sizeof(entry.name), "%s", j->place.claim.id);
	if (record_view_read_open(&view, j->place.claim.record, &entry, &why) ==
	    -1)
		rc = why.kind == ERROR_INPUT
		    ? claim_bury(&j->place.claim, w, why.text, error)
		    : error_take(error, &why);
	else if (asprintf(&path, "%s/%s/%s", w->path,
		     spool_state_word(SPOOL_CUR), j->place.claim.id) == -1)
		error_sys(error, ERROR_IO, "%s", j->place.claim.id);
	else if (environment_make(env, &view,
		     &(struct environment_job){j->place.claim.attempt, path,
			 w->rules->queue},
		     error) == 0)
		rc = 1;
	free(path);
	record_view_free(&view);
	return rc;
}

/* Number the attempt: 1; 0 after the record was buried, because all attempts are used and
 * nobody saw the last one's result; -1. */
static int
number_attempt(struct job *j, struct context *w, struct error *error)
{
	struct spool_tally tally;
	char why[REASON_MAX];
	unsigned int n;

	if (claim_tally(&j->place.claim, w, &tally, error) == -1)
		return -1;
	n = spool_tally_used(&tally);
	j->place.claim.attempt = tally.attempts + 1;
	j->place.claim.used = n;
	j->after_unknown = tally.pending;
	if (n < w->rules->max_attempts)
		return 1;
	snprintf(why, sizeof(why),
	    "gave up after %u attempt%s, of which the last has no result", n,
	    n == 1 ? "" : "s");
	return claim_bury(&j->place.claim, w, why, error);
}

static void
begin(struct job *j, struct context *w)
{
	int64_t now = clock_ms();

	context_short_id(j->place.claim.id, j->short_id);
	line_relay_init(&j->out, &w->out.text,
	    w->out.terminal ? j->short_id : j->place.claim.id, j->last);
	line_relay_init(&j->err, &w->err.text,
	    w->err.terminal ? j->short_id : j->place.claim.id, j->last);
	j->timeout_at = now + w->rules->timeout;
	j->kill_at = PLACE_NEVER;
	j->flush_at = j->after_unknown ? PLACE_NEVER : now + FLUSH_MS;
}

/* 1; 0 when nothing can be started now; -1. */
static int
start_handler(struct jobs *jobs, struct job *j, struct context *w,
    const struct environment *env, struct error *error)
{
	const struct process_command command = {
	    .argv = w->rules->command,
	    .envp = env->vars,
	    .record = j->place.claim.record,
	    .ignored = &jobs->ignored,
	};
	struct error why = ERROR_INIT;

	if (!jobs->begun)
		process_ignored(&jobs->ignored);
	jobs->begun = true;
	if (claim_attempt(&j->place.claim, w, j->after_unknown, error) == -1)
		return -1;
	switch (process_start(&j->handler, &command, &why)) {
	case PROCESS_STARTED:
		begin(j, w);
		return 1;
	case PROCESS_NOT_NOW:
		blame_shortage(w, why.text);
		return claim_unstarted(&j->place.claim, w, why.text, error);
	case PROCESS_IMPOSSIBLE:
		break;
	}
	return error_take(error, &why);
}

static int
start(void *state, void *place, struct context *w,
    const struct queue_item *item, struct error *error)
{
	struct job *j = place;
	struct environment env = {NULL};
	struct error more = ERROR_INIT;
	int rc;

	j->handler = (struct process)PROCESS_INIT;
	rc = place_take(&j->place, w, item, error);
	if (rc == 1)
		rc = number_attempt(j, w, error);
	if (rc == 1)
		rc = make_env(j, w, &env, error);
	if (rc == 1)
		rc = start_handler(state, j, w, &env, error);
	environment_free(&env);
	if (rc == 1)
		return 1;
	/* If it cannot be given back, either, it waits until its lease ends. */
	if (rc == -1 && j->place.claim.record != -1)
		(void)claim_unstarted(&j->place.claim, w, error->text, &more);
	job_free(j, w);
	return rc;
}

/* ---- while it runs -------------------------------------------------- */

static void
stop(struct job *j, const struct context *w, enum job_stop why, int64_t now)
{
	int64_t grace = w->rules->timeout;

	if (j->stop != JOB_GOES_ON || j->place.over_at != 0)
		return;
	j->stop = why;
	j->kill_at = now + (grace < GRACE_MS ? grace : GRACE_MS);
	j->timeout_at = PLACE_NEVER;
	process_kill(&j->handler, SIGTERM);
}

static void
interrupt(void *place, struct context *w, int64_t now)
{
	stop(place, w, JOB_INTERRUPTED, now);
}

static void
renew(struct job *j, struct context *w, int64_t now)
{
	struct error why = ERROR_INIT;

	if (place_renew(&j->place, w, now, &why))
		return;
	context_say(w, j->place.claim.id, "handler stopped: %s", why.text);
	j->place.renew_at = PLACE_NEVER;
	stop(j, w, JOB_LOST, now);
}

/* Flush the notes of all starts. If the disk fails, the next move reports it, too. */
static void
flush_notes(struct context *w)
{
	struct error why = ERROR_INIT;
	struct job *j;

	if (spool_flush_notes(w->spool, &why) == -1)
		context_say(w, NULL, "%s", why.text);
	for (size_t i = 0; (j = places_next(w->places, &i)) != NULL;)
		j->flush_at = PLACE_NEVER;
}

static void
on_timer(void *state, void *place, struct context *w, int64_t now)
{
	struct job *j = place;

	(void)state;
	if (now >= j->flush_at)
		flush_notes(w);
	if (now >= j->place.renew_at)
		renew(j, w, now);
	if (now >= j->timeout_at)
		stop(j, w, JOB_TIMED_OUT, now);
	if (now >= j->kill_at) {
		j->kill_at = PLACE_NEVER;
		process_kill(&j->handler, SIGKILL);
	}
}

static int64_t
next_moment(const void *place)
{
	const struct job *j = place;
	int64_t next = j->place.renew_at;

	if (j->flush_at < next)
		next = j->flush_at;
	if (j->place.over_at != 0 && j->place.end_at < next)
		next = j->place.end_at;
	if (j->timeout_at < next)
		next = j->timeout_at;
	return j->kill_at < next ? j->kill_at : next;
}

/* ---- end ------------------------------------------------------------ */

static void
spell_why(const struct job *j, const struct context *w, int status,
    char why[static REASON_MAX])
{
	int64_t ms = w->rules->timeout;
	int n;

	if (j->stop == JOB_TIMED_OUT && ms % 1000 == 0)
		n = snprintf(why, REASON_MAX, "timed out after %" PRId64 " s",
		    ms / 1000);
	else if (j->stop == JOB_TIMED_OUT)
		n = snprintf(why, REASON_MAX, "timed out after %" PRId64 " ms",
		    ms);
	else if (WIFSIGNALED(status))
		n = snprintf(why, REASON_MAX, "signal %d", WTERMSIG(status));
	else
		n = snprintf(why, REASON_MAX, "exit %d", WEXITSTATUS(status));
	if (*j->last != '\0')
		snprintf(why + n, REASON_MAX - (size_t)n, ": %s", j->last);
}

/* It failed. A failure of the destination delays the record no longer than the spool
 * rests: its pauses are the rest's. */
static int
conclude_failure(const struct job *j, struct context *w,
    enum blame_failure failure, const char *why, struct error *error)
{
	int64_t most = rest_pause_max(w->rules->backoff);

	if (blame_has_witness(w, j->place.claim.id))
		most = INT64_MAX;
	if (blame_failure(w, j->place.claim.id, failure, why) ==
	    BLAME_DESTINATION)
		return claim_put_off(&j->place.claim, w, why, most, error);
	return failure == BLAME_WRONG
	    ? claim_bury(&j->place.claim, w, why, error)
	    : claim_retry(&j->place.claim, w, why, error);
}

static int
conclude_exit(const struct job *j, struct context *w, int code, const char *why,
    struct error *error)
{
	switch (code) {
	case EX_OK:
		context_count(w, METRIC_ATTEMPT_OK);
		blame_success(w, j->place.claim.id);
		return claim_ack(&j->place.claim, w, j->last, error);
	case EX_DATAERR:
		context_count(w, METRIC_ATTEMPT_REFUSED);
		return conclude_failure(j, w, BLAME_WRONG, why, error);
	case EX_TEMPFAIL:
		context_count(w, METRIC_ATTEMPT_NOT_NOW);
		return conclude_failure(j, w, BLAME_NOT_NOW, why, error);
	default:
		context_count(w, METRIC_ATTEMPT_RETRY);
		return conclude_failure(j, w, BLAME_ANY, why, error);
	}
}

static int
conclude_job(const struct job *j, struct context *w, int status,
    struct error *error)
{
	char why[REASON_MAX];

	spell_why(j, w, status, why);
	switch (j->stop) {
	case JOB_LOST:
		return 0;
	case JOB_INTERRUPTED:
		return claim_give_back(&j->place.claim, w,
		    "the runner had to stop at once", error);
	case JOB_TIMED_OUT:
		context_count(w, METRIC_ATTEMPT_TIMEOUT);
		return conclude_failure(j, w, BLAME_ANY, why, error);
	case JOB_GOES_ON:
		break;
	}
	return conclude_exit(j, w, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	    why, error);
}

static bool
has_ended(struct job *j)
{
	if (j->place.over_at != 0)
		return true;
	if (!process_ended(&j->handler, j->stop != JOB_GOES_ON, &j->status))
		return false;
	job_output_drain(j);
	j->place.renew_at = j->timeout_at = j->kill_at = PLACE_NEVER;
	return true;
}

static int
poll_done(void *state, void *place, struct context *w, struct error *error)
{
	struct job *j = place;
	int rc;

	(void)state;
	if (!has_ended(j) || !place_can_conclude(&j->place, w))
		return 0;
	rc = conclude_job(j, w, j->status, error);
	job_free(j, w);
	return rc == -1 ? -1 : 1;
}

const struct worker_ops job_ops = {
    .noun = "handler",
    .place_size = sizeof(struct job),
    .job_polls = JOB_OUTPUT_POLLS,
    .rests = true,
    .start = start,
    .poll_done = poll_done,
    .on_timer = on_timer,
    .next = next_moment,
    .interrupt = interrupt,
    .set_polls = job_output_set_polls,
    .take_polls = job_output_take_polls,
};
