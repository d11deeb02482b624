/* SPDX-License-Identifier: ISC */
/*
 * field: a table of keys, functions that place their values, and places. A value that is
 * not placed completely goes to extra as well, so that the record loses nothing. The keys
 * are those of the Alerts resource of all API versions and of recorded bodies.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/alert/event.h"
#include "lib/alert/field.h"
#include "lib/alert/text.h"
#include "lib/base/timestamp.h"

void
alert_warn(struct alert *a, enum alert_warning warning)
{
	a->warnings |= 1u << warning;
}

const char *
alert_plain(const json_t *value)
{
	const char *text = json_string_value(value);

	if (text != NULL && strlen(text) == json_string_length(value))
		return text;
	return NULL;
}

/* Absent, null, or the empty text that a template leaves for a variable without a value.
 * Only for known fields: null or empty text in an unknown field is kept. */
static bool
says_nothing(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	    (json_is_string(value) && json_string_length(value) == 0);
}

/* place() stores a field's value and returns whether the place holds all of it; a value
 * that it cannot use is not an error. */
struct field {
	const char *key;
	bool (*place)(struct alert *, void *at, const json_t *value);
	size_t offset; /* of at, in struct alert */
};

static bool
place_string(struct alert *a, void *at, const json_t *value)
{
	const json_t **string = at;

	(void)a;
	if (!json_is_string(value))
		return false;
	*string = value;
	return true;
}

/* The sender's current format has no severity, but templates may add one. */
static bool
place_severity(struct alert *a, void *at, const json_t *value)
{
	const char *text = alert_plain(value);

	(void)at;
	if (text == NULL)
		return false;
	a->severity = text;
	a->severity_source = "body";
	return true;
}

static bool
place_event_type(struct alert *a, void *at, const json_t *value)
{
	if (place_string(a, at, value))
		return true;
	alert_warn(a, WARN_UNKNOWN_EVENT_TYPE);
	return false;
}

static bool
place_status(struct alert *a, void *at, const json_t *value)
{
	(void)at;
	if (json_is_string(value) &&
	    alert_state_parse(json_string_value(value),
		json_string_length(value), &a->state))
		return true;
	alert_warn(a, WARN_UNKNOWN_STATUS);
	return false;
}

static bool
place_time(struct alert *a, void *at, const json_t *value)
{
	struct alert_time *time = at;

	if (json_is_string(value) &&
	    timestamp_parse(json_string_value(value), json_string_length(value),
		&time->at) == 0) {
		time->set = true;
		return true;
	}
	alert_warn(a, WARN_BAD_TIME);
	return false;
}

static bool
place_name(struct alert *a, void *at, const json_t *value)
{
	(void)a;
	if (!json_is_string(value))
		return false;
	buf_add(at, json_string_value(value), json_string_length(value));
	return true;
}

static bool
place_text(struct alert *a, void *at, const json_t *value)
{
	if (!place_string(a, &a->human_readable, value))
		return false;
	alert_text_decode(at, json_string_value(value),
	    json_string_length(value));
	return true;
}

static bool
place_host(struct alert *a, void *at, const json_t *value)
{
	if (!json_is_string(value))
		return false;
	a->host_port = alert_text_host(at, json_string_value(value),
	    json_string_length(value));
	return true;
}

static bool
place_strings(struct alert *a, void *at, const json_t *value)
{
	const json_t **strings = at;

	(void)a;
	if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	*strings = value;
	return true;
}

/* currentValue: {"number": 95.2, "units": "RAW"} */
static bool
place_metric(struct alert *a, void *at, const json_t *value)
{
	const json_t *number = json_object_get(value, "number");
	const json_t *unit = json_object_get(value, "units");
	size_t placed = 0;

	(void)at;
	if (json_is_number(number)) {
		a->metric_value = number;
		placed++;
	}
	if (json_string_length(unit) > 0) {
		a->metric_unit = unit;
		placed++;
	} else if (!says_nothing(unit))
		alert_warn(a, WARN_UNKNOWN_UNIT);
	return placed > 0 && placed == json_object_size(value);
}

/* The alert's own address is the link. Only a list of just that needs no copy in extra. */
static bool
place_links(struct alert *a, void *at, const json_t *value)
{
	(void)at;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *link = json_array_get(value, i);
		const char *rel = alert_plain(json_object_get(link, "rel"));
		const json_t *href = json_object_get(link, "href");

		if (rel != NULL && strcmp(rel, "self") == 0 &&
		    json_string_length(href) > 0) {
			a->link = href;
			return json_array_size(value) == 1 &&
			    json_object_size(link) == 2;
		}
	}
	return false;
}

#define AT(member) offsetof(struct alert, member)

/* Sorted by key. */
static const struct field fields[] = {
    {"acknowledgedUntil", place_time, AT(acknowledged_until)},
    {"acknowledgementComment", place_string, AT(acknowledgement_comment)},
    {"acknowledgingUsername", place_string, AT(acknowledged_by)},
    {"alertConfigId", place_string, AT(config_id)},
    {"clusterId", place_string, AT(cluster_id)},
    {"clusterName", place_string, AT(cluster_name)},
    {"created", place_time, AT(created)},
    {"currentValue", place_metric, 0},
    {"eventTypeName", place_event_type, AT(event_type)},
    {"groupId", place_string, AT(project_id)},
    {"hostId", place_string, AT(host_id)},
    {"hostnameAndPort", place_host, AT(host_name)},
    {"humanReadable", place_text, AT(text)},
    {"id", place_string, AT(id)},
    {"instanceName", place_string, AT(stream_instance)},
    {"lastNotified", place_time, AT(last_notified)},
    {"links", place_links, 0},
    {"metricName", place_string, AT(metric_name)},
    {"nonRunningHostIds", place_strings, AT(non_running_hosts)},
    {"orgId", place_string, AT(organization_id)},
    {"orgName", place_name, AT(organization_name)},
    {"parentClusterId", place_string, AT(cluster_parent_id)},
    {"processorErrorMsg", place_string, AT(stream_error)},
    {"processorName", place_string, AT(stream_processor)},
    {"processorState", place_string, AT(stream_state)},
    {"projectName", place_name, AT(project_name)},
    {"replicaSetName", place_string, AT(replica_set)},
    {"resolved", place_time, AT(resolved)},
    {"severity", place_severity, 0},
    {"status", place_status, 0},
    {"updated", place_time, AT(updated)},
    {"userAlias", place_string, AT(host_alias)},
};

static int
compare_key(const void *key, const void *field)
{
	return strcmp(key, ((const struct field *)field)->key);
}

static bool
place(struct alert *a, const char *key, const json_t *value)
{
	const struct field *f = bsearch(key, fields,
	    sizeof(fields) / sizeof(fields[0]), sizeof(fields[0]), compare_key);

	if (f == NULL)
		return false;
	if (says_nothing(value))
		return true;
	return f->place(a, (char *)a + f->offset, value);
}

int
alert_place_fields(struct alert *a)
{
	for (void *i = json_object_iter(a->root); i != NULL;
	    i = json_object_iter_next(a->root, i)) {
		const char *key = json_object_iter_key(i);
		json_t *value = json_object_iter_value(i);

		if (!place(a, key, value) &&
		    json_object_set_nocheck(a->extra, key, value) == -1)
			return -1;
	}
	return 0;
}
