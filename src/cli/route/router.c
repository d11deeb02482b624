/* SPDX-License-Identifier: ISC */
/*
 * router: one look.
 *
 *	take due records, each the first of its alert		(queue.c)
 *	decide which queues want each				(wanted.c)
 *	copy each into its queues: files, links, directories	(batch.c)
 *	move each to done/
 *
 * All alerts are held from before the decision to the end, so that no other route, and no
 * "route --to", copies records of them meanwhile.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/records/move.h"
#include "cli/route/match.h"
#include "cli/route/private.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/spool/alert_rules.h"
#include "lib/spool/metrics.h"

/* ---- queues ------------------------------------------------------------- */

int
router_check(const struct settings *settings, const struct queues *queues,
    struct error *error)
{
	const struct queue_settings *asks = NULL;

	if (severity_find(&settings->severity, "default") != NULL)
		return 0;
	for (size_t i = 0; i < queues->n; i++) {
		if (match_unrated(&queues->queue[i]))
			return 0;
		asks = &queues->queue[i];
	}
	if (asks == NULL)
		return 0;
	return error_set(error, ERROR_SETTINGS,
	    "%s:%d: [queue %s] has a condition on severity, and nothing takes "
	    "alerts without one: add \"default = WARNING\" to [severity], or a "
	    "queue "
	    "with \"severity = -\" or without that condition",
	    settings->file, asks->line, asks->name);
}

/* Open the queue, created first if missing. */
int
router_open_target(struct router *r, struct target *t, struct error *error)
{
	char *path;
	int rc;

	if (t->spool != NULL && spool_is_current(t->spool))
		return 0;
	spool_close(t->spool);
	t->spool = NULL;
	if (spool_create_queue(r->spool, t->settings->name, error) == -1)
		return -1;
	path = spool_queue_path(r->path, t->settings->name);
	if (path == NULL)
		return error_sys(error, ERROR_IO, "%s", t->settings->name);
	rc = spool_open(&t->spool, path, SPOOL_WRITE, error);
	free(path);
	return rc;
}

static int
open_targets(struct router *r, struct error *error)
{
	for (size_t i = 0; i < r->n; i++) {
		struct error why = ERROR_INIT;

		if (router_open_target(r, &r->target[i], &why) == -1)
			return error_set(error, why.kind, "queue %s: %s",
			    r->target[i].settings->name, why.text);
	}
	return 0;
}

/* Open existing queues for reading. */
static void
open_targets_there(struct router *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct target *t = &r->target[i];
		struct error why = ERROR_INIT;
		char *path = spool_queue_path(r->path, t->settings->name);

		if (path != NULL)
			(void)spool_open(&t->spool, path, SPOOL_READ, &why);
		free(path);
	}
}

int
router_open(struct router **router, struct spool *spool, const char *path,
    const struct queues *queues, const char *who, struct error *error)
{
	struct router *r = calloc(1, sizeof(*r));

	*router = r;
	if (r == NULL)
		return error_sys(error, ERROR_IO, "route");
	r->spool = spool;
	r->path = path;
	r->who = who;
	r->n = queues->n;
	r->target = calloc(r->n, sizeof(*r->target));
	r->wanted = calloc(ROUTER_LOOK_MAX * r->n, sizeof(*r->wanted));
	if (r->target == NULL || r->wanted == NULL) {
		error_sys(error, ERROR_IO, "%zu queues", r->n);
		r->n = 0;
		return -1;
	}
	for (size_t i = 0; i < r->n; i++)
		r->target[i].settings = &queues->queue[i];
	return queue_open(&r->queue, spool, error);
}

void
router_close(struct router *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++) {
		spool_close(r->target[i].spool);
		number_set_free(&r->target[i].given);
	}
	spool_batch_free(&r->batch);
	number_set_free(&r->ended);
	queue_close(r->queue);
	free(r->target);
	free(r->wanted);
	free(r);
}

struct router_counts
router_counted(const struct router *r)
{
	return r->counts;
}

/* ---- moves ------------------------------------------------------------------ */

void
router_say(const char *name, const char *text)
{
	struct buf line = BUF_INIT;

	buf_adds(&line, "alertspool route: ");
	if (name != NULL)
		buf_addf(&line, "%s: ", name);
	escape_terminal(&line, text, strlen(text));
	buf_addc(&line, '\n');
	if (!line.failed)
		cli_say(line.data, line.len);
	buf_free(&line);
}

static bool
is_wanted(struct router *r, size_t item)
{
	for (size_t i = 0; i < r->n; i++)
		if (*router_wanted(r, item, i))
			return true;
	return false;
}

static int
note(struct router *r, const char *name, const char *what, const char *why,
    struct error *error)
{
	const struct spool_event event = {.who = r->who,
	    .what = what,
	    .why = why};

	router_say(name, why);
	return spool_note(r->spool, name, &event, error);
}

/* To done/ or, if it is not valid, to dead/. */
static int
move_item(struct router *r, size_t i, struct error *error)
{
	const struct spool_entry *entry = &r->item[i].entry;
	struct spool_move move = {
	    .from = entry->state,
	    .to = r->fate[i] == FATE_BURIED ? SPOOL_DEAD : SPOOL_DONE,
	    .expect = &r->item[i].mtime,
	};
	struct error why = ERROR_INIT;
	struct name_view view;

	clock_gettime(CLOCK_REALTIME, &move.mtime);
	if (spool_move(r->spool, entry->name, &move, &why) == -1)
		return why.kind == ERROR_NOT_FOUND ? 0
						   : error_take(error, &why);
	if (r->fate[i] == FATE_BURIED)
		return note(r, entry->name, "bury",
		    "dead: it is not a complete record; \"alertspool show\" "
		    "shows it",
		    error);
	r->counts.routed++;
	if (name_parse(entry->name, &view) && alert_is_end(view.transition) &&
	    number_set_add(&r->ended, spool_alert_byte(entry->name)) == -1)
		r->knows_ended = false; /* no memory: read again */
	if (is_wanted(r, i))
		return 0;
	r->counts.unmatched++;
	return note(r, entry->name, "unmatched", "unmatched: no queue wants it",
	    error);
}

static int
move_items(struct router *r, struct error *error)
{
	for (size_t i = 0; i < r->items; i++)
		if (r->fate[i] != FATE_GONE && move_item(r, i, error) == -1)
			return -1;
	return 0;
}

/* ---- a look ------------------------------------------------------------------- */

void
router_count(struct router *r, uint64_t unmatched)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->target[i].spool != NULL)
			move_count(r->target[i].spool, METRIC_ROUTED,
			    r->target[i].routed);
		r->target[i].routed = 0;
	}
	move_count(r->spool, METRIC_UNMATCHED, unmatched);
}

/* Failed records are tried again, and counted then. */
static void
forget_counts(struct router *r)
{
	for (size_t i = 0; i < r->n; i++) {
		r->counts.copies -= r->target[i].routed;
		r->target[i].routed = 0;
	}
}

int
router_look(struct router *r, struct queue_rest *rest, struct error *error)
{
	const struct queue_wish wish = {.least = ROUTER_LOOK_MAX,
	    .most = ROUTER_LOOK_MAX};
	uint64_t unmatched = r->counts.unmatched;
	struct timespec now;
	int rc = -1;

	r->moves = true;
	if (open_targets(r, error) == -1)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	if (queue_take(r->queue, now, &wish, r->item, &r->items, rest, error) ==
	    -1)
		return -1;
	if (router_decide(r, true, error) == 0 &&
	    router_copy_items(r, error) == 0 && move_items(r, error) == 0)
		rc = r->items > 0;
	spool_batch_reset(&r->batch);
	for (size_t i = 0; i < r->items; i++)
		queue_free(r->queue, r->item[i].entry.name);
	if (rc == -1)
		forget_counts(r);
	router_count(r, r->counts.unmatched - unmatched);
	return rc;
}

/* ---- preview -------------------------------------------------------------------- */

static int
print_items(struct router *r, struct error *error)
{
	if (router_decide(r, false, error) == -1)
		return -1;
	for (size_t i = 0; i < r->items; i++) {
		const char *name = r->item[i].entry.name, *between = "";

		if (r->fate[i] == FATE_GONE)
			continue;
		printf("%s\t%s", name,
		    r->fate[i] == FATE_BURIED ? "no record"
			: is_wanted(r, i)     ? ""
					      : "unmatched");
		for (size_t t = 0; t < r->n; t++) {
			if (!*router_wanted(r, i, t))
				continue;
			printf("%s%s", between, r->target[t].settings->name);
			between = ",";
			if (number_set_add(&r->target[t].given,
				spool_alert_byte(name)) == -1)
				return error_sys(error, ERROR_IO, "%s", name);
		}
		putchar('\n');
	}
	return 0;
}

int
router_preview(struct router *r, struct error *error)
{
	struct spool_scan *scan;
	int rc;

	open_targets_there(r);
	if (spool_scan_open(&scan, r->spool, SPOOL_IN(SPOOL_NEW),
		SPOOL_ASCENDING, error) == -1)
		return -1;
	do {
		r->items = 0;
		while (r->items < ROUTER_LOOK_MAX &&
		    (rc = spool_scan_next(scan, &r->item[r->items].entry,
			 error)) == 1)
			r->items++;
		if (rc != -1 && print_items(r, error) == -1)
			rc = -1;
	} while (rc == 1);
	spool_scan_close(scan);
	return rc;
}
