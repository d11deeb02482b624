/* SPDX-License-Identifier: ISC */
/* queue: does anybody process the records, and look at those that cannot be processed? */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "cli/check/check.h"
#include "cli/output/format.h"
#include "cli/records/depth.h"
#include "cli/records/overdue.h"
#include "lib/base/error.h"

#define WHERE_SIZE 64

/* If there are queues, route processes the spool itself, within a moment. */
static bool
is_routed(const struct check *c)
{
	return c->queue == NULL && c->cli->queues.n > 0;
}

/* check_spool() has reported a directory that cannot be listed. */
static struct overdue
judge_all(struct check *c, enum spool_state state)
{
	const time_t waiting = is_routed(c) ? CHECK_ROUTED : OVERDUE_WAITING;
	struct error why = ERROR_INIT;
	struct overdue o = {0};

	if (overdue_read(&o, c->spool, state, waiting, &why) == -1)
		(void)findings_no_memory(&c->findings, &why);
	return o;
}

/* "dead", or "queues/pager/dead". */
static const char *
where_of(const struct check *c, enum spool_state state,
    char where[static WHERE_SIZE])
{
	if (c->queue == NULL)
		return spool_state_word(state);
	snprintf(where, WHERE_SIZE, "%s/%s/%s", SPOOL_QUEUES, c->queue,
	    spool_state_word(state));
	return where;
}

/* The option of our commands for this spool: " -q pager". */
static const char *
option_of(const struct check *c, char option[static WHERE_SIZE])
{
	option[0] = '\0';
	if (c->queue != NULL)
		snprintf(option, WHERE_SIZE, " -q %s", c->queue);
	return option;
}

static void
tell_ahead(struct check *c, const struct overdue *o, enum spool_state state)
{
	char where[WHERE_SIZE];

	if (o->ahead == 0)
		return;
	findings_add(&c->findings, FINDING_WARNING, "queue",
	    where_of(c, state, where),
	    "a clock was wrong, or somebody touched them; they count as due",
	    "set the clock right; \"alertspool clean\" returns leases",
	    "records with an mtime over 24 hours ahead: %llu, such as %s",
	    (unsigned long long)o->ahead, o->example_ahead);
}

static void
check_cur(struct check *c)
{
	struct overdue o = judge_all(c, SPOOL_CUR);
	char where[WHERE_SIZE];

	tell_ahead(c, &o, SPOOL_CUR);
	if (o.stale > 0)
		findings_add(&c->findings, FINDING_WARNING, "queue",
		    where_of(c, SPOOL_CUR, where),
		    "a consumer died, and nobody took its records over",
		    "start one (\"alertspool run\" or \"claim\"), or return "
		    "them: alertspool clean",
		    "expired leases over %d minutes ago: %llu, such as %s",
		    OVERDUE_STALE / 60, (unsigned long long)o.stale,
		    o.example_stale);
	if (o.stale == 0 && o.ahead == 0)
		findings_ok(&c->findings, "queue",
		    where_of(c, SPOOL_CUR, where), "no stale leases");
}

/* "3 records, the oldest of 5m"; its age in seconds, 0 for none, -1 if unknown. */
static int64_t
measure(struct check *c, enum spool_state state, struct depth *d,
    char what[static FINDING_TEXT])
{
	struct error why = ERROR_INIT;
	char age[FORMAT_SIZE];
	int64_t seconds = 0;

	if (depth_read(c->spool, state, d, &why) == -1) {
		(void)findings_no_memory(&c->findings, &why);
		return -1;
	}
	if (d->has_oldest)
		seconds = time(NULL) - d->oldest.tv_sec;
	format_age(age, seconds);
	if (d->records == 0)
		snprintf(what, FINDING_TEXT, "empty");
	else
		snprintf(what, FINDING_TEXT, "%llu record%s, the oldest of %s",
		    (unsigned long long)d->records, d->records == 1 ? "" : "s",
		    age);
	return seconds;
}

static const char *
fix_waiting(const struct check *c)
{
	if (is_routed(c))
		return "is \"alertspool route --follow\" up? see its output: "
		       "systemctl status alertspool-route";
	if (c->queue != NULL)
		return "is \"alertspool run --follow\" up for this queue, and "
		       "fast enough? see its output, and jobs";
	return "is \"alertspool run --follow\" up, and fast enough? see its "
	       "output, and --jobs";
}

static void
check_new(struct check *c)
{
	struct overdue o = judge_all(c, SPOOL_NEW);
	char what[FINDING_TEXT], where[WHERE_SIZE];
	struct depth d;

	tell_ahead(c, &o, SPOOL_NEW);
	if (measure(c, SPOOL_NEW, &d, what) == -1)
		return;
	if (o.due > 0 || d.records > CHECK_BACKLOG)
		findings_add(&c->findings,
		    is_routed(c) ? FINDING_ERROR : FINDING_WARNING, "queue",
		    where_of(c, SPOOL_NEW, where),
		    is_routed(c)
			? "alerts wait, and no queue has them"
			: "alerts wait, and nobody is notified of them",
		    fix_waiting(c), "%s", what);
	else
		findings_ok(&c->findings, "queue",
		    where_of(c, SPOOL_NEW, where), "%s", what);
}

static void
check_bad(struct check *c)
{
	char what[FINDING_TEXT];
	struct depth d;
	int64_t age = measure(c, SPOOL_BAD, &d, what);

	if (age > CHECK_BAD_AGE)
		findings_add(&c->findings, FINDING_WARNING, "queue", "bad",
		    "authentic deliveries that reach no handler",
		    "alertspool list --state bad; then fix the sender's "
		    "template, and ack, bury or requeue",
		    "%s", what);
	else if (age != -1)
		findings_ok(&c->findings, "queue", "bad", "%s", what);
}

/* Alerts that nobody was notified of, and nobody will be. */
static void
check_dead(struct check *c)
{
	char what[FINDING_TEXT], where[WHERE_SIZE], option[WHERE_SIZE];
	char fix[FINDING_TEXT];
	struct depth d;

	if (measure(c, SPOOL_DEAD, &d, what) == -1)
		return;
	option_of(c, option);
	snprintf(fix, sizeof(fix),
	    "alertspool list%s --state dead; alertspool show%s ID says why; "
	    "when that is fixed: alertspool requeue%s --state dead; the rest "
	    "is deleted after retain_dead",
	    option, option, option);
	if (d.records > 0)
		findings_add(&c->findings, FINDING_ERROR, "queue",
		    where_of(c, SPOOL_DEAD, where),
		    "nobody was notified of these alerts, and they are not "
		    "tried again",
		    fix, "%s", what);
	else
		findings_ok(&c->findings, "queue",
		    where_of(c, SPOOL_DEAD, where), "%s", what);
}

void
check_queue_states(struct check *c)
{
	check_new(c);
	check_cur(c);
	check_dead(c);
}

void
check_queue(struct check *c)
{
	check_queue_states(c);
	check_canary_sweep(c);
	check_bad(c);
}
