/* SPDX-License-Identifier: ISC */
/*
 * sandbox: what a process that answers requests may still do.
 */
#ifndef ALERTSPOOL_RESPONDER_SANDBOX_H
#define ALERTSPOOL_RESPONDER_SANDBOX_H

#include <stdbool.h>

struct error;

/* No new privileges, no core dump, not dumpable: for every process that holds
 * secrets, as soon as it does. 0, or -1 with ERROR_UNAVAILABLE. */
int sandbox_harden(struct error *);

/* Can this kernel restrict a process to a directory (Landlock)? */
bool sandbox_can_close(void);

/*
 * Allow this process to create, read, write and remove files below the spool
 * directory (an open descriptor), nothing else of the file system. Descriptors
 * that are open stay usable. Does nothing where sandbox_can_close() is false. 0,
 * or -1 with ERROR_UNAVAILABLE when the kernel has Landlock and refuses.
 */
int sandbox_close(int spool_fd, struct error *);

#endif
