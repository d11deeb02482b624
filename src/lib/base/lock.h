/* SPDX-License-Identifier: ISC */
/*
 * lock: locks on single bytes of a file, even beyond its end.
 *
 * Open file description locks (F_OFD_SETLK, fcntl(2)) belong to the open file: two opens
 * by one process exclude each other, and the kernel frees them when the last descriptor
 * of the open file is closed, however the process ends.
 */
#ifndef ALERTSPOOL_BASE_LOCK_H
#define ALERTSPOOL_BASE_LOCK_H

#include <stdint.h>
#include <sys/types.h>

/* Lock the byte at offset, waiting at most wait_ms for its holder. 0, or -1
 * with errno; EAGAIN: still held. The descriptor must be open for writing. */
int lock_byte(int fd, off_t offset, int64_t wait_ms)
    __attribute__((warn_unused_result));

/* Take a shared lock, without waiting. */
int lock_byte_shared(int fd, off_t offset) __attribute__((warn_unused_result));

/* Does somebody keep others from taking the byte exclusively? */
enum lock_holder {
	LOCK_NOBODY,
	LOCK_SHARED, /* one open file or several */
	LOCK_ALONE
};

/* Returns the kind of lock that other open files hold. 0 or -1 with errno. */
int lock_byte_holder(int fd, off_t offset, enum lock_holder *)
    __attribute__((warn_unused_result));

/* Free the byte. Cannot fail on a descriptor that holds it. */
void unlock_byte(int fd, off_t offset);

#endif
