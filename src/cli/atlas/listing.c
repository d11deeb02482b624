/* SPDX-License-Identifier: ISC */
/*
 * listing: processes the list of open alerts while it is read, so the list may have any
 * length. Nobody is notified of TRACKING alerts; they are read only to know that they are
 * not gone.
 */
#include "config.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/atlas/listing.h"
#include "cli/atlas/run.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"

#define NAMED_MOST 10 /* alerts that are named; others are only counted */

/* ---- what a run shares --------------------------------------------------- */

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(a, b);
}

int
run_see(struct run *run, const char *id, struct error *error)
{
	char *copy = strdup(id);
	char **node =
	    copy == NULL ? NULL : tsearch(copy, &run->seen, compare_ids);

	if (node == NULL) {
		free(copy);
		errno = ENOMEM;
		return error_sys(error, ERROR_IO, "the list of open alerts");
	}
	if (*node == copy)
		return 1;
	free(copy);
	return 0;
}

void
run_forget(struct run *run)
{
	tdestroy(run->seen, free);
	run->seen = NULL;
}

int
run_flush(struct run *run, int rc, struct error *error)
{
	struct error why = ERROR_INIT;

	if (commit_flush(&run->commit, &why) == 0)
		return rc;
	return rc == 0 ? error_take(error, &why) : -1;
}

static bool
time_at(const json_t *object, const char *key, time_t *t)
{
	const char *text = api_text(object, key);
	struct timespec at;

	if (text == NULL || timestamp_parse(text, strlen(text), &at) == -1)
		return false;
	*t = at.tv_sec;
	return true;
}

/* A little ahead comes from an inexact clock; far ahead is no reason to wait. */
static bool
is_near(time_t t, time_t now)
{
	return t > now - RECONCILE_FRESH && t < now + RECONCILE_FRESH;
}

bool
run_is_fresh(const json_t *object, time_t now)
{
	time_t t;

	if (time_at(object, "resolved", &t) && is_near(t, now))
		return true;
	if (!time_at(object, "lastNotified", &t) &&
	    !time_at(object, "created", &t))
		return false;
	return is_near(t, now);
}

/* ---- what is open ---------------------------------------------------------- */

struct listing {
	struct run *run;
	size_t others;	  /* open alerts that are not meant for this spool */
	struct buf named; /* the first of them */
};

/* ALERT in the names of this alert's records. */
static void
spell_alert(const struct run *run, const char *id,
    char alert[static NAME_ALERT_MAX + 1])
{
	const char *source = run->section->source;
	const bool is_default = strcmp(source, NAME_SOURCE_DEFAULT) == 0;

	snprintf(alert, NAME_ALERT_MAX + 1, "%s%s%s", id, is_default ? "" : "+",
	    is_default ? "" : source);
}

/* It is for others; only the first few are named. */
static void
leave(struct listing *l, const char *id, const struct project_config *c)
{
	if (l->others++ >= NAMED_MOST)
		return;
	if (l->named.len > 0)
		buf_adds(&l->named, ", ");
	buf_addf(&l->named, "%s ", id);
	if (c != NULL)
		project_config_name(&l->named, c);
	else
		buf_adds(&l->named, "of a configuration that is gone");
}

static int
open_unknown(struct listing *l, json_t *object, const char *id,
    struct error *error)
{
	const struct project_config *c =
	    project_config(&l->run->project, api_id(object, "alertConfigId"));
	const bool meant = l->run->section->take_all ||
	    (c != NULL && c->enabled && c->webhook);
	struct buf limit = BUF_INIT;
	int rc = 0;

	if (!meant) {
		leave(l, id, c);
		return 0;
	}
	if (run_is_fresh(object, time(NULL)))
		return 0;
	if (c != NULL)
		project_config_limit(&limit, c);
	rc = buf_check(&limit, error);
	if (rc == 0)
		rc = commit_add(&l->run->commit, TRANSITION_OPEN, object,
		    &limit, error);
	buf_free(&limit);
	return rc;
}

static int
compare_acknowledgement(struct listing *l, json_t *object,
    const struct known_alert *known, struct error *error)
{
	const time_t now = time(NULL);
	enum transition transition;
	time_t until = 0;

	if (!known->read || run_is_fresh(object, now))
		return 0;
	(void)time_at(object, "acknowledgedUntil", &until);
	transition = commit_acknowledgement(until, known->until, now);
	if (transition == TRANSITION_UNKNOWN)
		return 0;
	return commit_add(&l->run->commit, transition, object, NULL, error);
}

static int
visit_open(void *context, json_t *object, struct error *error)
{
	struct listing *l = context;
	const char *id = api_id(object, "id");
	const char *status = api_text(object, "status");
	char alert[NAME_ALERT_MAX + 1];
	struct known_alert *known;
	int rc;

	if (id == NULL || status == NULL)
		return error_set(error, ERROR_INPUT,
		    "an alert in the list has no id of %d hexadecimal digits, "
		    "or no status",
		    ATLAS_ID_DIGITS);
	rc = run_see(l->run, id, error);
	if (rc != 1)
		return rc; /* pages shifted, and it comes twice */
	spell_alert(l->run, id, alert);
	known = known_find(&l->run->known, alert);
	if (known != NULL)
		known->listed = true;
	if (strcmp(status, "OPEN") != 0)
		return 0; /* it ended while the list was made */
	return known != NULL ? compare_acknowledgement(l, object, known, error)
			     : open_unknown(l, object, id, error);
}

static int
visit_tracking(void *context, json_t *object, struct error *error)
{
	struct listing *l = context;
	const char *id = api_id(object, "id");
	char alert[NAME_ALERT_MAX + 1];
	struct known_alert *known;

	if (id == NULL)
		return error_set(error, ERROR_INPUT,
		    "an alert in the list has no id of %d hexadecimal digits",
		    ATLAS_ID_DIGITS);
	spell_alert(l->run, id, alert);
	known = known_find(&l->run->known, alert);
	if (known != NULL)
		known->listed = true;
	return 0;
}

static int
list(struct listing *l, const char *status, api_visitor *visit,
    struct error *error)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "groups/%s/alerts?status=%s", l->run->project.id,
	    status);
	rc = buf_check(&path, error);
	if (rc == 0)
		rc = api_list(l->run->api, path.data, visit, l, error);
	buf_free(&path);
	return rc;
}

/* One line on standard error. */
static void
tell_others(const struct listing *l)
{
	struct buf line = BUF_INIT;

	if (l->others == 0 || l->named.failed)
		return;
	buf_addf(&line,
	    "alertspool atlas reconcile: project %s: %zu open alerts notify "
	    "no webhook and are left out: ",
	    l->run->project.id, l->others);
	buf_add(&line, l->named.data, l->named.len);
	buf_addf(&line, "%s\n", l->others > NAMED_MOST ? ", …" : "");
	if (!line.failed)
		cli_say(line.data, line.len);
	buf_free(&line);
}

int
listing_read(struct run *run, struct error *error)
{
	struct listing l = {.run = run, .named = BUF_INIT};
	int rc = list(&l, "OPEN", visit_open, error);

	rc = run_flush(run, rc, error);
	if (rc == 0)
		rc = list(&l, "TRACKING", visit_tracking, error);
	if (rc == 0)
		tell_others(&l);
	buf_free(&l.named);
	return rc;
}
