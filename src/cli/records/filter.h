/* SPDX-License-Identifier: ISC */
/*
 * filter: which records a verb means by --state, --alert, --event, --project,
 * --source, --since and --until.
 */
#ifndef ALERTSPOOL_RECORDS_FILTER_H
#define ALERTSPOOL_RECORDS_FILTER_H

#include <stdbool.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/records/record_view.h"
#include "lib/record/name.h"

/* The rows of a verb's table of options that filter_parse() reads. */
/* clang-format off */
#define FILTER_OPTIONS \
	{"state", 's', "STATE", \
	    "new cur done dead bad or all; a,b and repeated"}, \
	{"alert", 'a', "ID", "records of this alert; of one source: ID+SOURCE"}, \
	{"event", 'e', "EVENT", \
	    "open inform update acknowledge unknown close cancel"}, \
	{"project", 'p', "PROJECT", "records of this project, id or name"}, \
	{"source", 0, "SOURCE", "records that came in for this source"}, \
	{"since", 0, "TIME", "alerts of this moment or later"}, \
	{"until", 0, "TIME", "alerts of this moment or earlier"}
/* clang-format on */

struct filter {
	unsigned int states; /* SPOOL_IN() bits */
	bool by_alert;
	/* As names spell them: an id of any source; ID+SOURCE, "" if it is not. */
	char id[NAME_ALERT_MAX + 1], alert[NAME_ALERT_MAX + 1];
	bool by_event;
	enum transition event;
	const char *project; /* borrowed; NULL: any */
	const char *source;
	bool has_since, has_until;
	time_t since, until;
};

/* Read the options; states are new and cur unless --state says otherwise. 0,
 * or -1 with ERROR_USAGE. */
int filter_parse(struct filter *, const struct cli *, struct error *);

/* Does the name pass? */
bool filter_name(const struct filter *, const struct name_view *);

/* Must the record be read to tell the rest, and does it pass? */
bool filter_needs_record(const struct filter *);
bool filter_record(const struct filter *, const struct record_view *);

/* Walking in this order, can no later name pass any more? Names that have no
 * time come first. */
bool filter_is_past(const struct filter *, const struct name_view *,
    enum spool_order);

#endif
