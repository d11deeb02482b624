/* SPDX-License-Identifier: ISC */
/*
 * match: a table of the places in a record that a condition checks. A project, a cluster
 * and the like match by name as well as by id; if all places are empty, the value is "-".
 */
#include "config.h"

#include <fnmatch.h>
#include <string.h>

#include "cli/route/match.h"
#include "lib/alert/severity.h"

#define PLACES 3

static const char *const places[QUEUE_FIELDS][PLACES] = {
    [QUEUE_STATE] = {"alert.state"},
    [QUEUE_EVENT_TYPE] = {"alert.event_type"},
    [QUEUE_CATEGORY] = {"alert.category"},
    [QUEUE_SOURCE] = {"source"},
    [QUEUE_ORGANIZATION] = {"alert.organization.name", "alert.organization.id"},
    [QUEUE_PROJECT] = {"alert.project.name", "alert.project.id"},
    [QUEUE_CLUSTER] = {"alert.cluster.name", "alert.cluster.id"},
    [QUEUE_HOST] = {"alert.host.name", "alert.host.alias", "alert.host.id"},
    [QUEUE_CONFIG_ID] = {"alert.config_id"},
};

/* Is this text, "-" for none, one of the words? */
static bool
has_word(const struct queue_condition *c, const char *text)
{
	for (size_t i = 0; i < c->n; i++) {
		bool unsaid = strcmp(c->word[i], QUEUE_UNSAID) == 0;

		if (text == NULL ? unsaid
				 : !unsaid && fnmatch(c->word[i], text, 0) == 0)
			return true;
	}
	return false;
}

static bool
holds(const struct queue_condition *c, const char *text)
{
	return c->n == 0 || has_word(c, text) != c->negated;
}

/* A severity other than the four words counts as none. */
static const char *
severity_of(const struct record_view *view)
{
	enum severity_rank rank =
	    severity_rank(record_view_text(view, "alert.severity"));

	return rank == SEVERITY_UNRATED ? NULL : severity_rank_word(rank);
}

static bool
holds_at(const struct queue_condition *c, const char *const *place,
    const struct record_view *view)
{
	bool said = false, found = false;

	for (int i = 0; i < PLACES && place[i] != NULL; i++) {
		const char *text = record_view_text(view, place[i]);

		if (text == NULL || *text == '\0')
			continue;
		said = true;
		found |= has_word(c, text);
	}
	if (!said)
		found = has_word(c, NULL);
	return found != c->negated;
}

bool
match_event(const struct queue_settings *queue, enum transition transition)
{
	return holds(&queue->condition[QUEUE_EVENT],
	    transition_word(transition));
}

bool
match_unrated(const struct queue_settings *queue)
{
	return holds(&queue->condition[QUEUE_SEVERITY], NULL);
}

bool
match_all(const struct queue_settings *queue, const struct record_view *view)
{
	const struct queue_condition *c = queue->condition;

	if (!match_event(queue, view->name.transition) ||
	    !holds(&c[QUEUE_SEVERITY], severity_of(view)))
		return false;
	for (int i = 0; i < QUEUE_FIELDS; i++)
		if (c[i].n > 0 && places[i][0] != NULL &&
		    !holds_at(&c[i], places[i], view))
			return false;
	return true;
}
