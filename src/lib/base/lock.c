/* SPDX-License-Identifier: ISC */
/*
 * lock: tries a blocked lock again and again, with pauses that grow from 0.1 to 10 ms:
 * fcntl(2) has no lock with a time-out, and a signal that ends a blocking one would
 * concern the whole process.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/lock.h"

#define NAP_MIN_NS 100000
#define NAP_MAX_NS 10000000
#define UNLOCK_TRIES 10

static int
try_lock(int fd, off_t offset, short type)
{
	struct flock lock = {
	    .l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = offset,
	    .l_len = 1,
	};
	int rc;

	do /* a network file system may ask its server */
		rc = fcntl(fd, F_OFD_SETLK, &lock);
	while (rc == -1 && errno == EINTR);
	return rc;
}

int
lock_byte(int fd, off_t offset, int64_t wait_ms)
{
	struct timespec nap = {.tv_nsec = NAP_MIN_NS};
	int64_t deadline;

	if (try_lock(fd, offset, F_WRLCK) == 0)
		return 0;
	deadline = clock_ms() + wait_ms;
	for (;;) {
		if (errno != EAGAIN && errno != EACCES)
			return -1;
		if (clock_ms() >= deadline) {
			errno = EAGAIN;
			return -1;
		}
		nanosleep(&nap, NULL);
		if (nap.tv_nsec < NAP_MAX_NS)
			nap.tv_nsec *= 2;
		if (try_lock(fd, offset, F_WRLCK) == 0)
			return 0;
	}
}

int
lock_byte_shared(int fd, off_t offset)
{
	return try_lock(fd, offset, F_RDLCK);
}

int
lock_byte_holder(int fd, off_t offset, enum lock_holder *holder)
{
	struct flock lock = {
	    .l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = offset,
	    .l_len = 1,
	};
	int rc;

	do
		rc = fcntl(fd, F_OFD_GETLK, &lock);
	while (rc == -1 && errno == EINTR);
	*holder = LOCK_NOBODY;
	if (rc == 0 && lock.l_type != F_UNLCK)
		*holder = lock.l_type == F_RDLCK ? LOCK_SHARED : LOCK_ALONE;
	return rc;
}

/* A byte that is not unlocked stays locked until this process ends. */
void
unlock_byte(int fd, off_t offset)
{
	for (int i = 0; i < UNLOCK_TRIES; i++)
		if (try_lock(fd, offset, F_UNLCK) == 0)
			break;
}
