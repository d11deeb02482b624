/* SPDX-License-Identifier: ISC */
/*
 * lock: exclusive locks on single bytes of a file, which need not be there.
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

/* Free the byte. Cannot fail on a descriptor that holds it. */
void unlock_byte(int fd, off_t offset);

#endif
