/* SPDX-License-Identifier: ISC */
/*
 * audit: does what a project's alerts say reach this spool? As findings.
 */
#ifndef ALERTSPOOL_ATLAS_AUDIT_H
#define ALERTSPOOL_ATLAS_AUDIT_H

#include "cli/frame/cli.h"
#include "cli/output/findings.h"
#include "lib/settings/atlas.h"

/* The longest time in minutes after which an open alert is told again, so that a
 * delivery that was lost is no alert that was lost. */
#define AUDIT_INTERVAL_MAX (24 * 60)

/* Ask the API about the section's projects, and report. What cannot be asked is an
 * error, too. */
void audit_section(struct findings *, const struct settings *,
    const struct atlas_section *);

#endif
