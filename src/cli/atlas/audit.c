/* SPDX-License-Identifier: ISC */
/* audit: compares the webhook, the alert configurations and the key with the needs of
 * this spool. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/atlas/api.h"
#include "cli/atlas/audit.h"
#include "cli/atlas/project.h"
#include "lib/alert/severity.h"
#include "lib/base/error.h"

#define CHECK "atlas"
#define EXPIRY "GROUP_SERVICE_ACCOUNT_SECRETS_EXPIRING"
#define WHERE_SIZE 160

struct audit {
	struct findings *findings;
	const struct settings *settings;
	const struct atlas_section *section;
	struct api *api;
	struct project project;
	char where[WHERE_SIZE]; /* "payments: 5f1e…" */
	unsigned int told;	/* findings that are not ok */
};

static void
tell(struct audit *a, enum finding_level level, const char *what,
    const char *why, const char *fix)
{
	a->told++;
	findings_add(a->findings, level, CHECK, a->where, why, fix, "%s", what);
}

/* ---- the webhook ---------------------------------------------------------------- */

static void
look_at_webhook(struct audit *a)
{
	const struct project *p = &a->project;

	if (!p->has_webhook) {
		tell(a, FINDING_ERROR, "the project has no webhook integration",
		    "none of its alerts is sent here",
		    "Integrations of the project, Webhook Settings: paste URL "
		    "and secret of the source");
		return;
	}
	if (!p->has_secret)
		tell(a, FINDING_ERROR, "the webhook integration has no secret",
		    "its deliveries are not signed, so they are refused",
		    "Integrations of the project, Webhook Settings: paste the "
		    "source's secret");
	if (p->drops_id)
		tell(a, FINDING_ERROR,
		    "the webhook's template for bodies has no \"id\"",
		    "alerts cannot be distinguished, and reconcile refuses the "
		    "project",
		    "add \"id\": \"${id}\" to the template, or remove it");
}

/* ---- configurations -------------------------------------------------------------- */

/* A finding about a configuration, with its name first. */
static void
tell_config(struct audit *a, const struct project_config *c, const char *what,
    const char *why, const char *fix)
{
	struct buf text = BUF_INIT;

	project_config_name(&text, c);
	buf_addf(&text, " %s", what);
	if (text.failed)
		findings_leave_out(a->findings);
	else
		tell(a, FINDING_WARNING, text.data, why, fix);
	buf_free(&text);
}

static bool
has_severity(const struct audit *a, const struct project_config *c)
{
	const struct severity_map *map = &a->settings->severity;

	return c->severity != NULL || severity_find(map, c->id) != NULL ||
	    (c->event_type != NULL &&
		severity_find(map, c->event_type) != NULL) ||
	    severity_find(map, "default") != NULL;
}

static void
look_at_interval(struct audit *a, const struct project_config *c)
{
	char what[100];

	if (c->interval_min <= AUDIT_INTERVAL_MAX)
		return;
	snprintf(what, sizeof(what), "notifies again after %lld minutes",
	    c->interval_min);
	tell_config(a, c, what,
	    "when the first delivery is lost, no other one follows soon",
	    "set the interval to a day or less, or run \"alertspool atlas "
	    "reconcile\"");
}

static void
look_at_config(struct audit *a, const struct project_config *c)
{
	if (!c->enabled)
		return;
	if (!c->webhook) {
		tell_config(a, c, "notifies no webhook",
		    "these alerts never reach you",
		    "add the webhook to its notifications, or disable it");
		return;
	}
	if (c->own_url)
		tell_config(a, c, "notifies its own URL",
		    "its deliveries go there, perhaps not here, with their own "
		    "secret",
		    "remove the URL, so that the integration's is used; else "
		    "add its secret to the source");
	if (c->own_template)
		tell_config(a, c, "has its own template",
		    "fields that are missing there are missing in records",
		    "remove the template");
	look_at_interval(a, c);
	if (!has_severity(a, c))
		tell_config(a, c,
		    "has no severity, and [severity] has no line for it",
		    "nobody can tell how bad these alerts are",
		    "set the severity in Atlas, or add a line to [severity], "
		    "such as \"default = WARNING\"");
}

static void
look_at_expiry(struct audit *a)
{
	const struct project *p = &a->project;

	for (size_t i = 0; i < p->n; i++)
		if (p->config[i].enabled && p->config[i].notifications > 0 &&
		    p->config[i].event_type != NULL &&
		    strcmp(p->config[i].event_type, EXPIRY) == 0)
			return;
	tell(a, FINDING_WARNING,
	    "nothing warns before the secret of the service account expires",
	    "from that day on the API refuses alertspool",
	    "add an alert configuration for " EXPIRY);
}

/* ---- a project --------------------------------------------------------------------- */

static void
tell_failure(struct audit *a, const struct error *why)
{
	const char *fix = api_fix(a->api);

	if (findings_no_memory(a->findings, why))
		return;
	tell(a, FINDING_ERROR, why->text, "missing alerts cannot be asked for",
	    fix != NULL			  ? fix
		: why->kind == ERROR_BUSY ? "try again in a minute"
		: why->kind == ERROR_NOT_FOUND
		? "correct project = in the section"
		: "correct url and ca_file; is there a proxy in the way?");
}

/* Everything that needs the API. 0, or -1 with what could not be asked. */
static int
read_all(struct audit *a, const char *id, struct error *error)
{
	struct buf path = BUF_INIT;
	json_t *alerts = NULL;

	if (project_read(&a->project, a->api, id, error) == -1)
		return -1;
	buf_addf(&path, "groups/%s/alerts?status=OPEN&itemsPerPage=1", id);
	if (buf_check(&path, error) == 0)
		alerts = api_get(a->api, path.data, error);
	buf_free(&path);
	json_decref(alerts);
	return alerts == NULL ? -1 : 0;
}

static void
look_at_project(struct audit *a, const char *id)
{
	struct error why = ERROR_INIT;

	a->told = 0;
	a->project = (struct project){.id = id};
	snprintf(a->where, sizeof(a->where), "[atlas %s] %s", a->section->name,
	    id);
	if (read_all(a, id, &why) == -1) {
		tell_failure(a, &why);
	} else {
		look_at_webhook(a);
		for (size_t i = 0; i < a->project.n; i++)
			look_at_config(a, &a->project.config[i]);
		if (api_is_service_account(a->api))
			look_at_expiry(a);
	}
	if (a->told == 0)
		findings_ok(a->findings, CHECK, a->where,
		    "every configuration notifies the webhook; the API does "
		    "not list informational alerts and those of the "
		    "organization "
		    "(billing, users)");
	project_free(&a->project);
}

void
audit_section(struct findings *findings, const struct settings *settings,
    const struct atlas_section *section)
{
	struct audit a = {
	    .findings = findings,
	    .settings = settings,
	    .section = section,
	};
	struct error why = ERROR_INIT;

	if (api_open(&a.api, settings, section, &why) == -1) {
		snprintf(a.where, sizeof(a.where), "[atlas %s]", section->name);
		if (!findings_no_memory(findings, &why))
			tell(&a, FINDING_ERROR, why.text,
			    "missing alerts cannot be asked for",
			    "put ID:SECRET of an API key or a service account "
			    "into key_file, readable only by the spool's "
			    "owner");
		return;
	}
	for (size_t i = 0; i < section->nprojects; i++)
		look_at_project(&a, section->project[i]);
	api_close(a.api);
}
