/* SPDX-License-Identifier: ISC */
/* route: alertspool route copies each record of the spool into the queues that want it. */
#include "config.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/operands.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/route/router.h"
#include "cli/worker/signals.h"
#include "cli/worker/spool_watch.h"
#include "lib/base/clock.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"

#define RESCAN_MS 30000 /* between looks, because an event may be lost */
#define PAUSE_MIN_MS 10000
#define PAUSE_MAX_MS 60000
#define TEXT_MAX 1024 /* of one line */
#define BUSY_MS 1000 /* until an alert that another process holds may be free */

static const struct cli_option route_options[] = {
    {"follow", 'f', NULL, "wait for more records, without end"},
    {"to", 0, "QUEUE", "copy the records of these IDs to this queue"},
    {"dry-run", 0, NULL, "print which queues want each record, change nothing"},
    {NULL, 0, NULL, NULL},
};

/* A working router. */
struct route {
	struct router *router;
	struct spool *spool;
	const char *path;
	int signals, watch; /* -1: none */
	bool follow;
	unsigned int stops;
	int64_t pause;	 /* after a failure; 0: none before */
	int64_t look_at; /* clock_ms() */
};

/* ---- waiting -------------------------------------------------------------- */

/* As process 1 of a container we are also the parent of unrelated processes. */
static void
reap_strangers(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
}

static int
time_left(const struct route *r)
{
	int64_t left = r->look_at - clock_ms();

	if (left <= 0)
		return 0;
	return left < RESCAN_MS ? (int)left : RESCAN_MS;
}

/* Wait for a signal, an event of the spool, or the next look. */
static void
wait_for_something(struct route *r)
{
	struct pollfd polls[] = {{r->signals, POLLIN, 0},
	    {r->pause > 0 ? -1 : r->watch, POLLIN, 0}};

	if (poll(polls, 2, time_left(r)) <= 0)
		return;
	if (polls[0].revents != 0) {
		r->stops += signals_read(r->signals);
		reap_strangers();
	}
	if (polls[1].revents != 0 &&
	    spool_watch_read(r->watch) != SPOOL_WATCH_NOTHING)
		r->look_at = 0;
}

/* When to look again, if nothing is due now. */
static int64_t
next_look(const struct queue_rest *rest)
{
	struct timespec now;
	int64_t wait = RESCAN_MS, ms;

	clock_gettime(CLOCK_REALTIME, &now);
	if (rest->busy > 0)
		wait = BUSY_MS;
	if (rest->has_next) {
		ms = (int64_t)(rest->next.tv_sec - now.tv_sec) * 1000 + 1000;
		if (ms < wait)
			wait = ms > 0 ? ms : 0;
	}
	return clock_ms() + wait;
}

/* ---- looking ---------------------------------------------------------------- */

/* A copy cannot be made: the records stay, and all wait. */
static void
pause_route(struct route *r, const struct error *why)
{
	char text[TEXT_MAX];

	r->pause = r->pause == 0 ? PAUSE_MIN_MS : 2 * r->pause;
	if (r->pause > PAUSE_MAX_MS)
		r->pause = PAUSE_MAX_MS;
	r->look_at = clock_ms() + r->pause;
	snprintf(text, sizeof(text),
	    "%s; records stay where they are, next try in %" PRId64 " s",
	    why->text, r->pause / 1000);
	router_say(NULL, text);
}

/* 1: go on; 0 with the exit code; -1. */
static int
look(struct route *r, int *code, struct error *error)
{
	struct queue_rest rest = {0};
	struct error why = ERROR_INIT;
	int rc;

	if (!spool_is_current(r->spool))
		return error_set(error, ERROR_UNAVAILABLE,
		    "%s is gone or was replaced", r->path);
	rc = router_look(r->router, &rest, &why);
	if (rc == -1 && !r->follow)
		return error_set(error, ERROR_IO, "%s", why.text);
	if (rc == -1) {
		pause_route(r, &why);
		return 1;
	}
	r->pause = 0;
	r->look_at = rc == 1 ? 0 : next_look(&rest);
	if (rc == 1 || r->follow)
		return 1;
	*code =
	    rest.deferred + rest.leased + rest.busy > 0 ? EX_TEMPFAIL : EX_OK;
	return 0;
}

static int
loop(struct route *r, struct error *error)
{
	int code = EX_OK, rc = 1;

	while (rc == 1 && r->stops == 0) {
		if (clock_ms() >= r->look_at)
			rc = look(r, &code, error);
		if (rc == 1)
			wait_for_something(r);
	}
	return rc == -1 ? -1 : code;
}

/* Report the results, unless it is a service. */
static void
tell_counts(const struct route *r)
{
	struct router_counts c = router_counted(r->router);
	char text[TEXT_MAX];

	if (r->follow || c.routed == 0)
		return;
	snprintf(text, sizeof(text),
	    "%" PRIu64 " record%s routed, %" PRIu64 " cop%s made, %" PRIu64
	    " unmatched",
	    c.routed, c.routed == 1 ? "" : "s", c.copies,
	    c.copies == 1 ? "y" : "ies", c.unmatched);
	router_say(NULL, text);
}

static int
work(struct route *r, struct error *error)
{
	struct error why = ERROR_INIT;
	int rc;

	if (spool_take_role(r->spool, SPOOL_ROUTES, error) == -1)
		return -1;
	r->signals = signals_open(error);
	if (r->signals == -1)
		return -1;
	if (r->follow)
		r->watch = spool_watch_open(r->spool, &why);
	if (r->follow && r->watch == -1)
		router_say(NULL, why.text); /* then it looks every RESCAN_MS */
	rc = loop(r, error);
	tell_counts(r);
	if (r->watch != -1)
		close(r->watch);
	close(r->signals);
	return rc;
}

/* ---- by hand ------------------------------------------------------------------ */

struct giving {
	struct router *router;
	const char *queue;
};

static int
give_one(void *context, const struct spool_entry *entry, struct error *error)
{
	const struct giving *g = context;

	if (router_give(g->router, entry, g->queue, error) == -1)
		return -1;
	printf("%s\n", entry->name);
	return 0;
}

/* ---- the verb -------------------------------------------------------------------- */

static int
run_router(struct cli *cli, struct spool *spool, struct router *router,
    struct error *error)
{
	struct giving giving = {router, cli_value(cli, "to")};
	struct route route = {
	    .router = router,
	    .spool = spool,
	    .path = cli->settings.directory,
	    .signals = -1,
	    .watch = -1,
	    .follow = cli_value(cli, "follow") != NULL,
	};

	if (giving.queue != NULL)
		return operands_each(cli, spool, give_one, &giving);
	if (cli_value(cli, "dry-run") != NULL)
		return router_preview(router, error) == -1 ? -1 : EX_OK;
	return work(&route, error);
}

static int
check_usage(const struct cli *cli, struct error *error)
{
	bool to = cli_value(cli, "to") != NULL;

	if (to && cli->noperands == 0)
		return error_set(error, ERROR_USAGE,
		    "--to needs the IDs of records; \"-\" reads them from "
		    "standard input");
	if (!to && cli->noperands > 0)
		return error_set(error, ERROR_USAGE,
		    "IDs go to one queue: name it with --to QUEUE");
	if (to &&
	    (cli_value(cli, "follow") != NULL ||
		cli_value(cli, "dry-run") != NULL))
		return error_set(error, ERROR_USAGE,
		    "--to goes with neither --follow nor --dry-run");
	return 0;
}

static int
check_queues(struct cli *cli, struct error *error)
{
	const char *to = cli_value(cli, "to");

	if (session_queues(cli, error) == -1)
		return -1;
	if (cli->queues.n == 0) {
		error_set(error, ERROR_SETTINGS, "%s has no [queue NAME]",
		    cli->settings.file);
		return cli_advise(cli,
		    "without queues nothing is routed: \"alertspool run -- "
		    "COMMAND\" processes the spool; alertspool.conf(5) shows "
		    "how to add a queue");
	}
	if (to == NULL)
		return router_check(&cli->settings, &cli->queues, error);
	if (queues_find(&cli->queues, to) != NULL)
		return 0;
	return session_refuse_queue(cli, to, ERROR_USAGE, error);
}

static int
route_run(struct cli *cli, struct error *error)
{
	bool dry = cli_value(cli, "dry-run") != NULL;
	char who[OWNER_WHO_SIZE];
	struct router *router = NULL;
	struct spool *spool;
	int rc = -1;

	if (check_usage(cli, error) == -1 || check_queues(cli, error) == -1 ||
	    session_spool(cli, dry ? SPOOL_READ : SPOOL_WRITE, &spool, error) ==
		-1)
		return -1;
	owner_who(cli, who);
	if (router_open(&router, spool, cli->settings.directory, &cli->queues,
		who, error) == 0)
		rc = run_router(cli, spool, router, error);
	router_close(router);
	spool_close(spool);
	return rc;
}

const struct command command_route = {
    .name = "route",
    .arguments = "[ID…]",
    .summary = "copy each record into the queues that want it",
    .details =
	"Takes records as \"alertspool run\" does, the first of each alert,\n"
	"in order, copies each into every queue whose conditions it meets,\n"
	"and moves it to done/. Queues are sections [queue NAME] of the\n"
	"settings file; \"alertspool run QUEUE\" processes one.\n"
	"\n"
	"A queue that has a record of an alert gets the later ones of that\n"
	"alert, too, whatever their severity or project, so that an alert\n"
	"opened there is closed there; only the event is checked again. A\n"
	"record that no queue wants goes to done/, with a line here and in\n"
	"its history.\n"
	"\n"
	"If a copy cannot be made, its record stays in new/, and route\n"
	"waits 10 s to 1 minute before it goes on; without --follow it ends\n"
	"(74).\n"
	"\n"
	"--to copies the records of these IDs into one queue, whatever its\n"
	"conditions are: to fill a new queue, or to send a test. Records\n"
	"that are done or dead there go back to its new/. It may run beside\n"
	"\"route --follow\".\n"
	"\n"
	"Ends when nothing is due: 0, or 75 when a record waits for its\n"
	"time or another process works on it. --follow waits for more\n"
	"instead. SIGTERM, SIGINT and SIGHUP end it. 69: the spool is gone.\n"
	"75: \"alertspool run\", forward, claim or another route works on the\n"
	"spool. 78: there are no queues, or no queue takes alerts without\n"
	"severity.\n",
    .options = route_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .run = route_run,
};
