/* SPDX-License-Identifier: ISC */
/*
 * alert: works in two steps. First every member of the body is put in its place
 * (field.c). Then the rest is derived: the transition, category, severity, names and the
 * summary.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "lib/alert/alert.h"
#include "lib/alert/event.h"
#include "lib/alert/field.h"
#include "lib/alert/metric.h"
#include "lib/alert/severity.h"
#include "lib/alert/summary.h"
#include "lib/alert/text.h"
#include "lib/alert/type.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/json/read.h"

static const char *const warning_words[ALERT_WARNINGS] = {
    [WARN_EVENT_STATUS_MISMATCH] = "event-status-mismatch",
    [WARN_EVENT_HEADER_UNUSABLE] = "event-header-unusable",
    [WARN_NO_ID] = "no-id",
    [WARN_NO_TIME] = "no-time",
    [WARN_BAD_TIME] = "bad-time",
    [WARN_STALE] = "stale",
    [WARN_CONTROL_CHARACTER_ESCAPED] = "control-character-escaped",
    [WARN_NUMBER_OUT_OF_RANGE] = "number-out-of-range",
    [WARN_NUMBER_ROUNDED] = "number-rounded",
    [WARN_BOM_DROPPED] = "bom-dropped",
    [WARN_UNKNOWN_EVENT_TYPE] = "unknown-event-type",
    [WARN_UNKNOWN_STATUS] = "unknown-status",
    [WARN_UNKNOWN_UNIT] = "unknown-unit",
    [WARN_DUPLICATE_KEY] = "duplicate-key",
    [WARN_UNAUTHENTICATED_SOURCE] = "unauthenticated-source",
};

static const char *const error_words[ALERT_ERRORS] = {
    [ALERT_OK] = "ok",
    [ALERT_NOT_JSON] = "not-json",
    [ALERT_NOT_AN_OBJECT] = "not-an-object",
    [ALERT_NOT_UTF8] = "not-utf-8",
    [ALERT_TOO_DEEP] = "too-deep",
    [ALERT_EMPTY] = "empty",
};

/* The repairs and errors of the JSON reader, in the words of records. */
static const enum alert_warning repair_warnings[JSON_READ_REPAIRS] = {
    [JSON_READ_CONTROL_CHARACTER] = WARN_CONTROL_CHARACTER_ESCAPED,
    [JSON_READ_NUMBER_OUT_OF_RANGE] = WARN_NUMBER_OUT_OF_RANGE,
    [JSON_READ_NUMBER_ROUNDED] = WARN_NUMBER_ROUNDED,
    [JSON_READ_BOM] = WARN_BOM_DROPPED,
    [JSON_READ_DUPLICATE_KEY] = WARN_DUPLICATE_KEY,
};

static const enum alert_error_code read_errors[JSON_READ_CODES] = {
    [JSON_READ_OK] = ALERT_OK,
    [JSON_READ_NOT_JSON] = ALERT_NOT_JSON,
    [JSON_READ_NOT_AN_OBJECT] = ALERT_NOT_AN_OBJECT,
    [JSON_READ_NOT_UTF8] = ALERT_NOT_UTF8,
    [JSON_READ_TOO_DEEP] = ALERT_TOO_DEEP,
    [JSON_READ_EMPTY] = ALERT_EMPTY,
};

static bool
is_later(const struct alert_time *a, const struct alert_time *b)
{
	return a->set && b->set && timestamp_compare(a->at, b->at) > 0;
}

/* Compares with "updated", not with the clock: the same body must give the same name at
 * any time. */
static bool
is_acknowledged(const struct alert *a)
{
	return is_later(&a->acknowledged_until, &a->updated);
}

/* Is this the first notification? */
static bool
is_first(const struct alert *a)
{
	return !a->last_notified.set ||
	    (a->created.set &&
		timestamp_compare(a->last_notified.at, a->created.at) == 0);
}

static enum transition
transition_of_body(const struct alert *a)
{
	switch (a->state) {
	case ALERT_CLOSED:
		return TRANSITION_CLOSE;
	case ALERT_CANCELLED:
		return TRANSITION_CANCEL;
	case ALERT_INFORMATIONAL:
		return TRANSITION_INFORM;
	case ALERT_OPEN:
	case ALERT_TRACKING:
		if (is_acknowledged(a))
			return TRANSITION_ACKNOWLEDGE;
		if (a->state == ALERT_OPEN && is_first(a))
			return TRANSITION_OPEN;
		return TRANSITION_UPDATE;
	default:
		return TRANSITION_UNKNOWN;
	}
}

/* The header is not signed: it chooses among what the signed status allows. Otherwise the
 * body decides, and the header becomes a warning. */
static void
derive_transition(struct alert *a, const char *event)
{
	switch (alert_event_header(event, &a->transition)) {
	case EVENT_READ:
		if (alert_event_allowed(a->transition, a->state,
			is_acknowledged(a))) {
			a->transition_source = TRANSITION_FROM_HEADER;
			return;
		}
		alert_warn(a, WARN_EVENT_STATUS_MISMATCH);
		break;
	case EVENT_UNUSABLE:
		alert_warn(a, WARN_EVENT_HEADER_UNUSABLE);
		break;
	default:
		break;
	}
	a->transition = transition_of_body(a);
	a->transition_source = TRANSITION_FROM_BODY;
}

static void
derive_time(struct alert *a)
{
	const struct alert_time *t = &a->updated;

	if (!t->set || is_later(&a->last_notified, t))
		t = &a->last_notified;
	if (!t->set)
		t = &a->created;
	a->has_time = t->set;
	if (t->set)
		a->time = t->at.tv_sec;
	else
		alert_warn(a, WARN_NO_TIME);
}

static void
derive_category(struct alert *a)
{
	bool listed;

	a->category = alert_category(alert_plain(a->event_type),
	    alert_plain(json_object_get(a->root, "typeName")), &listed);
	if (a->event_type != NULL && !listed)
		alert_warn(a, WARN_UNKNOWN_EVENT_TYPE);
}

static void
derive_severity(struct alert *a, const struct severity_map *rules)
{
	const struct {
		const char *key, *source;
	} lookups[] = {
	    {alert_plain(a->config_id), "config-id"},
	    {alert_plain(a->event_type), "event-type"},
	    {"default", "default"},
	};

	for (size_t i = 0; a->severity == NULL && i < 3; i++) {
		if (lookups[i].key == NULL)
			continue;
		a->severity = severity_find(rules, lookups[i].key);
		if (a->severity != NULL)
			a->severity_source = lookups[i].source;
	}
}

static void
derive_metric(struct alert *a)
{
	const char *word = alert_plain(a->metric_unit);
	const struct unit *unit;

	if (a->metric_unit == NULL)
		return;
	unit = word == NULL ? NULL : alert_unit(word);
	if (unit == NULL) {
		alert_warn(a, WARN_UNKNOWN_UNIT);
		return;
	}
	if (a->metric_value == NULL)
		return;
	a->metric_canonical_value = json_number_value(a->metric_value);
	a->metric_canonical = alert_metric_convert(alert_plain(a->metric_name),
	    unit, &a->metric_canonical_value, &a->metric_canonical_unit);
}

/* Names and summary, from humanReadable if no field has them. */
static int
derive_texts(struct alert *a, struct error *error)
{
	struct buf line = BUF_INIT;
	struct human human = {.headline.at = NULL};
	int rc;

	if (a->human_readable != NULL)
		human = alert_text_split(json_string_value(a->human_readable),
		    json_string_length(a->human_readable));
	if (a->project_name.len == 0 && human.project.n > 0)
		alert_text_decode(&a->project_name, human.project.at,
		    human.project.n);
	if (a->organization_name.len == 0 && human.organization.n > 0)
		alert_text_decode(&a->organization_name, human.organization.at,
		    human.organization.n);
	if (human.headline.n > 0)
		alert_text_decode(&line, human.headline.at, human.headline.n);
	else
		alert_summary(a, &line);
	if (line.len > 0)
		alert_text_summary(&a->summary, line.data, line.len);
	rc = buf_check(&line, error);
	buf_free(&line);
	return rc;
}

static int
check_texts(const struct alert *a, struct error *error)
{
	const struct buf *const texts[] = {&a->summary, &a->text,
	    &a->organization_name, &a->project_name, &a->host_name};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (buf_check(texts[i], error) == -1)
			return -1;
	return 0;
}

/* The first bytes of a body that was compressed on its way and not decompressed. */
static const char *
compression_of(const char *body, size_t len)
{
	static const struct {
		const char *magic, *name;
	} kinds[] = {
	    {"\x1f\x8b", "gzip"},
	    {"\x28\xb5\x2f\xfd", "zstd"},
	    {"\x78\x9c", "deflate"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= strlen(kinds[i].magic) &&
		    memcmp(body, kinds[i].magic, strlen(kinds[i].magic)) == 0)
			return kinds[i].name;
	return NULL;
}

static int
parse_body(struct alert *a, const char *body, size_t len, struct error *error)
{
	struct json_read_error why;
	uint32_t repairs = 0;
	const char *compressed;

	if (json_read(&a->root, &repairs, &why, body, len, error) == -1)
		return -1;
	for (int i = 0; i < JSON_READ_REPAIRS; i++)
		if (repairs & 1u << i)
			alert_warn(a, repair_warnings[i]);
	a->error = (struct alert_error){
	    .code = read_errors[why.code],
	    .line = why.line,
	    .column = why.column,
	};
	memcpy(a->error.message, why.message, sizeof(why.message));
	compressed =
	    a->error.code == ALERT_NOT_UTF8 ? compression_of(body, len) : NULL;
	if (compressed != NULL)
		snprintf(a->error.message, sizeof(a->error.message),
		    "the body is compressed (%s), which the sender never does",
		    compressed);
	return 0;
}

int
alert_parse(struct alert *a, const void *body, size_t len, const char *event,
    const struct severity_map *rules, struct error *error)
{
	*a = (struct alert){.state = ALERT_UNKNOWN,
	    .transition = TRANSITION_UNKNOWN,
	    .transition_source = TRANSITION_FROM_BODY,
	    .category = "unknown"};
	if (parse_body(a, body, len, error) == -1)
		return -1;
	if (a->root == NULL)
		return 0;
	a->extra = json_object();
	if (a->extra == NULL || alert_place_fields(a) == -1) {
		errno = ENOMEM;
		return error_sys(error, ERROR_IO, "cannot sort a body");
	}
	if (a->id == NULL)
		alert_warn(a, WARN_NO_ID);
	derive_transition(a, event);
	derive_time(a);
	derive_category(a);
	derive_severity(a, rules);
	derive_metric(a);
	if (derive_texts(a, error) == -1)
		return -1;
	return check_texts(a, error);
}

void
alert_free(struct alert *a)
{
	json_decref(a->extra);
	json_decref(a->root);
	buf_free(&a->summary);
	buf_free(&a->text);
	buf_free(&a->organization_name);
	buf_free(&a->project_name);
	buf_free(&a->host_name);
	*a = (struct alert){.root = NULL};
}

const char *
alert_warning_word(enum alert_warning warning)
{
	return warning_words[warning];
}

const char *
alert_error_word(enum alert_error_code code)
{
	return error_words[code];
}
