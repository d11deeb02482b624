/* SPDX-License-Identifier: ISC */
/* queues: does every alert find a queue, and is every queue processed? */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/check/check.h"
#include "cli/output/format.h"
#include "cli/records/queue_list.h"
#include "cli/route/match.h"
#include "cli/route/router.h"
#include "cli/worker/rest.h"
#include "lib/base/dir.h"

#define WHERE_SIZE 64

/* ---- the settings ---------------------------------------------------------- */

/* A queue that raises incidents and never resolves them. */
static void
check_events(struct check *c, const struct queue_settings *q)
{
	if (!match_event(q, TRANSITION_OPEN) ||
	    (match_event(q, TRANSITION_CLOSE) &&
		match_event(q, TRANSITION_CANCEL)))
		return;
	findings_add(&c->findings, FINDING_ERROR, "queues", q->name,
	    "alerts opened there are never closed there",
	    "add close and cancel to its event, or remove event",
	    "takes open, but not both close and cancel");
}

static void
check_command(struct check *c, const struct queue_settings *q)
{
	if (q->command == NULL || access(q->command[0], X_OK) == 0)
		return;
	findings_add(&c->findings, FINDING_ERROR, "queues", q->name,
	    "nothing is handled until this command runs",
	    "install it, or correct the line; its modes must let the owner of "
	    "the spool execute it",
	    "%.300s: %s", q->command[0], strerror(errno));
}

static void
check_sections(struct check *c)
{
	const struct queues *queues = &c->cli->queues;
	struct error why = ERROR_INIT;

	if (c->cli->queues_error.kind != ERROR_NONE) {
		findings_add(&c->findings, FINDING_ERROR, "queues",
		    c->cli->settings.file,
		    "the responder goes on, but nothing is routed",
		    "correct that line; see alertspool.conf(5)", "%s",
		    c->cli->queues_error.text);
		return;
	}
	if (queues->n > 0 &&
	    router_check(&c->cli->settings, queues, &why) == -1)
		findings_add(&c->findings, FINDING_ERROR, "queues",
		    c->cli->settings.file, "route does not start",
		    "see alertspool.conf(5), QUEUES", "%s", why.text);
	for (size_t i = 0; i < queues->n; i++) {
		check_events(c, &queues->queue[i]);
		check_command(c, &queues->queue[i]);
	}
}

/* ---- each queue --------------------------------------------------------------- */

struct due {
	time_t before;
	uint64_t n;
};

static int
count_due(void *context, const char *name, const struct stat *st,
    struct error *error)
{
	struct due *due = context;

	(void)error;
	if (S_ISREG(st->st_mode) && name_parse(name, NULL) &&
	    st->st_mtime < due->before)
		due->n++;
	return 0;
}

static void
check_runner(struct check *c)
{
	struct due due = {.before = time(NULL) - CHECK_NO_RUNNER};
	struct error why = ERROR_INIT;
	char fix[FINDING_TEXT];
	int held;

	if (dir_walk_stat(spool_dir(c->spool, SPOOL_NEW), "new", count_due,
		&due, &why) == -1) {
		(void)findings_no_memory(&c->findings, &why);
		return;
	}
	held = spool_has_role(c->spool, SPOOL_EMPTIES, &why);
	if (due.n == 0 || held != 0)
		return;
	snprintf(fix, sizeof(fix),
	    "start one: systemctl enable --now alertspool-queue@%s, or "
	    "alertspool run --follow %s",
	    c->queue, c->queue);
	findings_add(&c->findings, FINDING_ERROR, "queues", c->queue,
	    "alerts wait, and nobody is notified of them", fix,
	    "no runner, and %llu record%s due for over %d minutes",
	    (unsigned long long)due.n, due.n == 1 ? "" : "s",
	    CHECK_NO_RUNNER / 60);
}

static void
check_rest(struct check *c)
{
	struct error why = ERROR_INIT;
	char age[FORMAT_SIZE], fix[FINDING_TEXT];
	struct rest rest;
	int rc = rest_read(&rest, c->spool, 0, &why);

	if (rc == -1)
		(void)findings_no_memory(&c->findings, &why);
	if (rc != 1)
		return;
	format_age(age, time(NULL) - rest.since.tv_sec);
	snprintf(fix, sizeof(fix),
	    "when the destination answers again, the rest ends by itself; at "
	    "once: alertspool release -q %s --deferred",
	    c->queue);
	findings_add(&c->findings, FINDING_WARNING, "queues", c->queue,
	    "one record is tried at a time, the others wait", fix,
	    "has rested for %s: %.300s", age, rest.why);
}

static void
check_one(struct check *c, const struct queue_entry *queue)
{
	struct spool *spool = c->spool;

	if (queue->spool == NULL)
		return;
	c->spool = queue->spool;
	c->queue = queue->name;
	if (queue->settings == NULL)
		findings_add(&c->findings, FINDING_WARNING, "queues",
		    queue->name, "it gets no records, and has no runner",
		    "alertspool list -q NAME; when it is empty, remove the "
		    "directory; or add the section again",
		    "a directory in queues/ without [queue %s]", queue->name);
	check_queue_states(c);
	check_runner(c);
	check_rest(c);
	c->queue = NULL;
	c->spool = spool;
}

void
check_queues(struct check *c)
{
	struct queue_list list = QUEUE_LIST_INIT;
	struct error why = ERROR_INIT;

	check_sections(c);
	if (c->spool == NULL)
		return;
	if (queue_list_open(&list, c->spool, c->cli->settings.directory,
		&c->cli->queues, SPOOL_READ, &why) == -1 &&
	    !findings_no_memory(&c->findings, &why))
		findings_add(&c->findings, FINDING_ERROR, "queues",
		    SPOOL_QUEUES, "it cannot be checked",
		    "see the message; queues belong to the owner of the spool",
		    "%s", why.text);
	for (size_t i = 0; i < list.n; i++)
		check_one(c, &list.entry[i]);
	queue_list_close(&list);
}
