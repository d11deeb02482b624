/* SPDX-License-Identifier: ISC */
/* identity: root becomes another user, for good. */
#ifndef ALERTSPOOL_BASE_IDENTITY_H
#define ALERTSPOOL_BASE_IDENTITY_H

#include <sys/types.h>

struct error;

/*
 * Become this user, with all of the user's groups and this primary group, as real,
 * effective and saved ids. The group need not be the user's own: with "init --owner
 * USER:GROUP" it gives access to the spool. Tries that there is no way back. 0, or -1
 * with ERROR_DENIED, and then the process must end.
 */
int identity_become(uid_t, gid_t, struct error *)
    __attribute__((warn_unused_result));

/*
 * Leave no core dump, and let only root trace this process or read its memory; call it
 * before reading a secret. A program that it executes can be traced again, and has the
 * limit. 0, or -1 with ERROR_UNAVAILABLE.
 */
int identity_protect(struct error *) __attribute__((warn_unused_result));

#endif
