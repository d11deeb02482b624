/* SPDX-License-Identifier: ISC */
/* acknowledge: an operand, its newest record, the section of its project, and one
 * request. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/alerts/fold.h"
#include "cli/alerts/life.h"
#include "cli/atlas/acknowledge.h"
#include "cli/atlas/api.h"
#include "cli/atlas/sections.h"
#include "cli/frame/session.h"
#include "lib/base/escape.h"
#include "lib/base/moment.h"
#include "lib/base/quantity.h"
#include "lib/base/utf8.h"

#define DAY ((time_t)24 * 60 * 60)

/* ---- what is asked for --------------------------------------------------------- */

/* The same day and time of a later year, or the day after a 29 February. */
static time_t
years_later(time_t now)
{
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL)
		return now;
	tm.tm_year += ACKNOWLEDGE_FOREVER;
	return timegm(&tm);
}

int
acknowledge_until(const char *text, time_t now, time_t *t, struct error *error)
{
	int64_t ms;

	if (strcmp(text, "forever") == 0) {
		*t = years_later(now);
		return 0;
	}
	if (quantity_duration(text, &ms) == 0)
		*t = now + (time_t)(ms / 1000);
	else if (moment_parse(text, now, t) == -1)
		return error_set(error, ERROR_USAGE,
		    "option --until: \"%.40s\" is not one of forever, %s", text,
		    MOMENT_FORMS);
	else if (*t <= now && strchr(text, ':') != NULL &&
	    strchr(text, '-') == NULL)
		*t += DAY;
	if (*t > now)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --until: \"%.40s\" is not in the future", text);
}

int
acknowledge_check_comment(const char *text, struct error *error)
{
	size_t n = strlen(text), characters = 0;
	unsigned int codepoint;

	if (!utf8_valid(text, n, NULL))
		return error_set(error, ERROR_USAGE,
		    "option --comment: the text is not UTF-8");
	for (size_t i = 0; i < n; characters++)
		i += utf8_next(text + i, n - i, &codepoint);
	if (characters <= ACKNOWLEDGE_COMMENT_MAX)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "option --comment: %zu characters, and Atlas takes %d", characters,
	    ACKNOWLEDGE_COMMENT_MAX);
}

/* ---- one alert ----------------------------------------------------------------- */

struct request {
	struct cli *cli;
	struct spool *spool;
	struct atlas_settings settings;
	const struct atlas_section *section; /* of api */
	struct api *api;		     /* NULL: not open yet */
	const char *change;
	bool force;
	struct life life;
	struct alert_index index;
	struct record_view view;
};

/* Read its newest record. */
static int
read_alert(struct request *r, const char *operand, struct error *error)
{
	char alert[NAME_ALERT_MAX + 1];
	struct fold f;
	int rc;

	if (life_resolve(r->spool, operand, alert, error) == -1 ||
	    life_read(&r->life, r->spool, alert, error) == -1 ||
	    life_fold(&r->life, &r->index, error) == -1)
		return -1;
	rc = fold_read(&f, &r->index.fold[0], &r->view, r->spool, time(NULL),
	    error);
	if (rc != 1)
		return rc == -1
		    ? -1
		    : error_set(error, ERROR_NOT_FOUND, "no alert %s", alert);
	if (f.state == FOLD_OPEN || f.state == FOLD_ACKNOWLEDGED || r->force)
		return 0;
	error_set(error, ERROR_NOT_FOUND, "alert %s is not open (%s)", alert,
	    fold_state_word(f.state));
	return cli_advise(r->cli, "with --force, Atlas is asked anyway");
}

static bool
has_project(const struct atlas_section *s, const char *project)
{
	for (size_t i = 0; i < s->nprojects; i++)
		if (strcmp(s->project[i], project) == 0)
			return true;
	return false;
}

static int
open_section(struct request *r, const struct atlas_section *s,
    struct error *error)
{
	if (r->section == s)
		return 0;
	api_close(r->api);
	r->section = NULL;
	if (api_open(&r->api, &r->cli->settings, s, error) == -1)
		return -1;
	r->section = s;
	return 0;
}

/* The section that has the key for this project and source. */
static int
choose_section(struct request *r, const char *project, struct error *error)
{
	const char *source = record_view_text(&r->view, "source");

	for (size_t i = 0; i < r->settings.n; i++) {
		const struct atlas_section *s = &r->settings.section[i];

		if (source != NULL && strcmp(s->source, source) == 0 &&
		    has_project(s, project))
			return open_section(r, s, error);
	}
	error_set(error, ERROR_SETTINGS,
	    "no section [atlas NAME] of %s has the project %s with the source "
	    "%.40s",
	    r->cli->settings.file, project, source != NULL ? source : "");
	return cli_advise(r->cli, "add \"project = %s\" to one", project);
}

static void
print_result(const struct request *r, const json_t *answer)
{
	const char *until = api_text(answer, "acknowledgedUntil");
	struct buf line = BUF_INIT;

	buf_addf(&line, "%.*s\t", (int)r->view.name.alert_len,
	    r->view.name.alert);
	if (until != NULL)
		escape_terminal(&line, until, strlen(until));
	buf_addc(&line, '\n');
	if (!line.failed)
		fwrite(line.data, 1, line.len, stdout);
	buf_free(&line);
}

static int
send_change(struct request *r, const char *project, const char *id,
    struct error *error)
{
	struct buf path = BUF_INIT;
	json_t *answer = NULL;

	buf_addf(&path, "groups/%s/alerts/%s", project, id);
	if (buf_check(&path, error) == 0)
		answer = api_patch(r->api, path.data, r->change, error);
	buf_free(&path);
	if (answer == NULL && api_fix(r->api) != NULL)
		cli_advise(r->cli, "%s", api_fix(r->api));
	if (answer == NULL)
		return -1;
	print_result(r, answer);
	json_decref(answer);
	return 0;
}

static int
change_one(struct request *r, const char *operand, struct error *error)
{
	const json_t *alert;
	const char *id, *project;

	if (read_alert(r, operand, error) == -1)
		return -1;
	alert = record_view_value(&r->view, "alert");
	id = api_id(alert, "id");
	project = api_id(json_object_get(alert, "project"), "id");
	if (id == NULL || project == NULL)
		return error_set(error, ERROR_INPUT,
		    "%s lacks an id that the API needs: the alert's or its "
		    "project's",
		    r->view.entry.name);
	if (choose_section(r, project, error) == -1)
		return -1;
	return send_change(r, project, id, error);
}

int
acknowledge_each(struct cli *cli, const char *change, bool force,
    struct error *error)
{
	struct request r = {
	    .cli = cli,
	    .change = change,
	    .force = force,
	    .index = ALERT_INDEX_INIT,
	    .view = RECORD_VIEW_INIT,
	};
	int code = sections_load(cli, &r.settings, error);

	if (code == 0)
		code = session_spool(cli, SPOOL_READ, &r.spool, error);
	for (int i = 0; i < cli->noperands && code != -1; i++) {
		if (change_one(&r, cli->operands[i], error) == -1)
			cli_fail(cli, error, &code);
		life_free(&r.life);
		alert_index_free(&r.index);
	}
	api_close(r.api);
	record_view_free(&r.view);
	atlas_settings_free(&r.settings);
	spool_close(r.spool);
	return code;
}
