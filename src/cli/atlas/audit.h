/* SPDX-License-Identifier: ISC */
/* audit: do a project's alerts reach this spool? As findings. */
#ifndef ALERTSPOOL_ATLAS_AUDIT_H
#define ALERTSPOOL_ATLAS_AUDIT_H

#include "cli/frame/cli.h"
#include "cli/output/findings.h"
#include "lib/settings/atlas.h"

/* The longest interval in minutes between notifications of an open alert: with it, a lost
 * delivery is not a lost alert. */
#define AUDIT_INTERVAL_MAX (24 * 60)

/* Ask the API about the section's projects, and report. A failed request is an error,
 * too. */
void audit_section(struct findings *, const struct settings *,
    const struct atlas_section *);

#endif
