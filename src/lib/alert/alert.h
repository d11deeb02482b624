/* SPDX-License-Identifier: ISC */
/*
 * alert: the meaning of a body that MongoDB Atlas, Cloud Manager or Ops Manager sent,
 * whatever its shape.
 *
 * alert_parse() never refuses: an unknown event type, status, unit or field is kept. A
 * body that is a JSON object (perhaps after repairs, each of which is a warning) becomes
 * a struct alert; anything else sets error.code. The result depends only on the body, the
 * X-MMS-Event text and the severity rules, never on the clock. Knows nothing of HTTP,
 * files or secrets.
 */
#ifndef ALERTSPOOL_ALERT_ALERT_H
#define ALERTSPOOL_ALERT_ALERT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/alert/transition.h"
#include "lib/base/buf.h"
#include "lib/json/read.h"

struct error;
struct severity_map;

enum alert_state {
	ALERT_OPEN,
	ALERT_TRACKING,
	ALERT_CLOSED,
	ALERT_CANCELLED,
	ALERT_INFORMATIONAL,
	ALERT_UNKNOWN,
	ALERT_STATES
};

/* Oddities that are not errors, in the order in which records list them. */
enum alert_warning {
	WARN_EVENT_STATUS_MISMATCH, /* the status does not allow the header's event */
	WARN_EVENT_HEADER_UNUSABLE, /* repeated, empty or not plain text */
	WARN_NO_ID,
	WARN_NO_TIME,  /* no field for the name's TIME */
	WARN_BAD_TIME, /* a time field that is not a time */
	WARN_STALE,    /* TIME older than retain_done; set by the receiver */
	WARN_CONTROL_CHARACTER_ESCAPED,
	WARN_NUMBER_OUT_OF_RANGE,
	WARN_NUMBER_ROUNDED,
	WARN_BOM_DROPPED,
	WARN_UNKNOWN_EVENT_TYPE,
	WARN_UNKNOWN_STATUS,
	WARN_UNKNOWN_UNIT,
	WARN_DUPLICATE_KEY,
	WARN_UNAUTHENTICATED_SOURCE, /* set by the receiver */
	ALERT_WARNINGS
};

/* Why a body is not an alert. */
enum alert_error_code {
	ALERT_OK,
	ALERT_NOT_JSON,
	ALERT_NOT_AN_OBJECT,
	ALERT_NOT_UTF8,
	ALERT_TOO_DEEP,
	ALERT_EMPTY,
	ALERT_ERRORS
};

struct alert_error {
	enum alert_error_code code;
	int line;   /* from 1, in the body as it came */
	int column; /* from 1, in characters */
	char message[JSON_READ_MESSAGE_SIZE];
};

/* A moment from the sender; .set is false if there was none. */
struct alert_time {
	bool set;
	struct timespec at;
};

enum transition_source { TRANSITION_FROM_HEADER, TRANSITION_FROM_BODY };

/*
 * json_t pointers and strings that are not struct buf are borrowed from root or static;
 * NULL (a buf without data) if the sender gave no value. A field with a value of the
 * wrong type counts as absent here and stays in extra.
 */
struct alert {
	struct alert_error error; /* ALERT_OK: the other members are valid */
	json_t *root;		  /* owned: the body; NULL on error */
	uint32_t warnings;	  /* bits 1u << enum alert_warning */

	const json_t *id;
	enum alert_state state;
	enum transition transition;
	enum transition_source transition_source;
	const json_t *event_type;
	const char *category;
	const char *severity;
	const char *severity_source; /* body, config-id, event-type, default */
	struct buf summary;
	const json_t *human_readable;
	struct buf text; /* that, with its entities decoded */
	struct alert_time created, updated, last_notified, resolved;
	struct alert_time acknowledged_until;
	const json_t *acknowledged_by, *acknowledgement_comment;
	const json_t *organization_id;
	struct buf organization_name;
	const json_t *project_id;
	struct buf project_name;
	const json_t *config_id;
	const json_t *cluster_id, *cluster_name, *cluster_parent_id;
	const json_t *host_id, *host_alias;
	struct buf host_name;
	int host_port; /* 0: none */
	const json_t *replica_set;
	const json_t *non_running_hosts; /* array of strings */
	const json_t *metric_name, *metric_value, *metric_unit;
	bool metric_canonical; /* the next two are set */
	double metric_canonical_value;
	const char *metric_canonical_unit;
	const json_t *stream_instance, *stream_processor, *stream_state,
	    *stream_error;
	const json_t *link;
	json_t *extra; /* owned object: fields that have no place above */

	bool has_time; /* the name's TIME */
	time_t time;
};

/*
 * Parse a body. event is the X-MMS-Event header's value (several joined by ", ") or NULL.
 * The rules are borrowed, also by the result. 0 (look at error.code), or -1 with ERROR_IO
 * when there is no memory. Free with alert_free() either way.
 */
int alert_parse(struct alert *, const void *body, size_t len, const char *event,
    const struct severity_map *, struct error *)
    __attribute__((warn_unused_result));

void alert_free(struct alert *);

/* The words of records; static. */
const char *alert_state_word(enum alert_state);
const char *alert_warning_word(enum alert_warning);
const char *alert_error_word(enum alert_error_code);

/* The n-th known event type and its category, for tests and samples; false if n is too
 * large. */
bool alert_event_type(size_t n, const char **event_type, const char **category);

#endif
