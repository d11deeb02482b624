/* SPDX-License-Identifier: ISC */
/*
 * wanted: which queues want the records of a look.
 *
 * A queue that has a record of an alert, in any state, gets its later records, too,
 * whatever their severity or project; only the event is checked again. So an incident
 * that a queue opened is closed there. For that the names in the queue are read once, for
 * all alerts in question, while their locks in the queue are held: otherwise a record
 * that a runner moves back to new/ meanwhile could be missed. If another process works on
 * an alert there, it has records there.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/records/alert_set.h"
#include "cli/records/record_view.h"
#include "cli/route/match.h"
#include "cli/route/private.h"
#include "lib/base/error.h"

/* A target, and the items whose alerts it may have. */
struct doubt {
	struct router *router;
	size_t target;
	struct alert_set alerts; /* numbers are items */
	bool *held;		 /* owned: for each item */
};

bool *
router_wanted(struct router *r, size_t item, size_t target)
{
	return &r->wanted[item * r->n + target];
}

/* ---- the names in a queue -------------------------------------------- */

static int
visit(void *context, const char *name, enum spool_state state)
{
	struct doubt *d = context;
	const struct alert_set_entry *entry;
	struct name_view view;

	(void)state;
	if (!name_parse(name, &view))
		return 0;
	entry = alert_set_find(&d->alerts, &view);
	if (entry != NULL)
		*router_wanted(d->router, entry->number, d->target) = true;
	return 0;
}

/* Hold the alerts in the queue; one that another process holds is wanted. 0 or -1. */
static int
hold_alerts(struct doubt *d, struct error *error)
{
	struct spool *queue = d->router->target[d->target].spool;

	for (size_t i = 0; i < d->alerts.n; i++) {
		const struct alert_set_entry *e = &d->alerts.entry[i];
		struct error why = ERROR_INIT;

		if (spool_lock_alert(queue, e->name, &why) == 0)
			d->held[e->number] = true;
		else if (why.kind == ERROR_BUSY)
			*router_wanted(d->router, e->number, d->target) = true;
		else
			return error_take(error, &why);
	}
	return 0;
}

static int
ask_names(struct doubt *d, bool locks, struct error *error)
{
	struct router *r = d->router;
	struct spool *queue = r->target[d->target].spool;
	int rc = 0;

	if (d->alerts.n == 0 || queue == NULL)
		return 0;
	if (locks)
		rc = hold_alerts(d, error);
	if (rc == 0)
		rc = spool_walk(queue, SPOOL_ANYWHERE & ~SPOOL_IN(SPOOL_BAD),
		    visit, d, error);
	for (size_t i = 0; i < r->items; i++)
		if (d->held[i])
			spool_unlock_alert(queue, r->item[i].entry.name);
	return rc;
}

/* ---- records ----------------------------------------------------------- */

/* A preview copies nothing, so it remembers what it would have copied. */
static bool
was_given(const struct target *t, const char *name)
{
	return t->given.n > 0 &&
	    number_set_has(&t->given, spool_alert_byte(name));
}

static int
decide_target(struct router *r, size_t target, bool locks, struct error *error)
{
	bool held[ROUTER_LOOK_MAX] = {false};
	struct doubt d = {r, target, ALERT_SET_INIT, held};
	const struct target *t = &r->target[target];
	int rc = 0;

	for (size_t i = 0; i < r->items && rc == 0; i++) {
		const char *name = r->item[i].entry.name;
		struct name_view view;

		if (r->fate[i] != FATE_ROUTED || *router_wanted(r, i, target) ||
		    !name_parse(name, &view) ||
		    !match_event(t->settings, view.transition))
			continue;
		if (was_given(t, name))
			*router_wanted(r, i, target) = true;
		else if (alert_set_add(&d.alerts, name, i) == -1)
			rc = error_sys(error, ERROR_IO, "%s", name);
	}
	if (rc == 0)
		rc = ask_names(&d, locks, error);
	alert_set_free(&d.alerts);
	return rc;
}

/* By the conditions alone. An invalid record is buried, a missing one ignored. */
static int
match_item(struct router *r, size_t item, struct record_view *view,
    struct error *error)
{
	struct error why = ERROR_INIT;

	r->fate[item] = FATE_ROUTED;
	if (record_view_read(view, r->spool, &r->item[item].entry, &why) ==
	    -1) {
		r->fate[item] =
		    why.kind == ERROR_NOT_FOUND ? FATE_GONE : FATE_BURIED;
		if (why.kind != ERROR_NOT_FOUND && why.kind != ERROR_INPUT)
			return error_take(error, &why);
		return 0;
	}
	for (size_t i = 0; i < r->n; i++)
		*router_wanted(r, item, i) =
		    match_all(r->target[i].settings, view);
	return 0;
}

int
router_decide(struct router *r, bool locks, struct error *error)
{
	struct record_view view = RECORD_VIEW_INIT;
	int rc = 0;

	memset(r->wanted, 0, sizeof(*r->wanted) * ROUTER_LOOK_MAX * r->n);
	for (size_t i = 0; i < r->items && rc == 0; i++)
		rc = match_item(r, i, &view, error);
	record_view_free(&view);
	for (size_t i = 0; i < r->n && rc == 0; i++)
		rc = decide_target(r, i, locks, error);
	return rc;
}
