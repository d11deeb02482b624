/* SPDX-License-Identifier: ISC */
/* selection: the alerts that an operator asks for. */
#ifndef ALERTSPOOL_ALERTS_SELECTION_H
#define ALERTSPOOL_ALERTS_SELECTION_H

#include "cli/alerts/fold.h"
#include "cli/frame/cli.h"
#include "cli/records/filter.h"

/* The rows of a verb's table of options that selection_parse() reads. */
/* clang-format off */
#define SELECTION_OPTIONS \
	{"state", 's', "STATE", "alerts in this state, see above; a,b and repeated"}, \
	{"all", 0, NULL, "alerts of every state"}, \
	FILTER_RECORD_OPTIONS, \
	{"type", 't', "TYPE", "alerts of this event type or category"}, \
	{"since", 0, "TIME", "alerts that existed at this moment or later"}, \
	{"until", 0, "TIME", "alerts that existed at this moment or earlier"}
/* clang-format on */

struct selection {
	unsigned int states; /* FOLD_IN() bits */
	struct filter filter;
	const char *type; /* borrowed; NULL: any */
	struct fold_time since, until;
};

/* Read the options: by default open and acknowledged alerts, or those of every state for
 * a range of time. 0, or -1 with ERROR_USAGE. Free with selection_free() either way. */
int selection_parse(struct selection *, const struct cli *, struct error *);

void selection_free(struct selection *);

/* Is there an option for time? */
bool selection_is_range(const struct selection *);

/* The wish for an index. */
struct alert_index_wish selection_wish(const struct selection *);

/* Does the alert match? An unknown value of a record that cannot be read matches. */
bool selection_has(struct selection *, const struct fold *,
    const struct alert_fold *, const struct record_view *newest);

#endif
