/* SPDX-License-Identifier: ISC */
/*
 * filter: chooses records by --state, --alert, --event, --severity, --project, --cluster,
 * --source, --since and --until.
 */
#ifndef ALERTSPOOL_RECORDS_FILTER_H
#define ALERTSPOOL_RECORDS_FILTER_H

#include <stdbool.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/records/record_view.h"
#include "lib/alert/severity.h"
#include "lib/record/name.h"

/* The rows of a verb's table of options that filter_parse_record() reads, and those
 * that filter_parse() reads. */
/* clang-format off */
#define FILTER_RECORD_OPTIONS \
	{"severity", 'S', "SEVERITY", \
	    "CRITICAL ERROR WARNING INFO unrated; a,b"}, \
	{"project", 'p', "PROJECT", "this project, by id or name in any case"}, \
	{"cluster", 0, "CLUSTER", "this cluster, by id or name in any case"}, \
	{"source", 0, "SOURCE", "records that came in for this source"}
#define FILTER_OPTIONS \
	{"state", 's', "STATE", \
	    "new cur done dead bad or all; a,b and repeated"}, \
	{"alert", 'a', "ID", "one alert, or the beginning of its id; ID+SOURCE"}, \
	{"event", 'e', "EVENT", \
	    "open inform update acknowledge unknown close cancel"}, \
	FILTER_RECORD_OPTIONS, \
	{"since", 0, "TIME", "alerts of this moment or later"}, \
	{"until", 0, "TIME", "alerts of this moment or earlier"}
/* clang-format on */

#define FILTER_SEEN_MAX 20

/* A wanted project or cluster, and, until a record has it, the names in other records. */
struct filter_thing {
	const char *wanted; /* borrowed; NULL: any */
	bool met;
	size_t nseen;
	char *seen[FILTER_SEEN_MAX]; /* owned */
};

struct filter {
	unsigned int states; /* SPOOL_IN() bits */
	bool by_alert;
	/* As in names: an id of any source; ID+SOURCE, "" if it has no source. */
	char id[NAME_ALERT_MAX + 1], alert[NAME_ALERT_MAX + 1];
	bool by_event;
	enum transition event;
	unsigned int severities; /* bits of ranks; 0: any */
	struct filter_thing project, cluster;
	const char *source; /* borrowed; NULL: any */
	bool has_since, has_until;
	time_t since, until;
};

/* Read the options; states are new and cur unless --state is given. 0, or -1 with
 * ERROR_USAGE. */
int filter_parse(struct filter *, const struct cli *, struct error *);

/* Read only --severity, --project, --cluster and --source; records of all states and
 * names match. 0, or -1 with ERROR_USAGE. */
int filter_parse_record(struct filter *, const struct cli *, struct error *);

/* Complete the beginning of an alert's id by the names in all states. A complete id is
 * never taken for a beginning. 0, or -1: ERROR_INPUT when several alerts begin so. */
int filter_resolve(struct filter *, const struct spool *, struct error *);

void filter_free(struct filter *);

/* Does the name match? */
bool filter_name(const struct filter *, const struct name_view *);

/* Must the record be read to decide, and does it match? A record that cannot be read
 * matches unless its name does not. */
bool filter_needs_record(const struct filter *);
bool filter_record(struct filter *, const struct record_view *);

/* Were records read, and none was of the wanted project or cluster? Then set that error,
 * with the existing ones as advice. */
bool filter_explain(const struct filter *, struct cli *, struct error *);

/* In a walk in this order, can no later name match any more? Names without a time come
 * first. */
bool filter_is_past(const struct filter *, const struct name_view *,
    enum spool_order);

#endif
