/* SPDX-License-Identifier: ISC */
/*
 * sandbox: what a process that answers requests may still do.
 */
#ifndef ALERTSPOOL_RESPONDER_SANDBOX_H
#define ALERTSPOOL_RESPONDER_SANDBOX_H

struct error;

/* No new privileges, no core dump, not dumpable: for every process that holds
 * secrets, as soon as it does. 0, or -1 with ERROR_UNAVAILABLE. */
int sandbox_harden(struct error *);

/* Why this process cannot be restricted to directories (Landlock), in words; static.
 * NULL: it can. */
const char *sandbox_missing(void);

/*
 * Allow this process to create, read, write and remove files in the directories of
 * the spool (an open descriptor): its states, history and heard, as far as they are
 * there; nothing else of the file system, and no TCP, abstract sockets or signals to
 * others where the kernel knows that. Descriptors that are open stay usable. Does
 * nothing where sandbox_missing() has a reason. 0, or -1 with ERROR_UNAVAILABLE when
 * the kernel has Landlock and refuses.
 */
int sandbox_close(int spool_fd, struct error *);

/* Likewise, before there is a spool: what will be found at this path can be used,
 * and so can what lies beside it. */
int sandbox_close_near(const char *directory, struct error *);

#endif
