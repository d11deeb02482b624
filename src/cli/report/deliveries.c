/* SPDX-License-Identifier: ISC */
/* deliveries: looks up every name among the wanted alerts. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report/deliveries.h"
#include "lib/base/error.h"

int
deliveries_begin(struct deliveries *d, time_t first, size_t days, size_t alerts,
    struct error *error)
{
	*d = (struct deliveries){.first = first, .days = days};
	d->of = calloc(alerts > 0 ? alerts : 1, sizeof(*d->of));
	return d->of != NULL
	    ? 0
	    : error_sys(error, ERROR_IO, "deliveries of %zu alerts", alerts);
}

int
deliveries_want(struct deliveries *d, const char *name, struct error *error)
{
	return alert_set_add(&d->wanted, name, d->wanted.n) == 0
	    ? 0
	    : error_sys(error, ERROR_IO, "%zu alerts", d->wanted.n);
}

/* If an alert was added twice, always the same entry. */
static struct deliveries_of *
find(struct deliveries *d, const struct name_view *view)
{
	const struct alert_set_entry *e = alert_set_find(&d->wanted, view);

	return e != NULL ? &d->of[e->number] : NULL;
}

/* ---- the pass -------------------------------------------------------- */

/* Insert in order, dropping the first of too many. A record that is moved meanwhile may
 * be found twice. */
static void
insert(struct deliveries_of *of, const char *name, enum spool_state state)
{
	struct spool_entry *last = of->last;
	size_t i = of->n;
	int order = 1;

	/* Of an alert with many records nearly all are too old. */
	if (of->n == DELIVERIES_LAST && name_compare(name, last[0].name) < 0)
		return;
	while (i > 0 && (order = name_compare(name, last[i - 1].name)) < 0)
		i--;
	if (i > 0 && order == 0) {
		last[i - 1].state = state;
		return;
	}
	if (of->n == DELIVERIES_LAST) {
		memmove(last, last + 1, --i * sizeof(*last));
	} else {
		memmove(last + i + 1, last + i, (of->n++ - i) * sizeof(*last));
	}
	name_copy(last[i].name, name);
	last[i].state = state;
}

static void
add_result(struct deliveries_results *r, const char *name,
    enum spool_state state, bool in_these_days)
{
	if (state == SPOOL_DEAD)
		r->dead += in_these_days;
	if (state != SPOOL_DONE)
		return;
	r->done += in_these_days;
	insert(&r->last_done, name, state);
}

static int
visit(void *context, const char *name, enum spool_state state)
{
	struct deliveries *d = context;
	struct deliveries_of *of;
	struct name_view view;

	if (!name_parse(name, &view))
		return 0;
	d->state[state]++;
	add_result(&d->results, name, state,
	    view.has_time && view.time >= d->first);
	if (state == SPOOL_BAD)
		return 0;
	if (view.has_time && view.time >= d->first &&
	    (size_t)(view.time - d->first) / DELIVERIES_DAY < d->days)
		d->day[(view.time - d->first) / DELIVERIES_DAY]++;
	of = find(d, &view);
	if (of != NULL)
		insert(of, name, state);
	return 0;
}

int
deliveries_read(struct deliveries *d, const struct spool *spool,
    struct error *error)
{
	return spool_walk(spool, SPOOL_ANYWHERE, visit, d, error);
}

const struct deliveries_of *
deliveries_find(struct deliveries *d, const char *name)
{
	struct name_view view;

	return name_parse(name, &view) ? find(d, &view) : NULL;
}

void
deliveries_free(struct deliveries *d)
{
	alert_set_free(&d->wanted);
	free(d->of);
	*d = (struct deliveries){.of = NULL};
}

/* ---- what is done and dead ------------------------------------------- */

struct results_pass {
	struct deliveries_results *results;
	time_t first;
};

static int
visit_result(void *context, const char *name, enum spool_state state)
{
	const struct results_pass *p = context;
	struct name_view view;

	if (name_parse(name, &view))
		add_result(p->results, name, state,
		    view.has_time && view.time >= p->first);
	return 0;
}

int
deliveries_results_read(struct deliveries_results *r, const struct spool *spool,
    time_t first, struct error *error)
{
	struct results_pass p = {r, first};

	*r = (struct deliveries_results){.done = 0};
	return spool_walk(spool, SPOOL_IN(SPOOL_DONE) | SPOOL_IN(SPOOL_DEAD),
	    visit_result, &p, error);
}

bool
deliveries_last_done(const struct deliveries_results *r,
    const struct spool *spool, time_t *t)
{
	struct error gone = ERROR_INIT;
	bool found = false;
	struct stat st;

	for (size_t i = 0; i < r->last_done.n; i++)
		if (spool_stat(spool, SPOOL_DONE, r->last_done.last[i].name,
			&st, &gone) == 1 &&
		    (!found || st.st_mtime > *t)) {
			found = true;
			*t = st.st_mtime;
		}
	return found;
}
