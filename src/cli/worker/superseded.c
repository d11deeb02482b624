/* SPDX-License-Identifier: ISC */
/*
 * superseded: looks for closes and cancels of the alerts that the given records raise. It
 * looks after the alerts are held, so it sees a close that another runner handled
 * meanwhile, wherever that went.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/records/alert_set.h"
#include "cli/worker/claim.h"
#include "cli/worker/superseded.h"
#include "lib/base/error.h"
#include "lib/spool/alert_rules.h"

struct look {
	struct alert_set raised; /* numbers are items */
	/* For each item, owned names or NULL: a close or cancel of its alert that is
	 * later in order; and the last open, close or cancel that is earlier. */
	char **later, **before;
	struct error *error;
};

static int
keep_name(char **place, const char *name, struct error *error)
{
	free(*place);
	*place = strdup(name);
	return *place != NULL ? 0 : error_sys(error, ERROR_IO, "%s", name);
}

static int
visit(void *context, const char *name, enum spool_state state)
{
	struct look *look = context;
	const struct alert_set_entry *raised;
	struct name_view view;
	char **before;
	int order;

	(void)state;
	if (!name_parse(name, &view) || !alert_is_decisive(view.transition))
		return 0;
	raised = alert_set_find(&look->raised, &view);
	if (raised == NULL)
		return 0;
	order = name_compare(name, raised->name);
	before = &look->before[raised->number];
	if (order > 0 && alert_is_end(view.transition))
		return keep_name(&look->later[raised->number], name,
		    look->error);
	if (order < 0 && (*before == NULL || name_compare(name, *before) > 0))
		return keep_name(before, name, look->error);
	return 0;
}

/* Which record ended the alert of this item? TIME of an update or acknowledge may be
 * later than that of the close: it changes nothing about an ended alert. NULL: it has not
 * ended. */
static const char *
ended_by(const struct look *look, size_t i, const struct queue_item *item)
{
	struct name_view view, before;
	const char *last;

	if (look->later == NULL || look->before == NULL)
		return NULL; /* there was nothing to look for */
	if (look->later[i] != NULL)
		return look->later[i];
	last = look->before[i];
	if (last == NULL || !name_parse(item->entry.name, &view) ||
	    !name_parse(last, &before) || alert_is_decisive(view.transition))
		return NULL;
	return alert_is_end(before.transition) ? last : NULL;
}

/* The alerts that these records raise. */
static int
list_raised(struct look *look, const struct queue_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *name = items[i].entry.name;
		struct name_view view;

		if (name_parse(name, &view) &&
		    alert_is_opening(view.transition) &&
		    alert_set_add(&look->raised, name, i) == -1)
			return error_sys(look->error, ERROR_IO, "%s", name);
	}
	return 0;
}

/* Move superseded records, keep the others. The number moved, or -1. */
static int
settle_raised(struct context *w, const struct look *look,
    struct queue_item *items, size_t *n)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < *n; i++) {
		const char *end = ended_by(look, i, &items[i]);

		if (end == NULL || rc == -1) {
			items[kept++] = items[i];
			continue;
		}
		rc = claim_supersede(w, &items[i], end, look->error);
		queue_free(w->queue, items[i].entry.name);
	}
	rc = rc == -1 ? -1 : (int)(*n - kept);
	*n = kept;
	return rc;
}

/* Find the ends of the alerts that these records raise. 0 or -1. */
static int
look_for_ends(struct look *look, const struct spool *spool,
    const struct queue_item *items, size_t n)
{
	const unsigned int states =
	    SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR) | SPOOL_IN(SPOOL_DONE);

	look->later = calloc(2 * n, sizeof(*look->later));
	if (look->later == NULL)
		return error_sys(look->error, ERROR_IO, "%zu records", n);
	look->before = look->later + n;
	if (list_raised(look, items, n) == -1)
		return -1;
	if (look->raised.n == 0)
		return 0;
	return spool_walk(spool, states, visit, look, look->error);
}

static void
free_look(struct look *look, size_t n)
{
	for (size_t i = 0; look->later != NULL && i < 2 * n; i++)
		free(look->later[i]);
	free(look->later);
	alert_set_free(&look->raised);
}

int
superseded_settle(struct context *w, struct queue_item *items, size_t *n,
    struct error *error)
{
	struct look look = {.raised = ALERT_SET_INIT, .error = error};
	const size_t all = *n;
	int rc;

	if (all == 0)
		return 0;
	rc = look_for_ends(&look, w->spool, items, all);
	if (rc == 0)
		rc = settle_raised(w, &look, items, n);
	free_look(&look, all);
	return rc;
}

int
superseded_by(const struct spool *spool, const char *name,
    char end[static NAME_SIZE], struct error *error)
{
	struct look look = {.raised = ALERT_SET_INIT, .error = error};
	struct queue_item item = {.entry.state = SPOOL_NEW};
	const char *found = NULL;
	int rc;

	name_copy(item.entry.name, name);
	rc = look_for_ends(&look, spool, &item, 1);
	if (rc == 0)
		found = ended_by(&look, 0, &item);
	if (found != NULL)
		name_copy(end, found);
	free_look(&look, 1);
	return rc == -1 ? -1 : found != NULL;
}
