/* SPDX-License-Identifier: ISC */
/*
 * reconcile: what the sender knows of a project's alerts, and the spool does not, as
 * records (ATLAS in alertspool(1)).
 *
 * First the list of what is open: an alert without any record is opened, an
 * acknowledgement that differs is told. Then what is open here and in no list is asked
 * for, one by one: it was closed, or cancelled, or nobody knows it any more. The second
 * part needs whole lists, so it is left out where one broke off.
 */
#ifndef ALERTSPOOL_ATLAS_RECONCILE_H
#define ALERTSPOOL_ATLAS_RECONCILE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/alerts/own_record.h"
#include "cli/atlas/known.h"
#include "cli/frame/cli.h"

#define RECONCILE_ASKED_MOST 500 /* alerts asked for one by one in a run */
#define RECONCILE_FRESH 120 /* seconds in which a delivery may be on its way */

struct reconcile {
	/* Set by the caller; borrowed. */
	struct cli *cli;
	struct spool *spool;
	const char *who; /* for histories */
	bool dry;	 /* print, and write nothing */
	bool handle;	 /* what the first run finds open is handled as any */
	int (*wrote)(const struct own_record *, enum spool_state into,
	    struct error
		*); /* prints a record that was, or would be, written */
};

/* Reconcile the projects of one section. The exit code: 0 or that of the first project
 * that failed, which was told. */
int reconcile_section(struct reconcile *, const struct atlas_section *);

#endif
