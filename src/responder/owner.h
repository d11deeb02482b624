/* SPDX-License-Identifier: ISC */
/*
 * owner: a responder that was started as root becomes the spool's owner.
 */
#ifndef ALERTSPOOL_RESPONDER_OWNER_H
#define ALERTSPOOL_RESPONDER_OWNER_H

#include <stdbool.h>

struct error;

/*
 * One user owns the spool, and this user could not move records made by root: so root
 * becomes the owner of the spool that these settings name (NULL: the usual file), before
 * it makes or opens anything. Other users stay who they are. With wait, it waits until
 * the spool exists; a signal that ends the responder ends it here with 0. Returns 0 or
 * -1. Errors in the settings are not reported.
 */
int owner_become(const char *file, bool wait, struct error *);

#endif
