/* SPDX-License-Identifier: ISC */
/*
 * commit: makes records from the API's answers, a few dozen at a time.
 *
 * Each is committed under its alert's lock, and only after the names were read again
 * under that lock, because a delivery or another process may have changed something
 * meanwhile. The names are read once for all that are committed together.
 */
#ifndef ALERTSPOOL_ATLAS_COMMIT_H
#define ALERTSPOOL_ATLAS_COMMIT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "cli/alerts/own_record.h"
#include "lib/base/buf.h"
#include "lib/spool/spool.h"

struct error;
struct settings;

#define COMMIT_MOST 64 /* alerts that are locked at a time */

/* One record to make. */
struct commit_change {
	json_t *object;	 /* owned: the alert from the API */
	struct buf body, /* it, as text, with projectName */
	    more;	 /* for the end of the summary */
	struct own_record record;
	bool locked;
};

struct commit {
	/* Set by the caller; borrowed. */
	struct spool *spool;
	const struct settings *settings;
	const char *source;
	const char *project; /* its name */
	const char *who;     /* for histories */
	bool dry;	     /* look, and write nothing */
	bool first;	     /* open alerts are known: straight into done/ */
	int (*wrote)(void *context, const struct own_record *,
	    enum spool_state into, struct error *); /* for each record */
	/* It ended there before it was opened here: its state is unknown. */
	void (*early)(void *context, const char *alert);
	void *context;

	size_t busy; /* alerts skipped because another process works on them */

	/* private */
	struct commit_change change[COMMIT_MOST];
	size_t n;
};

/* Add a record of this transition for the object, to which it adds a reference; the text
 * of project_config_limit() goes after the summary. It is committed when there are enough
 * of them. 0 or -1. */
int commit_add(struct commit *, enum transition, json_t *object,
    const struct buf *limit, struct error *);

/* Commit everything added so far. 0 or -1. */
int commit_flush(struct commit *, struct error *);

/* Forget what was not committed. */
void commit_free(struct commit *);

/* Given the end of an acknowledgement there and here (0: none), which record is needed:
 * TRANSITION_ACKNOWLEDGE, TRANSITION_UPDATE (it was withdrawn), or TRANSITION_UNKNOWN for
 * none? */
enum transition commit_acknowledgement(time_t there, time_t here, time_t now);

#endif
