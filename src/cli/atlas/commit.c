/* SPDX-License-Identifier: ISC */
/* commit: makes all records, locks all alerts, looks once, writes the records that are
 * still needed, unlocks. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "cli/alerts/fold.h"
#include "cli/atlas/commit.h"
#include "cli/atlas/known.h"
#include "cli/atlas/look.h"
#include "cli/records/record_view.h"
#include "lib/base/error.h"
#include "lib/json/write.h"
#include "lib/settings/settings.h"
#include "lib/spool/alert_rules.h"
#include "lib/spool/record_key.h"

enum transition
commit_acknowledgement(time_t there, time_t here, time_t now)
{
	if (there > now)
		return there == here ? TRANSITION_UNKNOWN
				     : TRANSITION_ACKNOWLEDGE;
	return here > now ? TRANSITION_UPDATE : TRANSITION_UNKNOWN;
}

/* ---- making --------------------------------------------------------------- */

static void
free_change(struct commit_change *c)
{
	own_record_free(&c->record);
	buf_free(&c->body);
	buf_free(&c->more);
	json_decref(c->object);
	*c = (struct commit_change){.object = NULL};
}

static int
make(struct commit *all, struct commit_change *c, struct error *error)
{
	struct own_record *r = &c->record;

	if (json_object_set_new(c->object, "projectName",
		json_string(all->project)) == -1) {
		errno = ENOMEM;
		return error_sys(error, ERROR_IO, "an alert's body");
	}
	json_write_value(&c->body, c->object);
	if (buf_check(&c->body, error) == -1 ||
	    buf_check(&c->more, error) == -1)
		return -1;
	r->source = all->source;
	r->method = RECORD_API;
	r->body = c->body.data;
	r->len = c->body.len;
	r->more = c->more.data;
	clock_gettime(CLOCK_REALTIME, &r->now);
	return own_record_make(r, all->settings, error);
}

int
commit_add(struct commit *all, enum transition transition, json_t *object,
    const struct buf *limit, struct error *error)
{
	struct commit_change *c = &all->change[all->n];

	*c = (struct commit_change){.object = json_incref(object)};
	c->record.transition = transition;
	if (limit != NULL && limit->len > 0)
		buf_add(&c->more, limit->data, limit->len);
	if (make(all, c, error) == -1) {
		free_change(c);
		return -1;
	}
	return ++all->n == COMMIT_MOST ? commit_flush(all, error) : 0;
}

/* ---- looking ----------------------------------------------------------------- */

/* Take the lock of each alert; an alert that another process works on is left to it. */
static int
lock_all(struct commit *all, struct look *look, struct error *error)
{
	struct name_view view;

	for (size_t i = 0; i < all->n; i++) {
		struct commit_change *c = &all->change[i];
		struct error why = ERROR_INIT;

		look[i] = (struct look){.wanted = false};
		if (spool_lock_alert(all->spool, c->record.name, &why) == -1) {
			if (why.kind != ERROR_BUSY)
				return error_take(error, &why);
			all->busy++;
			continue;
		}
		c->locked = true;
		look[i].wanted = name_parse(c->record.name, &view);
		if (look[i].wanted) {
			memcpy(look[i].alert, view.alert, view.alert_len);
			look[i].alert[view.alert_len] = '\0';
		}
	}
	return 0;
}

static void
unlock_all(struct commit *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->change[i].locked)
			spool_unlock_alert(all->spool,
			    all->change[i].record.name);
}

/* For an alert that has not ended: does this record still add something? */
static int
tells(const struct commit *all, const struct own_record *r,
    const struct look *look, struct error *error)
{
	const struct alert_time *until = &r->alert.acknowledged_until;
	const bool ends = alert_is_end(r->transition);
	struct record_view newest = RECORD_VIEW_INIT;
	struct error why = ERROR_INIT;
	int rc = record_view_read(&newest, all->spool, &look->newest, &why);

	/* An end is recorded even if the newest record is damaged. */
	if (rc == -1 && ends)
		rc = 1;
	else if (rc == -1)
		error_take(error, &why);
	else if (!fold_says_ended(&newest))
		rc = ends ||
		    commit_acknowledgement(until->set ? until->at.tv_sec : 0,
			known_until(&newest), time(NULL)) == r->transition;
	record_view_free(&newest);
	return rc;
}

/* Would the alert end, or be acknowledged so, with this record? One that sorts before
 * others changes nothing. */
static bool
changes(const struct own_record *r, const struct look *look)
{
	struct name_view view;

	if (!alert_is_end(r->transition))
		return name_compare(r->name, look->newest.name) > 0;
	return name_parse(r->name, &view) &&
	    alert_is_end(record_key_event(
		alert_decide(look->decider, record_key(&view), r->transition)));
}

/* After the second look: 1, 0 when it is not needed any more, or -1. */
static int
is_needed(const struct commit *all, const struct own_record *r,
    const struct look *look, struct error *error)
{
	if (!look->wanted)
		return 0;
	if (r->transition == TRANSITION_OPEN)
		return look->records == 0;
	if (look->records == 0 || look->ended)
		return 0;
	if (changes(r, look))
		return tells(all, r, look, error);
	if (alert_is_end(r->transition))
		all->early(all->context, look->alert);
	return 0;
}

/* ---- writing ----------------------------------------------------------------- */

static int
write_one(struct commit *all, const struct own_record *r, struct error *error)
{
	const struct spool_event known = {
	    .who = all->who,
	    .what = "known",
	    .why = "open before its project was watched for the first time",
	};
	const bool is_known = all->first && r->transition == TRANSITION_OPEN;
	const enum spool_state into = is_known ? SPOOL_DONE : SPOOL_NEW;
	enum spool_outcome outcome = SPOOL_STORED;

	if (!all->dry &&
	    own_record_put(all->spool, r, into, &outcome, error) == -1)
		return -1;
	if (outcome == SPOOL_DUPLICATE)
		return 0;
	if (!all->dry && is_known &&
	    spool_note(all->spool, r->name, &known, error) == -1)
		return -1;
	return all->wrote(all->context, r, into, error);
}

int
commit_flush(struct commit *all, struct error *error)
{
	struct look look[COMMIT_MOST];
	int rc = all->n == 0 ? 0 : lock_all(all, look, error);

	if (all->n == 0)
		return 0;
	if (rc == 0)
		rc = spool_check_room(all->spool, all->settings->min_free,
		    error);
	if (rc == 0)
		rc = look_read(look, all->n, all->spool, error);
	for (size_t i = 0; i < all->n && rc == 0; i++) {
		rc = is_needed(all, &all->change[i].record, &look[i], error);
		if (rc == 1)
			rc = write_one(all, &all->change[i].record, error);
	}
	unlock_all(all);
	commit_free(all);
	return rc;
}

void
commit_free(struct commit *all)
{
	for (size_t i = 0; i < all->n; i++)
		free_change(&all->change[i]);
	all->n = 0;
}
