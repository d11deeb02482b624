/* SPDX-License-Identifier: ISC */
/*
 * session: the settings and the spool of one run, opened when a verb asks.
 */
#ifndef ALERTSPOOL_FRAME_SESSION_H
#define ALERTSPOOL_FRAME_SESSION_H

#include "cli/frame/cli.h"

/* Load the settings once. 0 or -1. */
int session_settings(struct cli *, struct error *);

/*
 * Load the settings and open the spool. root becomes the owner of the spool
 * directory for good, before anything in it is touched; anybody else who may
 * not is refused with the line to use instead (ERROR_DENIED). 0 or -1.
 */
int session_spool(struct cli *, enum spool_access, struct spool **,
    struct error *);

#endif
