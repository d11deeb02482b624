/* SPDX-License-Identifier: ISC */
/* give: copies a record into one queue, by hand. */
#include "config.h"

#include <string.h>

#include "cli/route/private.h"
#include "lib/base/error.h"

static int
find_target(struct router *r, const char *queue)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->target[i].settings->name, queue) == 0)
			return (int)i;
	return -1;
}

/* From done/ or dead/ of the queue, with its alert held: 1, 0 when it waits or is being
 * processed now, or -1. */
static int
bring_back(struct router *r, const struct target *t, const char *name,
    struct error *error)
{
	struct spool_move move = {.to = SPOOL_NEW};
	const struct spool_event event = {.who = r->who,
	    .what = "requeue",
	    .why = "route --to"};
	int rc = spool_find(t->spool, name, &move.from, error);

	if (rc != 1)
		return rc;
	if (move.from == SPOOL_NEW || move.from == SPOOL_CUR)
		return 0;
	clock_gettime(CLOCK_REALTIME, &move.mtime);
	if (spool_move(t->spool, name, &move, error) == -1 ||
	    spool_note(t->spool, name, &event, error) == -1)
		return -1;
	return 1;
}

static int
give_copy(struct router *r, size_t target, struct error *error)
{
	struct target *t = &r->target[target];
	const char *name = r->item[0].entry.name;
	enum spool_state state;
	int there = spool_find(t->spool, name, &state, error), rc;

	if (there == -1 || router_copy_items(r, error) == -1)
		return -1;
	router_count(r, 0);
	if (there == 0)
		return 1;
	if (spool_lock_alert(t->spool, name, error) == -1)
		return -1;
	rc = bring_back(r, t, name, error);
	spool_unlock_alert(t->spool, name);
	return rc;
}

int
router_give(struct router *r, const struct spool_entry *entry,
    const char *queue, struct error *error)
{
	int target = find_target(r, queue), rc;

	if (target == -1)
		return error_set(error, ERROR_USAGE,
		    "there is no queue \"%.40s\"", queue);
	if (entry->state == SPOOL_BAD)
		return error_set(error, ERROR_NOT_FOUND,
		    "%s is in bad/, so it is not an alert: \"alertspool "
		    "requeue\" "
		    "parses it again",
		    entry->name);
	if (router_open_target(r, &r->target[target], error) == -1 ||
	    spool_lock_alert(r->spool, entry->name, error) == -1)
		return -1;
	memset(r->wanted, 0, sizeof(*r->wanted) * ROUTER_LOOK_MAX * r->n);
	r->item[0] = (struct queue_item){.entry = *entry};
	r->fate[0] = FATE_ROUTED;
	r->items = 1;
	*router_wanted(r, 0, (size_t)target) = true;
	rc = give_copy(r, (size_t)target, error);
	spool_batch_reset(&r->batch);
	spool_unlock_alert(r->spool, entry->name);
	return rc;
}
