/* SPDX-License-Identifier: ISC */
/*
 * sandbox: what a process that answers requests may still do.
 */
#ifndef ALERTSPOOL_SANDBOX_H
#define ALERTSPOOL_SANDBOX_H

struct error;

enum sandbox_outcome {
	SANDBOX_CLOSED,	    /* restricted by the kernel */
	SANDBOX_NO_LANDLOCK /* the kernel has none; all else was done */
};

/* No new privileges, no core dump, not dumpable: for every process that holds
 * secrets, as soon as it does. 0, or -1 with ERROR_UNAVAILABLE. */
int sandbox_harden(struct error *);

/*
 * Allow this process to create, read, write and remove files below the spool
 * directory (an open descriptor), nothing else of the file system (Landlock).
 * Descriptors that are open stay usable. 0 and *outcome, or -1 with
 * ERROR_UNAVAILABLE when the kernel has Landlock and refuses.
 */
int sandbox_close(int spool_fd, enum sandbox_outcome *, struct error *);

#endif
