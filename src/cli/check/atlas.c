/* SPDX-License-Identifier: ISC */
/*
 * atlas: are the sections [atlas NAME] valid, can their keys be read, and when did
 * reconcile last succeed? It does not use the API; "alertspool atlas check" does.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/atlas/key.h"
#include "cli/atlas/state.h"
#include "cli/check/check.h"
#include "cli/output/format.h"
#include "lib/settings/atlas.h"

#define CHECK "atlas"
#define WHERE_SIZE 160
#define STALE ((time_t)24 * 60 * 60) /* since reconcile succeeded */
#define QUIET ((time_t)60 * 60)	     /* how long its result counts */
#define START_TIMER \
	"systemctl enable --now alertspool-atlas-reconcile.timer; its log " \
	"says " \
	"what fails: journalctl -u alertspool-atlas-reconcile"

/* Load the sections; an error in them is a finding. */
static bool
load(struct check *c, struct atlas_settings *all)
{
	struct error why = ERROR_INIT;

	if (atlas_settings_load(all, &c->cli->settings, &why) == 0)
		return true;
	if (!findings_no_memory(&c->findings, &why))
		findings_add(&c->findings, FINDING_ERROR, "settings",
		    c->cli->settings.file,
		    "no \"alertspool atlas\" command works",
		    "correct that line; see alertspool.conf(5)", "%s",
		    why.text);
	return false;
}

static void
look_at_key(struct check *c, const struct atlas_section *s)
{
	struct error why = ERROR_INIT;
	struct key key;

	if (key_read(&key, &c->cli->settings, s, &why) == -1 &&
	    !findings_no_memory(&c->findings, &why))
		findings_add(&c->findings, FINDING_ERROR, CHECK, s->key_file,
		    "the API cannot be asked",
		    "put ID:SECRET into it, and let only the spool's owner "
		    "read it: chown root:alertspool, chmod 0640",
		    "%s", why.text);
	key_free(&key);
}

static void
look_at_success(struct check *c, const struct state *state, const char *project,
    const char *where)
{
	char age[FORMAT_SIZE];
	time_t last;

	if (!state_succeeded(state, project, &last)) {
		findings_add(&c->findings, FINDING_WARNING, CHECK, where,
		    "nobody notices a lost delivery", START_TIMER,
		    "reconcile has never succeeded for this project");
		return;
	}
	format_age(age, time(NULL) - last);
	if (time(NULL) - last >= STALE)
		findings_add(&c->findings, FINDING_ERROR, CHECK, where,
		    "nobody notices a lost delivery", START_TIMER,
		    "reconcile has not succeeded for %s", age);
	else
		findings_ok(&c->findings, CHECK, where,
		    "reconcile succeeded %s ago", age);
}

static void
look_at_project(struct check *c, const struct state *state,
    const struct atlas_section *s, const char *project)
{
	const size_t filled = state_filled(state, project, time(NULL));
	char where[WHERE_SIZE];

	snprintf(where, sizeof(where), "[atlas %s] %s", s->name, project);
	look_at_success(c, state, project, where);
	if (filled > 0)
		findings_add(&c->findings, FINDING_WARNING, CHECK, where,
		    "deliveries are lost on their way here, and reconcile adds "
		    "them late",
		    "look for refused requests in the web server's log: "
		    "alertspool check --url URL",
		    "reconcile filled in %zu records within a week", filled);
}

void
check_atlas(struct check *c)
{
	struct atlas_settings all;
	struct error why = ERROR_INIT;

	if (!load(c, &all))
		return;
	for (size_t i = 0; i < all.n; i++) {
		const struct atlas_section *s = &all.section[i];
		struct state state = STATE_INIT;

		look_at_key(c, s);
		if (c->spool != NULL &&
		    state_read(&state, spool_root(c->spool), s->name, &why) ==
			-1)
			findings_leave_out(&c->findings);
		for (size_t j = 0; state.root != NULL && j < s->nprojects; j++)
			look_at_project(c, &state, s, s->project[j]);
		state_free(&state);
		error_clear(&why);
	}
	atlas_settings_free(&all);
}

/* Was every project of the section reconciled lately, with nothing missing? */
static bool
is_complete(const struct check *c, const struct atlas_section *s)
{
	struct state state = STATE_INIT;
	struct error why = ERROR_INIT;
	bool complete =
	    state_read(&state, spool_root(c->spool), s->name, &why) == 0;
	time_t last;

	for (size_t i = 0; complete && i < s->nprojects; i++)
		complete = state_succeeded(&state, s->project[i], &last) &&
		    time(NULL) - last <= QUIET &&
		    state_wrote(&state, s->project[i]) == 0;
	state_free(&state);
	return complete;
}

bool
check_atlas_vouches(const struct check *c, const char *source)
{
	struct atlas_settings all;
	struct error why = ERROR_INIT;
	bool vouches = false;

	if (atlas_settings_load(&all, &c->cli->settings, &why) == -1)
		return false;
	for (size_t i = 0; i < all.n; i++) {
		if (strcmp(all.section[i].source, source) != 0)
			continue;
		vouches = is_complete(c, &all.section[i]);
		if (!vouches)
			break;
	}
	atlas_settings_free(&all);
	return vouches;
}
