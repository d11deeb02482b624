/* SPDX-License-Identifier: ISC */
/*
 * Taking is done in two looks. The first goes through new/ and cur/ in order
 * and picks the first record of each alert that is due, until there are enough.
 * Then the alerts are locked, without waiting. The second look, under the
 * locks, goes through the same names again: an earlier record may have come in
 * meanwhile, or the picked one gone, and only what is now the first of a locked
 * alert, and due, is taken. All other locks are freed again.
 *
 * Both looks stop as soon as they know enough, so that taking a few of very
 * many costs one pass over the directories each.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/queue.h"
#include "lib/set.h"
#include "lib/timestamp.h"

struct queue {
	struct spool *spool;
	struct set held; /* alerts, by their byte in the lock file */
};

enum queue_status
queue_judge(const struct spool *s, const struct spool_entry *entry,
    struct timespec now, struct timespec *mtime)
{
	struct timespec limit = now;
	struct stat st;

	limit.tv_sec += QUEUE_AHEAD_MAX;
	if (fstatat(spool_dir(s, entry->state), entry->name, &st,
		AT_SYMLINK_NOFOLLOW) == -1)
		return QUEUE_LEASED;
	if (mtime != NULL)
		*mtime = st.st_mtim;
	if (timestamp_compare(st.st_mtim, now) <= 0 ||
	    timestamp_compare(st.st_mtim, limit) > 0)
		return QUEUE_DUE;
	if (entry->state == SPOOL_CUR)
		return QUEUE_LEASED;
	/* Without a history nobody ever deferred it: a claim that died between
	 * setting the mtime and its rename, or a file that was copied. */
	return spool_has_history(s, entry->name) ? QUEUE_DEFERRED : QUEUE_DUE;
}

/* ---- opening and closing -------------------------------------------- */

int
queue_open(struct queue **queue, struct spool *spool, struct error *error)
{
	*queue = calloc(1, sizeof(**queue));
	if (*queue == NULL)
		return error_sys(error, ERROR_IO, "queue");
	(*queue)->spool = spool;
	return 0;
}

void
queue_close(struct queue *q)
{
	if (q == NULL)
		return;
	set_free(&q->held);
	free(q);
}

void
queue_free(struct queue *q, const char *name)
{
	set_remove(&q->held, spool_alert_byte(name));
	spool_unlock_alert(q->spool, name);
}

/* ---- the first look ------------------------------------------------- */

/* One look through the queue. */
struct look {
	struct queue *queue;
	struct timespec now;
	struct set seen;    /* alerts whose first record was met */
	struct set refused; /* alerts that another process holds */
	struct set leased;  /* alerts with a record in cur/ that is leased */
	struct queue_item *items;
	size_t max, n;
	struct queue_rest *rest;
};

static void
note_next(struct queue_rest *rest, struct timespec when)
{
	if (!rest->has_next || timestamp_compare(when, rest->next) < 0)
		rest->next = when;
	rest->has_next = true;
}

static int
no_memory(struct error *error)
{
	return error_sys(error, ERROR_IO, "no memory for the alerts that wait");
}

/*
 * Who claimed a record from a shell holds no lock while it is worked on, only
 * its lease. It was the first of its alert then; an earlier one that came in
 * since must wait for it, too.
 */
static int
find_leased(struct look *l, struct error *error)
{
	struct spool_scan *scan;
	struct spool_entry entry;
	int rc;

	set_free(&l->leased);
	if (spool_scan_open(&scan, l->queue->spool, SPOOL_IN(SPOOL_CUR),
		SPOOL_ASCENDING, error) == -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1) {
		struct timespec mtime = {0};

		/* One that is gone by now has no mtime. */
		if (queue_judge(l->queue->spool, &entry, l->now, &mtime) !=
			QUEUE_LEASED ||
		    mtime.tv_sec == 0)
			continue;
		note_next(l->rest, mtime);
		if (set_add(&l->leased, spool_alert_byte(entry.name)) == -1) {
			rc = no_memory(error);
			break;
		}
	}
	spool_scan_close(scan);
	return rc;
}

static void
judge_first(struct look *l, const struct spool_entry *entry)
{
	struct timespec mtime = {0};
	enum queue_status status =
	    queue_judge(l->queue->spool, entry, l->now, &mtime);

	if (status != QUEUE_LEASED &&
	    set_has(&l->leased, spool_alert_byte(entry->name)))
		l->rest->leased++;
	else if (status == QUEUE_DUE)
		l->items[l->n++] =
		    (struct queue_item){.entry = *entry, .mtime = mtime};
	else if (status == QUEUE_LEASED)
		l->rest->leased++;
	else
		l->rest->deferred++;
	if (status != QUEUE_DUE && mtime.tv_sec != 0)
		note_next(l->rest, mtime);
}

static int
first_look(struct look *l, struct error *error)
{
	struct spool_scan *scan;
	struct spool_entry entry;
	uint64_t alert;
	int rc = 0;

	if (find_leased(l, error) == -1 ||
	    spool_scan_open(&scan, l->queue->spool,
		SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR), SPOOL_ASCENDING,
		error) == -1)
		return -1;
	while (
	    l->n < l->max && (rc = spool_scan_next(scan, &entry, error)) == 1) {
		l->rest->seen++;
		alert = spool_alert_byte(entry.name);
		if (set_has(&l->queue->held, alert) ||
		    set_has(&l->refused, alert))
			continue;
		rc = set_add(&l->seen, alert);
		if (rc == 1)
			judge_first(l, &entry);
		else if (rc == 0)
			l->rest->behind++;
		else
			break;
	}
	l->rest->there = spool_scan_passed(scan);
	spool_scan_close(scan);
	if (l->n < l->max && rc == -1)
		return error->kind == ERROR_NONE ? no_memory(error) : -1;
	return 0;
}

/* ---- locking, and the second look ----------------------------------- */

/* Hold this item's alert: 1, 0 when another process does, -1. */
static int
hold(struct queue *q, const struct queue_item *item, struct error *error)
{
	struct error why = ERROR_INIT;
	const char *name = item->entry.name;

	if (spool_lock_alert(q->spool, name, &why) == -1) {
		if (why.kind == ERROR_BUSY)
			return 0;
		return error_set(error, why.kind, "%s", why.text);
	}
	if (set_add(&q->held, spool_alert_byte(name)) != -1)
		return 1;
	spool_unlock_alert(q->spool, name);
	return no_memory(error);
}

/* Hold the alerts of the items that can be; the others are refused. */
static int
hold_items(struct look *l, struct set *held, struct error *error)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		uint64_t alert = spool_alert_byte(l->items[i].entry.name);
		int rc = hold(l->queue, &l->items[i], error);

		if (rc == -1)
			return -1;
		if (set_add(rc == 1 ? held : &l->refused, alert) == -1)
			return no_memory(error);
		if (rc == 1)
			l->items[kept++] = l->items[i];
		else
			l->rest->busy++;
	}
	l->n = kept;
	return 0;
}

static bool
is_empty(const struct set *s)
{
	return s->n == 0 && !s->zero;
}

/* Replace the items by what is first now, and due, in the alerts of the set;
 * what was not met, or is not due, stays in the set. */
static int
second_look(struct look *l, struct set *pending, struct error *error)
{
	struct spool_scan *scan;
	struct spool_entry entry;
	size_t before;
	int rc = 0;

	if (find_leased(l, error) == -1 ||
	    spool_scan_open(&scan, l->queue->spool,
		SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR), SPOOL_ASCENDING,
		error) == -1)
		return -1;
	set_free(&l->seen);
	l->n = 0;
	while (!is_empty(pending) && l->n < l->max &&
	    (rc = spool_scan_next(scan, &entry, error)) == 1) {
		uint64_t alert = spool_alert_byte(entry.name);

		if (!set_has(pending, alert) || set_add(&l->seen, alert) != 1)
			continue;
		before = l->n;
		judge_first(l, &entry);
		if (l->n > before)
			set_remove(pending, alert);
	}
	spool_scan_close(scan);
	return rc == -1 ? -1 : 0;
}

/* Let go of the picked alerts that are still in the set. */
static void
let_go(struct queue *q, const struct queue_item *picked, size_t n,
    const struct set *pending)
{
	for (size_t i = 0; i < n; i++)
		if (set_has(pending, spool_alert_byte(picked[i].entry.name)))
			queue_free(q, picked[i].entry.name);
}

/* Look and hold until at least one alert is held, or none is left. */
static int
pick(struct look *l, struct set *held, struct error *error)
{
	do {
		l->n = 0;
		set_free(&l->seen);
		if (first_look(l, error) == -1)
			return -1;
		if (l->n == 0)
			return 0;
		if (hold_items(l, held, error) == -1)
			return -1;
	} while (l->n == 0);
	return 0;
}

/* Take of the picked alerts what is first now, and let go of the others. */
static int
confirm(struct look *l, struct set *held, struct error *error)
{
	size_t n = l->n;
	struct queue_item *picked;
	int rc;

	if (n == 0)
		return 0;
	picked = calloc(n, sizeof(*picked));
	if (picked == NULL)
		return no_memory(error);
	memcpy(picked, l->items, n * sizeof(*picked));
	rc = second_look(l, held, error);
	let_go(l->queue, picked, n, held);
	free(picked);
	return rc;
}

int
queue_take(struct queue *q, struct timespec now, size_t max,
    struct queue_item *items, size_t *n, struct queue_rest *rest,
    struct error *error)
{
	struct look look = {
	    .queue = q,
	    .now = now,
	    .items = items,
	    .max = max,
	    .rest = rest,
	};
	struct set held = SET_INIT;
	int rc;

	*rest = (struct queue_rest){0};
	rc = pick(&look, &held, error);
	if (rc == 0)
		rc = confirm(&look, &held, error);
	set_free(&held);
	set_free(&look.seen);
	set_free(&look.refused);
	set_free(&look.leased);
	*n = rc == 0 ? look.n : 0;
	return rc;
}
