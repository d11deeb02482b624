/* SPDX-License-Identifier: ISC */
/*
 * sections: the sections [atlas NAME] that a verb works on.
 */
#ifndef ALERTSPOOL_ATLAS_SECTIONS_H
#define ALERTSPOOL_ATLAS_SECTIONS_H

#include "cli/frame/cli.h"
#include "lib/settings/atlas.h"

/* Load the settings and their sections [atlas NAME], at least one. 0, or -1 with
 * ERROR_SETTINGS. Free with atlas_settings_free() either way. */
int sections_load(struct cli *, struct atlas_settings *, struct error *);

/* Are all operands names of sections? 0, or -1: ERROR_USAGE, with the existing names. */
int sections_check_operands(struct cli *, const struct atlas_settings *,
    struct error *);

/* Is this section one of those that the operands name? Without operands all are. */
bool sections_wanted(const struct cli *, const struct atlas_section *);

#endif
