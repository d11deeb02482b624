/* SPDX-License-Identifier: ISC */
/*
 * The handler's half of a job; what becomes of the record is claim.c's. Whether
 * a command can be executed is known only after its attempt was noted: what is
 * short for a moment counts as a failed attempt, what is wrong with the command
 * itself gives the record back and ends the runner.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/handler/environment.h"
#include "cli/handler/job.h"
#include "cli/records/record_view.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"

#define NEVER INT64_MAX
#define GRACE_MS 5000	     /* from SIGTERM to SIGKILL, at most */
#define RENEWALS 3	     /* a lease is renewed at a third of it */
#define READ_MAX (16 * 1024) /* bytes of a pipe at a time */
#define REASON_MAX (64 + LINE_RELAY_LAST_SIZE)

static struct job *
job_at(void *state, size_t place)
{
	return &((struct jobs *)state)->job[place];
}

static bool
is_active(const void *state, size_t place)
{
	return ((const struct jobs *)state)->job[place].active;
}

static void
job_free(struct job *j, struct context *w)
{
	process_close(&j->handler);
	claim_free(&j->claim);
	queue_free(w->queue, j->claim.id);
	j->active = false;
}

/* ---- begin ---------------------------------------------------------- */

/* Read the record and make the handler's environment of it: 1; 0 after the
 * record was buried, because it is none; -1. */
static int
make_env(struct job *j, struct context *w, struct environment *env,
    struct error *error)
{
	struct spool_entry entry = {.state = SPOOL_CUR};
	struct record_view view = RECORD_VIEW_INIT;
	struct error why = ERROR_INIT;
	char *path = NULL;
	int rc = -1;

	snprintf(entry.name, sizeof(entry.name), "%s", j->claim.id);
	if (record_view_read_open(&view, j->claim.record, &entry, &why) == -1)
		rc = why.kind == ERROR_INPUT
		    ? claim_bury(&j->claim, w, why.text, error)
		    : error_set(error, why.kind, "%s", why.text);
	else if (asprintf(&path, "%s/%s/%s", w->path,
		     spool_state_word(SPOOL_CUR), j->claim.id) == -1)
		error_sys(error, ERROR_IO, "%s", j->claim.id);
	else if (environment_make(env, &view, j->claim.attempt, path, error) ==
	    0)
		rc = 1;
	free(path);
	record_view_free(&view);
	return rc;
}

/* Which attempt is it: 1; 0 after the record was buried, because there were
 * enough, the last of which nobody saw the end of; -1. */
static int
number_attempt(struct job *j, struct context *w, struct error *error)
{
	char why[REASON_MAX];
	unsigned int n;

	if (spool_attempts(w->spool, j->claim.id, &n, error) == -1)
		return -1;
	j->claim.attempt = n + 1;
	if (n < w->rules->max_attempts)
		return 1;
	snprintf(why, sizeof(why),
	    "gave up after %u attempt%s, of which the last has no result", n,
	    n == 1 ? "" : "s");
	return claim_bury(&j->claim, w, why, error);
}

static void
begin(struct job *j, struct context *w)
{
	int64_t now = clock_ms();

	context_short_id(j->claim.id, j->short_id);
	line_relay_init(&j->out, &w->out.text,
	    w->out.terminal ? j->short_id : j->claim.id, j->last);
	line_relay_init(&j->err, &w->err.text,
	    w->err.terminal ? j->short_id : j->claim.id, j->last);
	j->renew_at = now + w->rules->lease / RENEWALS;
	j->timeout_at = now + w->rules->timeout;
	j->kill_at = NEVER;
	j->active = true;
}

static int
start_handler(struct job *j, struct context *w, const struct environment *env,
    const sigset_t *ignored, struct error *error)
{
	const struct process_command command = {
	    .argv = w->rules->command,
	    .envp = env->vars,
	    .record = j->claim.record,
	    .ignored = ignored,
	};
	struct error why = ERROR_INIT;

	if (claim_attempt(&j->claim, w, error) == -1)
		return -1;
	switch (process_start(&j->handler, &command, &why)) {
	case PROCESS_STARTED:
		begin(j, w);
		return 1;
	case PROCESS_NOT_NOW:
		return claim_retry(&j->claim, w, why.text, error);
	case PROCESS_IMPOSSIBLE:
		break;
	}
	return error_set(error, why.kind, "%s", why.text);
}

static int
start(void *state, size_t place, struct context *w,
    const struct queue_item *item, struct error *error)
{
	struct jobs *jobs = state;
	struct job *j = &jobs->job[place];
	struct environment env = {NULL};
	struct error more = ERROR_INIT;
	int rc;

	if (!jobs->begun)
		process_ignored(&jobs->ignored);
	jobs->begun = true;
	*j = (struct job){.handler = PROCESS_INIT};
	rc = claim_take(&j->claim, w, item, error);
	if (rc == 1)
		rc = number_attempt(j, w, error);
	if (rc == 1)
		rc = make_env(j, w, &env, error);
	if (rc == 1)
		rc = start_handler(j, w, &env, &jobs->ignored, error);
	environment_free(&env);
	if (rc == 1)
		return 1;
	/* What cannot be given back, either, waits until its lease is over. */
	if (rc == -1 && j->claim.record != -1)
		(void)claim_give_back(&j->claim, w, error->text, &more);
	job_free(j, w);
	return rc;
}

/* ---- while it runs -------------------------------------------------- */

static void
stop(struct job *j, const struct context *w, enum job_stop why, int64_t now)
{
	int64_t grace = w->rules->timeout;

	if (j->stop != JOB_GOES_ON)
		return;
	j->stop = why;
	j->kill_at = now + (grace < GRACE_MS ? grace : GRACE_MS);
	j->timeout_at = NEVER;
	process_kill(&j->handler, SIGTERM);
}

static void
interrupt(void *state, size_t place, struct context *w, int64_t now)
{
	stop(job_at(state, place), w, JOB_INTERRUPTED, now);
}

static void
renew(struct job *j, struct context *w, int64_t now)
{
	struct error why = ERROR_INIT;

	j->renew_at = now + w->rules->lease / RENEWALS;
	if (claim_renew(&j->claim, w, &why) == 0)
		return;
	if (why.kind != ERROR_NOT_FOUND) {
		context_say(w, j->claim.id, "lease not renewed: %s", why.text);
		return;
	}
	context_say(w, j->claim.id, "handler stopped: %s", why.text);
	j->renew_at = NEVER;
	stop(j, w, JOB_LOST, now);
}

static void
on_timer(void *state, size_t place, struct context *w, int64_t now)
{
	struct job *j = job_at(state, place);

	if (now >= j->renew_at)
		renew(j, w, now);
	if (now >= j->timeout_at)
		stop(j, w, JOB_TIMED_OUT, now);
	if (now >= j->kill_at) {
		j->kill_at = NEVER;
		process_kill(&j->handler, SIGKILL);
	}
}

static int64_t
next_moment(const void *state, size_t place)
{
	const struct job *j = &((const struct jobs *)state)->job[place];
	int64_t next = j->renew_at;

	if (j->timeout_at < next)
		next = j->timeout_at;
	return j->kill_at < next ? j->kill_at : next;
}

/* ---- what it prints ------------------------------------------------- */

/* How many bytes there were, at most so many; after the last the pipe is closed. */
static size_t
relay_some(int *fd, struct line_relay *relay, size_t most)
{
	char bytes[READ_MAX];
	ssize_t n =
	    read(*fd, bytes, most < sizeof(bytes) ? most : sizeof(bytes));

	if (n > 0) {
		line_relay_add(relay, bytes, (size_t)n);
		return (size_t)n;
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		line_relay_end(relay);
		close(*fd);
		*fd = -1;
	}
	return 0;
}

static bool
is_handler(const struct jobs *jobs, pid_t pid)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (jobs->job[i].active && jobs->job[i].handler.pid == pid)
			return true;
	return false;
}

/* As process 1 we are the parent of all that handlers leave behind, and nobody
 * else waits for it. A handler that has ended is seen in the next round, and what is
 * hidden behind it then. */
static void
reap_orphans(const struct jobs *jobs)
{
	pid_t pid;

	while ((pid = process_any_ended()) > 0 && !is_handler(jobs, pid))
		process_forget(pid);
}

/* Two for each job; no more is read than output_queue takes. */
static void
set_polls(void *state, const struct context *w, struct pollfd *polls)
{
	bool out = !output_queue_is_full(&w->out),
	     err = !output_queue_is_full(&w->err);
	const struct jobs *jobs = state;

	reap_orphans(jobs);
	for (size_t i = 0; i < jobs->n; i++) {
		const struct job *j = &jobs->job[i];

		polls[2 * i] = (struct pollfd){.events = POLLIN,
		    .fd = j->active && out ? j->handler.out : -1};
		polls[2 * i + 1] = (struct pollfd){.events = POLLIN,
		    .fd = j->active && err ? j->handler.err : -1};
	}
}

static void
take_polls(void *state, struct context *w, const struct pollfd *polls)
{
	const struct jobs *jobs = state;

	(void)w;
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *j = &jobs->job[i];

		if (polls[2 * i].revents != 0)
			relay_some(&j->handler.out, &j->out, READ_MAX);
		if (polls[2 * i + 1].revents != 0)
			relay_some(&j->handler.err, &j->err, READ_MAX);
	}
}

/* What is in the pipe now, and no more: something that the handler left behind
 * may hold it open and go on writing. */
static void
drain(int *fd, struct line_relay *relay)
{
	int left = 0, n;

	if (*fd == -1)
		return;
	if (ioctl(*fd, FIONREAD, &left) == -1)
		left = 0;
	for (; left > 0 && *fd != -1; left -= n) {
		n = (int)relay_some(fd, relay, (size_t)left);
		if (n == 0)
			break;
	}
	line_relay_end(relay);
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
		return claim_give_back(&j->claim, w,
		    "the runner was told to stop at once", error);
	case JOB_TIMED_OUT:
		context_count(w, METRIC_ATTEMPT_TIMEOUT);
		return claim_retry(&j->claim, w, why, error);
	case JOB_GOES_ON:
		break;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OK) {
		context_count(w, METRIC_ATTEMPT_OK);
		return claim_ack(&j->claim, w, j->last, error);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_DATAERR) {
		context_count(w, METRIC_ATTEMPT_REFUSED);
		return claim_bury(&j->claim, w, why, error);
	}
	context_count(w, METRIC_ATTEMPT_RETRY);
	return claim_retry(&j->claim, w, why, error);
}

static int
poll_done(void *state, size_t place, struct context *w, struct error *error)
{
	struct job *j = job_at(state, place);
	int status, rc;

	if (!process_ended(&j->handler, j->stop != JOB_GOES_ON, &status))
		return 0;
	drain(&j->handler.out, &j->out);
	drain(&j->handler.err, &j->err);
	rc = conclude_job(j, w, status, error);
	job_free(j, w);
	return rc == -1 ? -1 : 1;
}

/* ---- all of them ---------------------------------------------------- */

int
jobs_init(struct jobs *jobs, size_t n, struct error *error)
{
	*jobs = (struct jobs){.job = calloc(n, sizeof(*jobs->job)), .n = n};
	if (jobs->job == NULL)
		return error_sys(error, ERROR_IO, "%zu jobs", n);
	return 0;
}

void
jobs_free(struct jobs *jobs)
{
	free(jobs->job);
	jobs->job = NULL;
}

struct worker_ops
job_ops(const struct jobs *jobs)
{
	return (struct worker_ops){
	    .noun = "handler",
	    .polls = 2 * jobs->n,
	    .is_active = is_active,
	    .start = start,
	    .poll_done = poll_done,
	    .on_timer = on_timer,
	    .next = next_moment,
	    .interrupt = interrupt,
	    .set_polls = set_polls,
	    .take_polls = take_polls,
	};
}
