/* SPDX-License-Identifier: ISC */
/* reconcile: one project at a time; one that fails is reported, and the next one tried. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/atlas/api.h"
#include "cli/atlas/gone.h"
#include "cli/atlas/listing.h"
#include "cli/atlas/project.h"
#include "cli/atlas/reconcile.h"
#include "cli/atlas/run.h"
#include "cli/atlas/state.h"
#include "lib/base/error.h"

#define ASKED_FOR ((time_t)7 * 24 * 60 * 60) /* how long it is remembered */

/* Called for each record; one that was known at the first run does not count. */
static int
wrote(void *context, const struct own_record *r, enum spool_state into,
    struct error *error)
{
	struct run *run = context;

	run->wrote++;
	if (!run->how->dry && into != SPOOL_DONE &&
	    state_fill(run->state, run->project.id, time(NULL), error) == -1)
		return -1;
	return run->how->wrote(r, into, error);
}

static void
early(void *context, const char *alert)
{
	const struct run *run = context;
	struct buf line = BUF_INIT;

	buf_addf(&line,
	    "alertspool atlas reconcile: project %s: Atlas says that alert %s "
	    "ended before it was opened here; if it is "
	    "over: alertspool end %s\n",
	    run->project.id, alert, alert);
	if (!line.failed)
		cli_say(line.data, line.len);
	buf_free(&line);
}

/* A delivery without the id is not assigned to its alert, so every open alert would be
 * opened once more. */
static int
check_templates(const struct run *run, struct error *error)
{
	const struct project *p = &run->project;
	struct buf name = BUF_INIT;

	if (p->drops_id)
		return error_set(error, ERROR_SETTINGS,
		    "its webhook's template for bodies has no \"id\", so "
		    "deliveries cannot be distinguished");
	for (size_t i = 0; i < p->n; i++)
		if (p->config[i].enabled && p->config[i].drops_id) {
			project_config_name(&name, &p->config[i]);
			error_set(error, ERROR_SETTINGS,
			    "the template of its alert configuration %.200s "
			    "has no \"id\", so deliveries cannot be "
			    "distinguished",
			    name.failed ? "" : name.data);
			buf_free(&name);
			return -1;
		}
	return 0;
}

/* The project and its lists; useful even if incomplete. */
static int
open_part(struct run *run, struct error *error)
{
	if (project_read(&run->project, run->api, run->project.id, error) == -1)
		return -1;
	if (check_templates(run, error) == -1) {
		cli_advise(run->how->cli,
		    "add \"id\": \"${id}\" to that template");
		return -1;
	}
	run->commit.project = run->project.name.data;
	return listing_read(run, error);
}

/* Lists that broke off, and other failures, are left to the next run. */
static int
project_parts(struct run *run, struct error *error)
{
	if (open_part(run, error) == -1 || gone_ask(run, error) == -1) {
		if (error->kind == ERROR_INPUT)
			error->kind = ERROR_BUSY;
		return -1;
	}
	if (run->commit.busy == 0)
		return 0;
	return error_set(error, ERROR_BUSY,
	    "%zu alerts were left to other processes, which work on them",
	    run->commit.busy);
}

static int
remember(struct run *run, bool succeeded, struct error *error)
{
	const time_t now = time(NULL);

	if (run->how->dry)
		return 0;
	state_forget(run->state, run->project.id, now - ASKED_FOR);
	if (succeeded &&
	    state_succeed(run->state, run->project.id, now, run->wrote,
		error) == -1)
		return -1;
	return state_write(run->state, spool_root(run->how->spool),
	    run->section->name, error);
}

/* The exit code. */
static int
one_project(struct run *run, const char *id)
{
	struct error error = ERROR_INIT, unsaved = ERROR_INIT;
	const struct project none = PROJECT_INIT;
	int rc, code = EX_OK;

	run->project = none;
	run->project.id = id;
	run->wrote = 0;
	run->commit.first = !run->how->handle && state_is_first(run->state, id);
	run->commit.busy = 0;
	rc = project_parts(run, &error);
	if (rc == -1) {
		const char *fix = api_fix(run->api);

		error_prefix(&error,
		    "[atlas %s] project %s: ", run->section->name, id);
		if (error.kind == ERROR_DENIED && fix != NULL)
			cli_advise(run->how->cli, "%s", fix);
		code = cli_tell(run->how->cli, &error);
	}
	if (remember(run, rc == 0, &unsaved) == -1) {
		rc = cli_tell(run->how->cli, &unsaved);
		code = code != EX_OK ? code : rc;
	}
	commit_free(&run->commit);
	run_forget(run);
	project_free(&run->project);
	return code;
}

/* If the state is damaged, no project is watched for the first time. */
static int
open_state(struct run *run, struct error *error)
{
	const struct atlas_section *s = run->section;

	if (state_read(run->state, spool_root(run->how->spool), s->name,
		error) == -1)
		return -1;
	for (size_t i = 0; run->state->damaged && i < s->nprojects; i++)
		if (state_watch(run->state, s->project[i], error) == -1)
			return -1;
	return 0;
}

/* Their project, and the end of their acknowledgement, are unknown. */
static void
tell_damaged(const struct run *run)
{
	const struct known *k = &run->known;
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < k->n; i++) {
		if (k->alert[i].read)
			continue;
		buf_reset(&line);
		buf_addf(&line,
		    "alertspool atlas reconcile: alert %s is left out: its "
		    "newest record %s is damaged; alertspool show --raw\n",
		    k->alert[i].alert, k->alert[i].newest);
		if (!line.failed)
			cli_say(line.data, line.len);
	}
	buf_free(&line);
}

static int
open_run(struct run *run, struct error *error)
{
	if (open_state(run, error) == -1 ||
	    known_read(&run->known, run->how->spool, error) == -1)
		return -1;
	tell_damaged(run);
	return api_open(&run->api, &run->how->cli->settings, run->section,
	    error);
}

int
reconcile_section(struct reconcile *how, const struct atlas_section *section)
{
	struct state state = STATE_INIT;
	struct error error = ERROR_INIT;
	struct run *run = calloc(1, sizeof(*run));
	int code = EX_OK, one;

	if (run == NULL) {
		error_sys(&error, ERROR_IO, "[atlas %s]", section->name);
		return cli_tell(how->cli, &error);
	}
	run->how = how;
	run->section = section;
	run->state = &state;
	run->commit.spool = how->spool;
	run->commit.settings = &how->cli->settings;
	run->commit.source = section->source;
	run->commit.who = how->who;
	run->commit.dry = how->dry;
	run->commit.wrote = wrote;
	run->commit.early = early;
	run->commit.context = run;
	if (open_run(run, &error) == -1)
		code = cli_tell(how->cli, &error);
	for (size_t i = 0; run->api != NULL && i < section->nprojects; i++) {
		one = one_project(run, section->project[i]);
		code = code != EX_OK ? code : one;
	}
	api_close(run->api);
	known_free(&run->known);
	state_free(&state);
	free(run);
	return code;
}
