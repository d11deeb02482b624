/* SPDX-License-Identifier: ISC */
/* project: takes the useful parts out of the API's objects. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/atlas/project.h"
#include "lib/alert/summary.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"

#define BLANKS " \t\r\n"
#define NAME_MAX_BYTES 200

/* ---- templates --------------------------------------------------------- */

/* Is the value of the key "id" the variable of that name? */
static bool
is_id_value(const char *p)
{
	p += strspn(p, BLANKS);
	if (*p++ != ':')
		return false;
	p += strspn(p, BLANKS);
	p += *p == '"';
	if (strncmp(p, "${", 2) != 0)
		return false;
	p += 2;
	p += strspn(p, BLANKS);
	if (strncmp(p, "id", 2) != 0)
		return false;
	p += 2;
	p += strspn(p, BLANKS);
	return *p != '\0' && strchr("}!?", *p) != NULL;
}

bool
project_template_has_id(const char *text)
{
	static const char key[] = "\"id\"";

	for (text = strstr(text, key); text != NULL; text = strstr(text, key)) {
		text += strlen(key);
		if (is_id_value(text))
			return true;
	}
	return false;
}

/* ---- configurations -------------------------------------------------------- */

static void
read_notification(struct project_config *c, const json_t *n)
{
	const char *type = api_text(n, "typeName");
	const char *body = api_text(n, "webhookBodyTemplate");
	json_int_t interval =
	    json_integer_value(json_object_get(n, "intervalMin"));

	c->notifications++;
	if (type == NULL || strcmp(type, "WEBHOOK") != 0)
		return;
	c->webhook = true;
	if (interval > c->interval_min)
		c->interval_min = interval;
	c->own_url = c->own_url || api_text(n, "webhookUrl") != NULL;
	c->own_template = c->own_template || body != NULL ||
	    api_text(n, "webhookHeadersTemplate") != NULL;
	c->drops_id =
	    c->drops_id || (body != NULL && !project_template_has_id(body));
}

static void
read_config(struct project_config *c, json_t *object, const char *id)
{
	const json_t *list = json_object_get(object, "notifications");

	*c = (struct project_config){
	    .event_type = api_text(object, "eventTypeName"),
	    .severity = api_text(object, "severityOverride"),
	    .object = json_incref(object),
	    .enabled = json_is_true(json_object_get(object, "enabled")),
	};
	memcpy(c->id, id, sizeof(c->id));
	for (size_t i = 0; i < json_array_size(list); i++)
		read_notification(c, json_array_get(list, i));
}

/* Pages may shift while they are read, so a configuration may come twice; duplicates are
 * removed later. */
static int
add_config(void *context, json_t *object, struct error *error)
{
	struct project *p = context;
	const char *id = api_id(object, "id");
	struct project_config *more;

	if (id == NULL)
		return error_set(error, ERROR_INPUT,
		    "project %s: an alert configuration has no id of %d "
		    "hexadecimal digits",
		    p->id, ATLAS_ID_DIGITS);
	more = reallocarray(p->config, p->n + 1, sizeof(*more));
	if (more == NULL)
		return error_sys(error, ERROR_IO, "project %s", p->id);
	p->config = more;
	read_config(&more[p->n++], object, id);
	return 0;
}

static int
compare_configs(const void *a, const void *b)
{
	const struct project_config *left = a, *right = b;

	return strcmp(left->id, right->id);
}

static void
drop_doubles(struct project *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (n > 0 && strcmp(p->config[n - 1].id, p->config[i].id) == 0)
			json_decref(p->config[i].object);
		else
			p->config[n++] = p->config[i];
	p->n = n;
}

int
project_read_configs(struct project *p, struct api *api, struct error *error)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "groups/%s/alertConfigs", p->id);
	rc = buf_check(&path, error);
	if (rc == 0)
		rc = api_list(api, path.data, add_config, p, error);
	buf_free(&path);
	if (p->n > 0)
		qsort(p->config, p->n, sizeof(*p->config), compare_configs);
	drop_doubles(p);
	return rc;
}

const struct project_config *
project_config(const struct project *p, const char *id)
{
	struct project_config key = {.object = NULL};

	if (id == NULL || p->n == 0)
		return NULL;
	memcpy(key.id, id, sizeof(key.id));
	return bsearch(&key, p->config, p->n, sizeof(*p->config),
	    compare_configs);
}

/* ---- how it is called ----------------------------------------------------- */

static void
add_word(struct buf *out, const char *word)
{
	if (word == NULL)
		return;
	if (out->len > 0)
		buf_addc(out, ' ');
	escape_terminal(out, word, strnlen(word, NAME_MAX_BYTES));
}

/* metricThreshold or threshold: both have operator and threshold. */
static const json_t *
limit_of(const struct project_config *c)
{
	const json_t *metric = json_object_get(c->object, "metricThreshold");

	return json_is_object(metric) ? metric
				      : json_object_get(c->object, "threshold");
}

void
project_config_limit(struct buf *out, const struct project_config *c)
{
	static const char *const words[][2] = {
	    {"GREATER_THAN", "above"},
	    {"LESS_THAN", "below"},
	};
	const json_t *limit = limit_of(c);
	const json_t *number = json_object_get(limit, "threshold");
	const char *op = api_text(limit, "operator");

	if (op == NULL || !json_is_number(number))
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(op, words[i][0]) == 0) {
			buf_addf(out, " (%s ", words[i][1]);
			alert_summary_number(out, json_number_value(number));
			buf_addc(out, ')');
		}
}

void
project_config_name(struct buf *out, const struct project_config *c)
{
	struct buf name = BUF_INIT;

	add_word(&name,
	    c->event_type != NULL ? c->event_type : "without an event type");
	add_word(&name,
	    api_text(json_object_get(c->object, "metricThreshold"),
		"metricName"));
	project_config_limit(&name, c);
	buf_addf(&name, " [%s]", c->id);
	buf_add(out, name.data, name.len);
	out->failed = out->failed || name.failed;
	buf_free(&name);
}

/* ---- the rest ---------------------------------------------------------------- */

int
project_read_name(struct project *p, struct api *api, struct error *error)
{
	struct buf path = BUF_INIT;
	json_t *group = NULL;
	const char *name;
	int rc = -1;

	buf_addf(&path, "groups/%s", p->id);
	if (buf_check(&path, error) == 0)
		group = api_get(api, path.data, error);
	name = api_text(group, "name");
	if (group != NULL && name == NULL)
		error_set(error, ERROR_INPUT, "project %s has no name", p->id);
	if (name != NULL) {
		buf_adds(&p->name, name);
		rc = buf_check(&p->name, error);
	}
	json_decref(group);
	buf_free(&path);
	return rc;
}

int
project_read_webhook(struct project *p, struct api *api, struct error *error)
{
	struct error why = ERROR_INIT;
	struct buf path = BUF_INIT;
	json_t *webhook = NULL;
	const char *body, *secret;

	buf_addf(&path, "groups/%s/integrations/WEBHOOK", p->id);
	if (buf_check(&path, &why) == 0)
		webhook = api_get(api, path.data, &why);
	buf_free(&path);
	/* The project's name was read before, so the project exists. */
	if (webhook == NULL && why.kind == ERROR_NOT_FOUND)
		return 0;
	if (webhook == NULL)
		return error_take(error, &why);
	body = api_text(webhook, "bodyTemplate");
	p->has_webhook = true;
	secret = api_text(webhook, "secret");
	p->has_secret = secret != NULL && *secret != '\0';
	p->drops_id = body != NULL && !project_template_has_id(body);
	json_decref(webhook);
	return 0;
}

int
project_read(struct project *p, struct api *api, const char *id,
    struct error *error)
{
	*p = (struct project){.id = id};
	if (project_read_name(p, api, error) == -1 ||
	    project_read_webhook(p, api, error) == -1)
		return -1;
	return project_read_configs(p, api, error);
}

void
project_free(struct project *p)
{
	for (size_t i = 0; i < p->n; i++)
		json_decref(p->config[i].object);
	free(p->config);
	buf_free(&p->name);
	*p = (struct project)PROJECT_INIT;
}
