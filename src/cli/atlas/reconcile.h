/* SPDX-License-Identifier: ISC */
/*
 * reconcile: makes records of a project's alerts that the sender knows and the spool does
 * not (ATLAS in alertspool(1)).
 *
 * First the list of open alerts: an alert without a record is opened, an acknowledgement
 * that differs is recorded. Then alerts that are open here and in no list are asked for,
 * one by one: they were closed, or cancelled, or nobody knows them any more. The second
 * part needs complete lists, so it is skipped if one broke off.
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
	bool handle; /* alerts that the first run finds open are handled, too */
	int (*wrote)(const struct own_record *, enum spool_state into,
	    struct error
		*); /* prints a record that was, or would be, written */
};

/* Reconcile the projects of one section. The exit code: 0 or that of the first project
 * that failed, which was reported. */
int reconcile_section(struct reconcile *, const struct atlas_section *);

#endif
