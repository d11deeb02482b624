/* SPDX-License-Identifier: ISC */
/*
 * project: the API's data of a project besides its alerts: its name, the webhook
 * integration, and the alert configurations with their notifications.
 */
#ifndef ALERTSPOOL_ATLAS_PROJECT_H
#define ALERTSPOOL_ATLAS_PROJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/atlas/api.h"
#include "lib/base/buf.h"

struct error;

/* An alert configuration. */
struct project_config {
	char id[ATLAS_ID_DIGITS + 1];
	const char
	    *event_type;      /* borrowed from the object; NULL: it has none */
	const char *severity; /* likewise: severityOverride */
	json_t *object;	      /* owned */
	bool enabled;
	bool webhook;		/* a notification goes to a webhook, */
	bool own_url;		/* to its own URL, */
	bool own_template;	/* with its own template, */
	bool drops_id;		/* that lacks the alert's id */
	long long interval_min; /* the longest of its webhooks; 0: none */
	size_t notifications;
};

struct project {
	const char *id; /* borrowed from the section */
	struct buf name;
	bool has_webhook; /* there is an integration, */
	bool has_secret;  /* which signs, */
	bool drops_id;	  /* with a template that lacks the alert's id */
	struct project_config *config; /* owned; sorted by id */
	size_t n;
};

#define PROJECT_INIT {.id = NULL}

/* Read all of it. 0 or -1. Free with project_free() either way. */
int project_read(struct project *, struct api *, const char *id,
    struct error *);

/* Read one part of it. */
int project_read_name(struct project *, struct api *, struct error *);
int project_read_webhook(struct project *, struct api *, struct error *);
int project_read_configs(struct project *, struct api *, struct error *);

void project_free(struct project *);

/* The configuration with this id, or NULL. */
const struct project_config *project_config(const struct project *,
    const char *id);

/* Append its name for people: event type, metric and limit, and its id. */
void project_config_name(struct buf *, const struct project_config *);

/* Append the limit that was crossed as " (above 90)", nothing if it has none. */
void project_config_limit(struct buf *, const struct project_config *);

/* Does this template for bodies have the alert's id as "id"? */
bool project_template_has_id(const char *text);

#endif
