/* SPDX-License-Identifier: ISC */
/*
 * lock: locks on single bytes of a file, which need not be there.
 *
 * Open file description locks (F_OFD_SETLK, fcntl(2)): they belong to the open
 * file, so two opens of one process exclude each other, and the kernel frees
 * them when the last descriptor of the open file is closed, however the process
 * ends.
 */
#ifndef ALERTSPOOL_BASE_LOCK_H
#define ALERTSPOOL_BASE_LOCK_H

#include <stdint.h>
#include <sys/types.h>

/* Lock the byte at offset, waiting at most wait_ms for its holder. 0, or -1
 * with errno; EAGAIN: still held. The descriptor must be open for writing. */
int lock_byte(int fd, off_t offset, int64_t wait_ms)
    __attribute__((warn_unused_result));

/* The same for a lock that others may share; not waited for. */
int lock_byte_shared(int fd, off_t offset) __attribute__((warn_unused_result));

/* Who keeps others from holding the byte alone? */
enum lock_holder {
	LOCK_NOBODY,
	LOCK_SHARED, /* one open file or several */
	LOCK_ALONE
};

/* The holder, other than this open file. 0 or -1 with errno. */
int lock_byte_holder(int fd, off_t offset, enum lock_holder *)
    __attribute__((warn_unused_result));

/* Free the byte. Cannot fail on a descriptor that holds it. */
void unlock_byte(int fd, off_t offset);

#endif
