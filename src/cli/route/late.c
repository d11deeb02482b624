/* SPDX-License-Identifier: ISC */
/*
 * late: records that arrive after their alert ended.
 *
 * An open that arrives after its close went to done/ could raise an alert in a queue that
 * never gets the close, because by its conditions the queue may not have wanted that. So
 * a queue that gets a record that raises an alert also gets the closes and cancels of
 * that alert in done/: for an open the later ones, for an update or acknowledge all,
 * because their TIME may be later than that of the close. They come first if the runner
 * skips superseded records, so that nothing is raised; else after it, so that no runner
 * takes the close before the open.
 */
#include "config.h"

#include <sys/stat.h>
#include <time.h>

#include "cli/records/alert_set.h"
#include "cli/route/match.h"
#include "cli/route/private.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/spool/alert_rules.h"

#define MTIME_GRAIN_S 3 /* resolution of a file system's times, and more */

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

/* Is the knowledge of done/ still valid? The directory's mtime shows it, unless it is so
 * young that a later change may have left it the same. */
static bool
knows_ended(const struct router *r, const struct stat *st)
{
	return r->knows_ended &&
	    timestamp_compare(st->st_mtim, r->done_mtime) == 0 &&
	    r->learnt_at - st->st_mtim.tv_sec > MTIME_GRAIN_S;
}

/* Find the alerts with a close or cancel in done/. Only a router moves closes there: the
 * one that works on the spool remembers its own, one that copies records by hand looks
 * again when done/ has changed. Alerts of the items are held. */
static int
learn_ended(struct router *r, struct error *error)
{
	struct stat st;

	if (r->knows_ended && r->moves)
		return 0;
	if (fstat(spool_dir(r->spool, SPOOL_DONE), &st) == -1)
		return error_sys(error, ERROR_IO, "done/");
	if (knows_ended(r, &st))
		return 0;
	number_set_free(&r->ended);
	if (spool_walk(r->spool, SPOOL_IN(SPOOL_DONE), visit_ended, r, error) ==
	    -1)
		return error->kind != ERROR_NONE
		    ? -1
		    : error_sys(error, ERROR_IO, "the alerts that ended");
	r->knows_ended = true;
	r->done_mtime = st.st_mtim;
	r->learnt_at = time(NULL);
	return 0;
}

/* Does this target get this record, given that it wants the item? */
static bool
takes(const struct target *t, const struct name_view *name,
    enum router_copies copies)
{
	bool skips = queue_skips_superseded(t->settings);

	return copies == COPY_ITEMS ||
	    (match_event(t->settings, name->transition) &&
		skips == (copies == COPY_ENDS_BEFORE));
}

static int
add_copy(struct router *r, const struct target *t, const char *name,
    const struct buf *text, struct error *error)
{
	struct error why = ERROR_INIT;
	int rc = spool_batch_add(&r->batch, t->spool, name, text, &why);

	if (rc != -1)
		return rc;
	error_prefix(&why, "queue %s: ", t->settings->name);
	return error_take(error, &why);
}

int
router_copy(struct router *r, size_t item, const struct spool_entry *entry,
    enum router_copies copies, struct error *error)
{
	struct buf text = BUF_INIT;
	struct name_view view;
	int rc = 0;

	if (!name_parse(entry->name, &view))
		return 0;
	for (size_t i = 0; i < r->n && rc != -1; i++) {
		struct target *t = &r->target[i];

		if (!*router_wanted(r, item, i) || !takes(t, &view, copies))
			continue;
		if (text.len == 0)
			rc = spool_read(r->spool, entry->state, entry->name,
			    &text, NULL, error);
		if (rc != -1)
			rc = add_copy(r, t, entry->name, &text, error);
		t->routed += rc == 1;
		r->counts.copies += rc == 1;
	}
	buf_free(&text);
	return rc == -1 ? -1 : 0;
}

struct late {
	struct router *router;
	enum router_copies copies;
	struct alert_set
	    raised; /* Does an item raise an alert that has ended, judging by done/? */
	struct error *error;
};

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
	return router_copy(late->router, raised->number, &entry, late->copies,
	    late->error);
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

static int
copy_late(struct router *r, enum router_copies copies, struct error *error)
{
	struct late late = {r, copies, ALERT_SET_INIT, error};
	int rc = 0;

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

int
router_copy_items(struct router *r, struct error *error)
{
	if (learn_ended(r, error) == -1 ||
	    copy_late(r, COPY_ENDS_BEFORE, error) == -1)
		return -1;
	for (size_t i = 0; i < r->items; i++)
		if (r->fate[i] == FATE_ROUTED &&
		    router_copy(r, i, &r->item[i].entry, COPY_ITEMS, error) ==
			-1)
			return -1;
	if (copy_late(r, COPY_ENDS_AFTER, error) == -1)
		return -1;
	return spool_batch_commit(&r->batch, error);
}
