/* SPDX-License-Identifier: ISC */
/*
 * queues: the sections [queue NAME] of alertspool.conf(5) as a value.
 *
 * The responder skips them, so the verbs that need them load them separately from the
 * same file. Nothing is guessed: text that would need it is refused with file, line and
 * reason.
 */
#ifndef ALERTSPOOL_SETTINGS_QUEUES_H
#define ALERTSPOOL_SETTINGS_QUEUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The field that a condition checks. */
enum queue_field {
	QUEUE_SEVERITY,
	QUEUE_STATE,
	QUEUE_EVENT,
	QUEUE_EVENT_TYPE,
	QUEUE_CATEGORY,
	QUEUE_SOURCE,
	QUEUE_ORGANIZATION,
	QUEUE_PROJECT,
	QUEUE_CLUSTER,
	QUEUE_HOST,
	QUEUE_CONFIG_ID,
	QUEUE_FIELDS
};

#define QUEUE_UNSAID "-" /* the word for a field that the alert lacks */

/* The words of one key, from all its lines: alternatives. */
struct queue_condition {
	char **word;  /* owned; severities in capitals, the rest as written */
	size_t n;     /* 0: the key is not given */
	bool negated; /* none of them */
};

/* A key that is an option of "alertspool run", too. */
struct queue_option {
	const char *key; /* "backoff_max"; static */
	char *value;	 /* owned; paths are absolute */
	int line;
};

enum queue_kind {
	QUEUE_MANUAL, /* neither command nor forward: processed by claim and ack */
	QUEUE_COMMAND, /* processed by a command */
	QUEUE_FORWARD  /* published to a stream */
};

struct queue_settings {
	char *name; /* owned */
	int line;   /* of its header */
	struct queue_condition condition[QUEUE_FIELDS];
	enum queue_kind kind;
	char **command; /* owned, ends with NULL; NULL unless QUEUE_COMMAND */
	char *forward;	/* owned, the URL; NULL unless QUEUE_FORWARD */
	struct queue_option *option; /* owned, in the order of the file */
	size_t noptions;
	int64_t retain_done; /* milliseconds */
};

struct queues {
	struct queue_settings *queue; /* owned, in the order of the file */
	size_t n;
};

/* Read all [queue NAME] sections of the file. 0, also without any; or -1 with the text
 * "FILE:LINE: reason" and *queues empty. Free with queues_free(). */
int queues_load(struct queues *, const char *path, struct error *);

void queues_free(struct queues *);

/* The queue of this name, or NULL. */
const struct queue_settings *queues_find(const struct queues *,
    const char *name);

/* Does its runner skip records that would raise an alert that has ended meanwhile? A
 * program that claims by itself does not. */
bool queue_skips_superseded(const struct queue_settings *);

/* The kind of queue that an option (in either spelling, "tls-ca" or "tls_ca") is for;
 * QUEUE_MANUAL if it is for any kind, or unknown. */
enum queue_kind queues_option_kind(const char *option);

/* "severity", "event_type" and so on: the key of a condition; static. */
const char *queue_field_word(enum queue_field);

/* The i-th key of a section and its default ("" if none), for the manual's test; false if
 * i is too large. */
bool queues_describe(size_t i, const char **key, const char **fallback);

#endif
