/* SPDX-License-Identifier: ISC */
/*
 * late: records that come after their alert ended.
 *
 * An open that comes late, after its close went to done/, could raise an alert in a queue
 * that never gets the close: by its own conditions the queue may not have wanted that.
 * So a queue that is given what raises an alert is also given the closes and cancels of
 * that alert in done/, those first: of an open the later ones, of an update or
 * acknowledge all, since TIME of those may be later than that of the close.
 */
#include "config.h"

#include "cli/records/alert_set.h"
#include "cli/route/match.h"
#include "cli/route/private.h"
#include "lib/base/error.h"
#include "lib/spool/alert_rules.h"

static int
visit_ended(void *context, const char *name, enum spool_state state)
{
	struct router *r = context;
	struct name_view view;

	(void)state;
	if (!name_parse(name, &view) || !alert_is_end(view.transition))
		return 0;
	return number_set_add(&r->ended, spool_alert_byte(name)) == -1 ? -1 : 0;
}

/* The alerts with a close or cancel in done/: all names are read once, and from then on
 * this router knows, who moves them there. */
static int
learn_ended(struct router *r, struct error *error)
{
	if (r->knows_ended)
		return 0;
	if (spool_walk(r->spool, SPOOL_IN(SPOOL_DONE), visit_ended, r, error) ==
	    -1)
		return error->kind != ERROR_NONE
		    ? -1
		    : error_sys(error, ERROR_IO, "the alerts that ended");
	r->knows_ended = true;
	return 0;
}

struct late {
	struct router *router;
	struct alert_set raised; /* numbers are items */
	struct error *error;
};

/* Copy a record, as it lies in this state, to the queues that want an item of its alert
 * and its event. */
int
router_copy(struct router *r, size_t item, const struct spool_entry *entry,
    struct error *error)
{
	struct buf text = BUF_INIT;
	struct name_view view;
	int rc = 0;

	if (!name_parse(entry->name, &view))
		return 0;
	for (size_t i = 0; i < r->n && rc != -1; i++) {
		struct target *t = &r->target[i];

		if (!*router_wanted(r, item, i) ||
		    !match_event(t->settings, view.transition))
			continue;
		if (text.len == 0)
			rc = spool_read(r->spool, entry->state, entry->name,
			    &text, NULL, error);
		if (rc != -1)
			rc = spool_batch_add(&r->batch, t->spool, entry->name,
			    &text, error);
		t->routed += rc == 1;
		r->counts.copies += rc == 1;
	}
	buf_free(&text);
	return rc == -1 ? -1 : 0;
}

static int
visit_late(void *context, const char *name, enum spool_state state)
{
	struct late *late = context;
	const struct alert_set_entry *raised;
	struct spool_entry entry = {.state = state};
	struct name_view view;

	if (!name_parse(name, &view) || !alert_is_end(view.transition))
		return 0;
	raised = alert_set_find(&late->raised, &view);
	if (raised == NULL ||
	    (raised->view.transition == TRANSITION_OPEN &&
		name_compare(name, raised->name) < 0))
		return 0;
	name_copy(entry.name, name);
	return router_copy(late->router, raised->number, &entry, late->error);
}

/* Does an item raise an alert that ended, by what is in done/? */
static bool
is_late(const struct router *r, size_t item)
{
	const char *name = r->item[item].entry.name;
	struct name_view view;

	return r->fate[item] == FATE_ROUTED && name_parse(name, &view) &&
	    alert_is_opening(view.transition) &&
	    number_set_has(&r->ended, spool_alert_byte(name));
}

int
router_copy_late(struct router *r, struct error *error)
{
	struct late late = {r, ALERT_SET_INIT, error};
	int rc = learn_ended(r, error);

	for (size_t i = 0; i < r->items && rc == 0; i++)
		if (is_late(r, i) &&
		    alert_set_add(&late.raised, r->item[i].entry.name, i) == -1)
			rc = error_sys(error, ERROR_IO, "%zu alerts", i);
	if (rc == 0 && late.raised.n > 0)
		rc = spool_walk(r->spool, SPOOL_IN(SPOOL_DONE), visit_late,
		    &late, error);
	alert_set_free(&late.raised);
	return rc;
}
