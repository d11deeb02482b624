/* SPDX-License-Identifier: ISC */
/*
 * supervisor: blocks all signals and takes them one by one with sigtimedwait(2), so there
 * is no handler and no race: the loop starts the workers that are due, sleeps until a
 * signal or the next start, and handles that signal.
 *
 * A worker belongs to the generation of its configuration. SIGHUP begins a new
 * generation; while workers of an old one exist, one successor at a time is started and
 * one predecessor asked to leave.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_SYS_PRCTL_H
#include <sys/prctl.h>
#endif

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/log.h"
#include "lib/settings/settings.h"
#include "responder/serve.h"
#include "responder/supervisor.h"
#include "responder/tally.h"

#define SETTLED_MS 10000 /* a worker that lived this long needs no back-off */
#define BACK_OFF_MIN_MS 20
#define BACK_OFF_MAX_MS 500
#define RESEND_MS 200 /* a worker may have missed the signal in accept(2) */
#define IDLE_MS 60000

struct worker {
	pid_t pid; /* 0: not running */
	int generation;
	int64_t started;
	int64_t start_at; /* when not running: start not before */
	int64_t back_off;
};

struct supervisor {
	struct configuration *configuration;
	int listen_fd;
	struct tally *tally;
	int generation;
	bool stopping;
	pid_t
	    leaving; /* the worker of an old generation that was asked to leave */
	int wanted; /* this many of workers are used */
	struct worker workers[SETTINGS_WORKERS_MAX];
	sigset_t signals;
};

/* ---- workers -------------------------------------------------------- */

static void
be_worker(const struct supervisor *s, pid_t parent)
{
#ifdef HAVE_SYS_PRCTL_H
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (getppid() != parent)
		exit(SERVE_STOPPED); /* the supervisor died before prctl() */
	exit(serve_fcgi(&s->configuration->settings, s->configuration->auth,
	    s->listen_fd, s->tally));
}

static int
start_worker(struct supervisor *s, struct worker *w)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		be_worker(s, parent);
	if (pid == -1) {
		log_message(LEVEL_ERROR, "worker", "fork: %s", strerror(errno));
		w->start_at = clock_ms() + BACK_OFF_MAX_MS;
		return -1;
	}
	w->pid = pid;
	w->generation = s->generation;
	w->started = clock_ms();
	return 0;
}

static void
start_due(struct supervisor *s)
{
	for (int i = 0; i < s->wanted; i++) {
		struct worker *w = &s->workers[i];

		if (w->pid == 0 && w->start_at <= clock_ms())
			start_worker(s, w);
	}
}

/* Milliseconds until there is something to do without a signal. */
static int64_t
next_due(const struct supervisor *s)
{
	int64_t due = IDLE_MS, now = clock_ms();

	if (s->stopping || s->leaving != 0)
		return RESEND_MS;
	for (int i = 0; i < SETTINGS_WORKERS_MAX; i++) {
		const struct worker *w = &s->workers[i];
		int64_t wait = IDLE_MS;

		if (w->pid != 0 && w->generation != s->generation)
			wait =
			    BACK_OFF_MAX_MS; /* no successor could be started */
		else if (w->pid == 0 && i < s->wanted)
			wait = w->start_at - now;
		if (wait < due)
			due = wait;
	}
	return due > 0 ? due : 0;
}

/* As process 1 of a container it is also the parent of unrelated processes. */
static bool
is_worker(const struct supervisor *s, pid_t pid)
{
	for (int i = 0; i < SETTINGS_WORKERS_MAX; i++)
		if (s->workers[i].pid == pid)
			return true;
	return s->leaving == pid;
}

static void
log_death(pid_t pid, int status)
{
	struct log_line line;

	log_begin(&line, LEVEL_WARNING, "worker-died");
	log_number(&line, "pid", pid);
	if (WIFSIGNALED(status))
		log_number(&line, "signal", WTERMSIG(status));
	else
		log_number(&line, "exit", WEXITSTATUS(status));
	log_end(&line);
}

static void
schedule_restart(struct worker *w)
{
	int64_t now = clock_ms();

	if (now - w->started >= SETTLED_MS)
		w->back_off = 0;
	w->start_at = now + w->back_off;
	w->back_off = w->back_off == 0 ? BACK_OFF_MIN_MS : w->back_off * 2;
	if (w->back_off > BACK_OFF_MAX_MS)
		w->back_off = BACK_OFF_MAX_MS;
}

/* A child that ended, or 0 or -1 for none. */
static pid_t
next_ended(int *status)
{
	pid_t pid;

	do
		pid = waitpid(-1, status, WNOHANG);
	while (pid == -1 && errno == EINTR);
	return pid;
}

static void
reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = next_ended(&status)) > 0) {
		if (status != 0 && is_worker(s, pid))
			log_death(pid, status);
		if (pid == s->leaving)
			s->leaving = 0;
		for (int i = 0; i < SETTINGS_WORKERS_MAX; i++)
			if (s->workers[i].pid == pid) {
				s->workers[i].pid = 0;
				schedule_restart(&s->workers[i]);
			}
	}
}

static bool
any_running(const struct supervisor *s)
{
	for (int i = 0; i < SETTINGS_WORKERS_MAX; i++)
		if (s->workers[i].pid != 0)
			return true;
	return s->leaving != 0;
}

/* ---- stopping and reloading ----------------------------------------- */

static void
tell_all(const struct supervisor *s)
{
	for (int i = 0; i < SETTINGS_WORKERS_MAX; i++)
		if (s->workers[i].pid != 0)
			kill(s->workers[i].pid, SIGTERM);
	if (s->leaving != 0)
		kill(s->leaving, SIGTERM);
}

/* Ask one worker of an old generation to leave, after starting its successor. */
static void
replace_next(struct supervisor *s)
{
	for (int i = 0; s->leaving == 0 && i < SETTINGS_WORKERS_MAX; i++) {
		struct worker *w = &s->workers[i];
		pid_t old = w->pid;

		if (old == 0 || w->generation == s->generation)
			continue;
		if (i >= s->wanted)
			w->pid = 0;
		else if (start_worker(s, w) == -1)
			return;
		s->leaving = old;
	}
	if (s->leaving != 0)
		kill(s->leaving, SIGTERM);
}

static void
reload(struct supervisor *s,
    int (*load)(struct configuration *, void *, struct error *),
    void (*unload)(struct configuration *), void *context)
{
	struct configuration fresh = {.auth = NULL};
	struct error error = ERROR_INIT;

	if (load(&fresh, context, &error) == -1) {
		log_message(LEVEL_ERROR, "reload",
		    "%s; the old settings stay in force", error.text);
		return;
	}
	unload(s->configuration);
	*s->configuration = fresh;
	s->generation++;
	s->wanted = fresh.settings.workers;
	log_message(LEVEL_NOTICE, "reload",
	    "settings and secrets read again, replacing workers");
}

/* ---- the loop ------------------------------------------------------- */

static void
block_signals(struct supervisor *s)
{
	static const int taken[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};

	sigemptyset(&s->signals);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&s->signals, taken[i]);
	sigprocmask(SIG_BLOCK, &s->signals, NULL);
}

/* Workers count them, because the supervisor has no spool. */
static void
keep_dropped(struct supervisor *s)
{
	struct metrics_delta delta = {.add = {0}};

	delta.add[METRIC_LOG_LINES_DROPPED] = log_take_dropped();
	if (delta.add[METRIC_LOG_LINES_DROPPED] > 0)
		tally_keep(s->tally, &delta);
}

static int
wait_signal(const struct supervisor *s)
{
	int64_t ms = next_due(s);
	struct timespec wait = {
	    .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000,
	};

	return sigtimedwait(&s->signals, NULL, &wait);
}

int
supervise(struct configuration *configuration, int listen_fd,
    int (*load)(struct configuration *, void *, struct error *),
    void (*unload)(struct configuration *), void *context)
{
	struct supervisor *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return EX_OSERR;
	s->configuration = configuration;
	s->listen_fd = listen_fd;
	s->tally = tally_open();
	s->wanted = configuration->settings.workers;
	block_signals(s);
	while (!s->stopping || any_running(s)) {
		if (!s->stopping) {
			start_due(s);
			replace_next(s);
		} else {
			tell_all(s);
		}
		switch (wait_signal(s)) {
		case SIGTERM:
		case SIGINT:
			s->stopping = true;
			break;
		case SIGHUP:
			reload(s, load, unload, context);
			break;
		default:
			break;
		}
		reap(s);
		keep_dropped(s);
	}
	log_message(LEVEL_NOTICE, "stop", "all workers have finished");
	free(s);
	return EX_OK;
}
