/* SPDX-License-Identifier: ISC */
/*
 * owner: a responder that was started as root becomes the spool's owner.
 */
#ifndef ALERTSPOOL_RESPONDER_OWNER_H
#define ALERTSPOOL_RESPONDER_OWNER_H

#include <stdbool.h>

struct error;

/*
 * One user owns the spool, and root would leave records there that this user cannot
 * move. So root becomes the owner of the spool that these settings name (NULL: the
 * usual file), before it makes or looks at anything; nobody else becomes anybody. With
 * wait, until the spool is there, or a signal ends the process with 0. 0 or -1; what is
 * wrong with the settings is not told.
 */
int owner_become(const char *file, bool wait, struct error *);

#endif
