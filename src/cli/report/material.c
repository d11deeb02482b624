/* SPDX-License-Identifier: ISC */
/*
 * material: names show which alerts are open and which ended in these days; the newest
 * record of each is read once to judge it, and those on the page once more to print them.
 * The content of records is not kept.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/atlas/state.h"
#include "cli/report/material.h"
#include "lib/base/error.h"
#include "lib/settings/atlas.h"
#include "lib/settings/settings.h"

/* ---- repeated openings -------------------------------------------------- */

/* What and where the record in the view is about, as a number. */
static uint64_t
place_of(struct material *m)
{
	static const char *const projects[] = {"alert.project.id",
	    "alert.project.name", NULL};
	static const char *const what[] = {"alert.metric.name",
	    "alert.event_type", NULL};
	const char *type = record_view_first(&m->view, what);
	const char *project = record_view_first(&m->view, projects);
	struct buf where = BUF_INIT;

	record_view_where(&m->view, &where);
	buf_reset(&m->text);
	buf_adds(&m->text, type != NULL ? type : "");
	buf_addc(&m->text, '\0');
	buf_adds(&m->text, project != NULL ? project : "");
	buf_addc(&m->text, '\0');
	buf_add(&m->text, where.data, where.len);
	m->text.failed = m->text.failed || where.failed;
	buf_free(&where);
	return keyed_hash(&m->key, m->text.data, m->text.len);
}

/* The alert in the view opened; number is that of its fold. */
static int
add_opening(struct material *m, const struct alert_shown *a, size_t number,
    struct error *error)
{
	const struct fold_time begin = fold_begin(&a->fold, a->names);
	struct repeats_opening o = {.at = begin.at, .alert = number};

	if (!begin.set || begin.at < m->first || m->view.record == NULL)
		return 0;
	o.place = place_of(m);
	if (buf_check(&m->text, error) == -1)
		return -1;
	return repeats_add(&m->repeats, &o, error);
}

/* ---- alerts ---------------------------------------------------------- */

int
material_read(struct material *m, struct alert_shown *a)
{
	struct error unread = ERROR_INIT;
	int rc =
	    fold_read(&a->fold, a->names, &m->view, m->spool, m->now, &unread);

	m->lost = m->lost || unread.sys == ENOMEM;
	return rc;
}

static bool
is_ended(enum fold_state state)
{
	return state == FOLD_CLOSED || state == FOLD_CANCELLED;
}

static int
add_alert(struct material *m, size_t number, struct error *error)
{
	struct alert_shown a = {.names = &m->index.fold[number]};
	int rc = material_read(m, &a);

	if (rc == 0)
		return 0;
	m->unread += rc == -1;
	if (is_ended(a.fold.state)) {
		m->ended[m->nended++] = a;
	} else {
		tally_add(&m->tally, &a.fold);
		m->silent += a.fold.silent;
		m->open[m->nopen++] = a;
	}
	return add_opening(m, &a, number, error);
}

static int
read_alerts(struct material *m, struct error *error)
{
	const struct alert_index_wish wish = {
	    .states = ALERT_INDEX_IN(ALERT_INDEX_OPEN) |
		ALERT_INDEX_IN(ALERT_INDEX_CLOSED) |
		ALERT_INDEX_IN(ALERT_INDEX_CANCELLED),
	    .has_since = true,
	    .since = m->first,
	    .most = MATERIAL_ENDED,
	};
	struct alert_index *x = &m->index;

	if (getrandom(&m->key, sizeof(m->key), 0) != (ssize_t)sizeof(m->key))
		return error_sys(error, ERROR_UNAVAILABLE, "random numbers");
	if (alert_index_read(x, m->spool, &wish, error) == -1)
		return -1;
	m->open = calloc(x->n + 1, sizeof(*m->open));
	m->ended = calloc(x->n + 1, sizeof(*m->ended));
	if (m->open == NULL || m->ended == NULL)
		return error_sys(error, ERROR_IO, "%zu alerts", x->n);
	m->tally.without_id = x->without_id;
	for (size_t i = 0; i < x->n; i++)
		if (x->fold[i].records > 0 && add_alert(m, i, error) == -1)
			return -1;
	qsort(m->open, m->nopen, sizeof(*m->open), alert_order);
	return repeats_find(&m->repeats, error);
}

/* ---- bars ------------------------------------------------------------- */

bool
material_span(const struct material *m, const struct alert_shown *a,
    time_t *from, time_t *to)
{
	const struct fold_time begin = fold_begin(&a->fold, a->names);

	*to = !is_ended(a->fold.state) ? m->now
	    : a->fold.ended.set	       ? a->fold.ended.at
				       : a->fold.last.at;
	*from = begin.set ? begin.at : *to;
	if (*from > *to)
		*from = *to;
	if (*to < m->first || *from > m->now)
		return false;
	if (*from < m->first)
		*from = m->first;
	if (*to > m->now)
		*to = m->now;
	return true;
}

/* The worst first, then open ones, then the newest. */
static int
compare_bars(const void *left, const void *right)
{
	const struct alert_shown *a =
	    ((const struct material_bar *)left)->alert;
	const struct alert_shown *b =
	    ((const struct material_bar *)right)->alert;
	const bool ended = is_ended(a->fold.state);

	if (a->fold.rank != b->fold.rank)
		return a->fold.rank < b->fold.rank ? -1 : 1;
	if (ended != is_ended(b->fold.state))
		return ended ? 1 : -1;
	return name_compare(b->names->newest.name, a->names->newest.name);
}

static int
choose_bars(struct material *m, struct error *error)
{
	time_t from, to;

	m->bar = calloc(m->nopen + m->nended + 1, sizeof(*m->bar));
	if (m->bar == NULL)
		return error_sys(error, ERROR_IO, "bars");
	for (size_t i = 0; i < m->nopen; i++)
		if (material_span(m, &m->open[i], &from, &to))
			m->bar[m->nbars++].alert = &m->open[i];
	for (size_t i = 0; i < m->nended; i++)
		if (material_span(m, &m->ended[i], &from, &to))
			m->bar[m->nbars++].alert = &m->ended[i];
	qsort(m->bar, m->nbars, sizeof(*m->bar), compare_bars);
	return 0;
}

/* ---- records ---------------------------------------------------------- */

static size_t
lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int
read_deliveries(struct material *m, struct error *error)
{
	const size_t rows = lesser(m->nopen, MATERIAL_ROWS);
	const size_t bars = lesser(m->nbars, MATERIAL_BARS);
	struct deliveries *d = &m->deliveries;

	if (deliveries_begin(d, m->first, m->days, rows + bars, error) == -1)
		return -1;
	for (size_t i = 0; i < rows; i++)
		if (deliveries_want(d, m->open[i].names->newest.name, error) ==
		    -1)
			return -1;
	for (size_t i = 0; i < bars; i++)
		if (deliveries_want(d, m->bar[i].alert->names->newest.name,
			error) == -1)
			return -1;
	return deliveries_read(d, m->spool, error);
}

static int
read_states(struct material *m, struct error *error)
{
	for (int i = 0; i < SPOOL_STATES; i++)
		if (i != SPOOL_DONE &&
		    depth_read(m->spool, (enum spool_state)i, &m->depth[i],
			error) == -1)
			return -1;
	if (overdue_read(&m->waiting, m->spool, SPOOL_NEW, OVERDUE_WAITING,
		error) == -1)
		return -1;
	return overdue_read(&m->running, m->spool, SPOOL_CUR, OVERDUE_WAITING,
	    error);
}

static void
read_counters(struct material *m)
{
	int fd = metrics_open_read(spool_root(m->spool));

	metrics_read(fd, &m->counters);
	if (fd != -1)
		close(fd);
}

/* ---- other data ---------------------------------------------------------- */

static int
read_queues(struct material *m, struct error *error)
{
	if (queue_list_open(&m->queue, m->spool, m->settings->directory,
		m->queues, SPOOL_READ, error) == -1 ||
	    queue_states_read(&m->queue_state, &m->queue, error) == -1)
		return -1;
	m->queue_results = calloc(m->queue.n + 1, sizeof(*m->queue_results));
	if (m->queue_results == NULL)
		return error_sys(error, ERROR_IO, "%zu queues", m->queue.n);
	for (size_t i = 0; i < m->queue.n; i++)
		if (m->queue.entry[i].spool != NULL &&
		    deliveries_results_read(&m->queue_results[i],
			m->queue.entry[i].spool, m->first, error) == -1)
			return -1;
	return 0;
}

/* When each project of a section last succeeded: the earliest. False if one never did. */
static bool
read_section(struct material *m, const struct atlas_section *section)
{
	struct state state = STATE_INIT;
	struct error why = ERROR_INIT;
	bool all =
	    state_read(&state, spool_root(m->spool), section->name, &why) == 0;
	time_t t;

	for (size_t i = 0; i < section->nprojects && all; i++) {
		all = state_succeeded(&state, section->project[i], &t);
		if (all && (!m->reconciled.set || t < m->reconciled.at))
			m->reconciled = (struct fold_time){true, t};
	}
	state_free(&state);
	return all;
}

static void
read_reconciles(struct material *m)
{
	struct atlas_settings all = ATLAS_SETTINGS_INIT;
	struct error why = ERROR_INIT;

	if (atlas_settings_load(&all, m->settings, &why) == -1)
		return;
	for (size_t i = 0; i < all.n; i++)
		if (!read_section(m, &all.section[i])) {
			m->reconciled = (struct fold_time){.set = false};
			break;
		}
	atlas_settings_free(&all);
}

int
material_gather(struct material *m, struct error *error)
{
	if (read_alerts(m, error) == -1 || choose_bars(m, error) == -1 ||
	    read_deliveries(m, error) == -1 || read_states(m, error) == -1 ||
	    read_queues(m, error) == -1)
		return -1;
	read_counters(m);
	read_reconciles(m);
	return tally_read(&m->tally, m->spool, m->settings, error);
}

void
material_free(struct material *m)
{
	alert_index_free(&m->index);
	free(m->open);
	free(m->ended);
	free(m->bar);
	repeats_free(&m->repeats);
	deliveries_free(&m->deliveries);
	queue_list_close(&m->queue);
	free(m->queue_state);
	free(m->queue_results);
	record_view_free(&m->view);
	buf_free(&m->text);
}
