/* SPDX-License-Identifier: ISC */
/*
 * identity: root becomes somebody else, for good.
 */
#ifndef ALERTSPOOL_BASE_IDENTITY_H
#define ALERTSPOOL_BASE_IDENTITY_H

#include <sys/types.h>

struct error;

/*
 * Take on the user with all groups it has by itself, and this primary group;
 * real, effective and saved ids. The group need not be the user's own: with
 * "init --owner USER:GROUP" it is the one that leads to the spool. That there is
 * no way back is tried. 0, or -1 with ERROR_DENIED, and then the process must
 * not go on.
 */
int identity_become(uid_t, gid_t, struct error *)
    __attribute__((warn_unused_result));

/*
 * Leave no core dump, and let nobody but root trace this process or read its
 * memory: before it reads a secret. A program that it executes can be traced
 * again, and has the limit. 0, or -1 with ERROR_UNAVAILABLE.
 */
int identity_protect(struct error *) __attribute__((warn_unused_result));

#endif
