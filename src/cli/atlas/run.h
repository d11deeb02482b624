/* SPDX-License-Identifier: ISC */
/*
 * run: one run of reconcile over the projects of a section, only for reconcile.c,
 * listing.c and gone.c.
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

	struct project project; /* the current project */
	size_t wrote;		/* records of it */
	void *seen;		/* tree of the ids in its list of open alerts */
};

/* Add an id to the seen ones: 1, 0 when it was there, -1 without memory. */
int run_see(struct run *, const char *id, struct error *);

/* Forget them. */
void run_forget(struct run *);

/* Commit what was collected, even if rc shows that a list broke off: the part that was
 * read is correct. rc, or -1 and the first error. */
int run_flush(struct run *, int rc, struct error *);

/* Was the alert notified (or, without that, created) or resolved so recently that its
 * delivery may be on its way? */
bool run_is_fresh(const json_t *object, time_t now);

#endif
