/* SPDX-License-Identifier: ISC */
/* sandbox: restricts processes that answer requests. */
#ifndef ALERTSPOOL_RESPONDER_SANDBOX_H
#define ALERTSPOOL_RESPONDER_SANDBOX_H

struct error;

/* No new privileges, no core dump, not dumpable: for every process that holds secrets,
 * before it reads them. 0, or -1 with ERROR_UNAVAILABLE. */
int sandbox_harden(struct error *);

/* Why this process cannot be restricted to directories (Landlock), in words; static.
 * NULL: it can. */
const char *sandbox_missing(void);

/*
 * Allow this process to create, read, write and remove files in the existing directories
 * of the spool (an open descriptor): its states, history and heard; nothing else of the
 * file system, and no TCP, abstract sockets or signals to others if the kernel supports
 * that. Open descriptors stay usable. Does nothing where sandbox_missing() has a reason.
 * 0, or -1 with ERROR_UNAVAILABLE when the kernel has Landlock and refuses.
 */
int sandbox_close(int spool_fd, struct error *);

/* The same before a spool exists: a spool created at this path later, or on a disk that is
 * mounted later, can be used, and so can everything beside it. */
int sandbox_close_near(const char *directory, struct error *);

#endif
