/* SPDX-License-Identifier: ISC */
/*
 * queue: a look reads the names of new/ and cur/ once, in no order, and keeps the first
 * record of each alert, for the alerts that come first. Taking means locking and then
 * looking:
 *
 *	lock some alerts, without waiting, whose first record was due at the
 *	look before
 *	look
 *	of the locked alerts, take the first record now, if it is due;
 *	free the others
 *
 * Between the looks an earlier record may have come in, or the first one may have gone:
 * only the look under the lock is reliable. It also serves as the look before of the next
 * take, so that each take costs one look. Only if there was none before, or too long ago,
 * an additional look comes first, with nothing locked.
 *
 * A record that was claimed from a shell has only a lease, and no lock is held during the
 * work. It was the first of its alert then; an earlier one that came in since must wait
 * for it, too. So a lease in cur/ holds back its whole alert.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/error.h"
#include "lib/base/number_set.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_heads.h"
#include "lib/spool/queue.h"

#define WINDOW_MIN 256 /* alerts that one look keeps */
#define WINDOW_MAX 65536
#define WINDOW_GROWTH 4

struct queue {
	struct spool *spool;
	struct number_set held;	   /* alerts, by their byte in the lock file */
	struct alert_heads window; /* of the last look */
	size_t there;		   /* records there were at that look */
	bool more; /* and more alerts that could have been taken */
};

int
queue_judge(const struct spool *s, const struct spool_entry *entry,
    struct timespec now, enum queue_status *status, struct timespec *mtime,
    struct error *error)
{
	struct timespec limit = now;
	struct stat st;
	int rc = spool_stat(s, entry->state, entry->name, &st, error);

	limit.tv_sec += QUEUE_AHEAD_MAX;
	*status = QUEUE_LEASED;
	*mtime = rc == 1 ? st.st_mtim : (struct timespec){0};
	if (rc != 1)
		return rc;
	if (timestamp_compare(st.st_mtim, now) <= 0 ||
	    timestamp_compare(st.st_mtim, limit) > 0) {
		*status = QUEUE_DUE;
		return 0;
	}
	if (entry->state == SPOOL_CUR)
		return 0;
	/* Without a history nobody deferred it: a claim died between setting the mtime
	 * and its rename, or the file was copied. */
	rc = spool_has_history(s, entry->name, error);
	*status = rc == 1 ? QUEUE_DEFERRED : QUEUE_DUE;
	return rc == -1 ? -1 : 0;
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
	alert_heads_free(&q->window);
	number_set_free(&q->held);
	free(q);
}

void
queue_free(struct queue *q, const char *name)
{
	number_set_remove(&q->held, spool_alert_byte(name));
	spool_unlock_alert(q->spool, name);
}

/* ---- looking -------------------------------------------------------- */

/* One take. */
struct take {
	struct queue *queue;
	struct timespec now;
	const struct queue_wish *wish;
	bool fresh;		  /* the window is from this take */
	size_t most;		  /* alerts that the next look keeps */
	struct number_set passed; /* alerts that cannot be taken */
	struct number_set
	    leased; /* alerts with a record in cur/ that is leased */
	struct number_set
	    pending; /* alerts that were locked after the last look */
	struct queue_item *items;
	size_t n;
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

/* A lease also holds back the other records of its alert. */
static int
note_lease(struct take *t, const char *name, struct error *error)
{
	struct spool_entry entry = {.state = SPOOL_CUR};
	enum queue_status status;
	struct timespec mtime;

	memcpy(entry.name, name, strlen(name) + 1);
	if (queue_judge(t->queue->spool, &entry, t->now, &status, &mtime,
		error) == -1)
		return -1;
	/* A record that is gone by now has no mtime. */
	if (status != QUEUE_LEASED || mtime.tv_sec == 0)
		return 0;
	note_next(t->rest, mtime);
	if (number_set_add(&t->leased, spool_alert_byte(name)) == -1)
		return no_memory(error);
	return 0;
}

struct visit {
	struct take *take;
	struct error *error;
};

static int
visit(void *context, const char *name, enum spool_state state)
{
	const struct visit *v = context;
	struct queue *q = v->take->queue;
	int rc = alert_heads_add(&q->window, name, state, v->error);

	if (rc == -1)
		return -1;
	q->there += (size_t)rc;
	if (state == SPOOL_CUR && name_parse(name, NULL))
		return note_lease(v->take, name, v->error);
	return 0;
}

/* Alerts that are held already need a place in the window, too. */
static int
look_at_names(struct take *t, struct error *error)
{
	struct queue *q = t->queue;
	struct visit v = {t, error};

	q->there = 0;
	number_set_free(&t->leased);
	alert_heads_begin(&q->window, t->most + q->held.n, &t->passed);
	if (spool_walk(q->spool, SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR),
		visit, &v, error) == -1)
		return -1;
	alert_heads_end(&q->window);
	t->fresh = true;
	t->rest->there = q->there;
	return 0;
}

/* ---- locking -------------------------------------------------------- */

/* Lock an alert: 1, 0 when another process has it, -1. */
static int
hold(struct queue *q, const char *name, uint64_t alert, struct error *error)
{
	struct error why = ERROR_INIT;

	if (spool_lock_alert(q->spool, name, &why) == -1) {
		if (why.kind == ERROR_BUSY)
			return 0;
		return error_take(error, &why);
	}
	if (number_set_add(&q->held, alert) != -1)
		return 1;
	spool_unlock_alert_byte(q->spool, alert);
	return no_memory(error);
}

/* Skip this alert: count why, and leave it out of later steps. */
static int
pass_by(struct take *t, uint64_t alert, size_t *counter, struct error *error)
{
	int rc = number_set_add(&t->passed, alert);

	if (rc == 1)
		++*counter;
	return rc == -1 ? no_memory(error) : 0;
}

/* May the first record of an alert be taken now: 1; 0 and the counter of the reason; -1. */
static int
is_due(struct take *t, const struct alert_head *head, uint64_t alert,
    struct timespec *mtime, size_t **counter, struct error *error)
{
	enum queue_status status;

	if (queue_judge(t->queue->spool, &head->entry, t->now, &status, mtime,
		error) == -1)
		return -1;
	*counter = &t->rest->leased;
	if (status == QUEUE_DEFERRED)
		*counter = &t->rest->deferred;
	if (status != QUEUE_DUE && mtime->tv_sec != 0)
		note_next(t->rest, *mtime);
	if (status != QUEUE_LEASED && number_set_has(&t->leased, alert)) {
		*counter = &t->rest->leased;
		return 0;
	}
	return status == QUEUE_DUE;
}

/* Lock the alert of this head, if it is due: 0 or -1. An earlier look proves nothing
 * about alerts that are not due. */
static int
lock_head(struct take *t, const struct alert_head *head, struct error *error)
{
	uint64_t alert = spool_alert_byte(head->entry.name);
	struct timespec mtime;
	size_t *counter;
	int rc;

	if (number_set_has(&t->queue->held, alert))
		return 0;
	rc = is_due(t, head, alert, &mtime, &counter, error);
	if (rc == -1)
		return -1;
	if (rc == 1) {
		rc = hold(t->queue, head->entry.name, alert, error);
		if (rc == 1 && number_set_add(&t->pending, alert) == -1)
			return no_memory(error);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		counter = &t->rest->busy;
	}
	return t->fresh ? pass_by(t, alert, counter, error) : 0;
}

static size_t
wanted(const struct take *t)
{
	const struct queue_wish *wish = t->wish;
	size_t n = wish->least;

	if (wish->share != 0)
		n += t->queue->there / wish->share;
	return n < wish->most ? n : wish->most;
}

/* Lock alerts that were due at the look before, as many as wanted. */
static int
lock_some(struct take *t, struct error *error)
{
	const struct alert_heads *window = &t->queue->window;
	size_t want = wanted(t);

	for (size_t i = 0; i < window->n && t->pending.n < want; i++)
		if (lock_head(t, &window->head[i], error) == -1)
			return -1;
	return 0;
}

/* ---- taking --------------------------------------------------------- */

static int
take_head(struct take *t, const struct alert_head *head, struct error *error)
{
	uint64_t alert = spool_alert_byte(head->entry.name);
	bool pending = number_set_has(&t->pending, alert);
	struct timespec mtime;
	size_t *counter;
	int rc;

	if (!pending && number_set_has(&t->queue->held, alert))
		return 0;
	t->rest->behind += head->records - 1;
	if (!pending)
		return 0;
	rc = is_due(t, head, alert, &mtime, &counter, error);
	if (rc != 1)
		return rc == 0 ? pass_by(t, alert, counter, error) : -1;
	t->items[t->n++] =
	    (struct queue_item){.entry = head->entry, .mtime = mtime};
	number_set_remove(&t->pending, alert);
	return 0;
}

/* Unlock alerts that were locked and not taken. No alert's byte is 0, for which a set has
 * no slot. */
static void
let_go(struct take *t)
{
	for (size_t i = 0; i < t->pending.size; i++) {
		uint64_t alert = t->pending.slots[i];

		if (alert == 0)
			continue;
		number_set_remove(&t->queue->held, alert);
		spool_unlock_alert_byte(t->queue->spool, alert);
	}
	number_set_free(&t->pending);
}

/* Of the locked alerts, take the record that is first now, if it is due. */
static int
take_some(struct take *t, struct error *error)
{
	const struct alert_heads *window = &t->queue->window;

	t->rest->behind = 0;
	if (window->excepted > t->passed.n)
		t->rest->behind = window->excepted - t->passed.n;
	for (size_t i = 0; i < window->n; i++)
		if (take_head(t, &window->head[i], error) == -1)
			return -1;
	let_go(t);
	return 0;
}

/* Everything in the window is skipped, and there is more after it. */
static void
widen(struct take *t)
{
	if (t->most < WINDOW_MAX / WINDOW_GROWTH)
		t->most *= WINDOW_GROWTH;
	else
		t->most = WINDOW_MAX;
}

static int
take(struct take *t, struct error *error)
{
	for (;;) {
		if (lock_some(t, error) == -1)
			return -1;
		if (t->pending.n == 0 && t->fresh) {
			if (!t->queue->window.cut)
				return 0;
			widen(t);
		}
		if (look_at_names(t, error) == -1 || take_some(t, error) == -1)
			return -1;
		if (t->n > 0)
			return 0;
	}
}

int
queue_take(struct queue *q, struct timespec now, const struct queue_wish *wish,
    struct queue_item *items, size_t *n, struct queue_rest *rest,
    struct error *error)
{
	struct take t = {
	    .queue = q,
	    .now = now,
	    .wish = wish,
	    .most = wish->most > WINDOW_MIN ? wish->most : WINDOW_MIN,
	    .items = items,
	    .rest = rest,
	};
	int rc;

	*rest = (struct queue_rest){0};
	if (!q->more)
		q->window.n = 0;
	rc = take(&t, error);
	let_go(&t);
	while (rc == -1 && t.n > 0)
		queue_free(q, items[--t.n].entry.name);
	q->more = rc == 0 && t.n >= wanted(&t);
	number_set_free(&t.passed);
	number_set_free(&t.leased);
	*n = t.n;
	return rc;
}
