/* SPDX-License-Identifier: ISC */
/*
 * run: one run of reconcile over the projects of a section, for reconcile.c, listing.c
 * and gone.c alone.
 */
#ifndef ALERTSPOOL_ATLAS_RUN_H
#define ALERTSPOOL_ATLAS_RUN_H

#include "cli/atlas/api.h"
#include "cli/atlas/commit.h"
#include "cli/atlas/known.h"
#include "cli/atlas/project.h"
#include "cli/atlas/reconcile.h"
#include "cli/atlas/state.h"

struct run {
	const struct reconcile *how;
	const struct atlas_section *section;
	struct api *api;
	struct state *state;
	struct known known; /* at the beginning of the run */
	struct commit commit;

	struct project project; /* that is at its turn */
	size_t wrote;		/* records of it */
	void *seen; /* tree of the ids in its list of what is open */
};

/* Add an id to those that were seen: 1, 0 when it was there, -1 without memory. */
int run_see(struct run *, const char *id, struct error *);

/* Forget them. */
void run_forget(struct run *);

/* Commit what was collected, also where rc says that a list broke off: what was read of
 * it is right all the same. rc, or -1 and the first error. */
int run_flush(struct run *, int rc, struct error *);

/* Was the alert notified (or, without that, created) or resolved so short a time ago
 * that its delivery may be on its way? */
bool run_is_fresh(const json_t *object, time_t now);

#endif
