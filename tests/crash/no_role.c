/* SPDX-License-Identifier: ISC */
/*
 * no_role.so, preloaded: a runner of a version that knew no queues. It takes the locks
 * of alerts and records as ever, but not the byte 2^62 of the lock file, by which run,
 * forward, claim and route see each other.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>

#define ROLE_BYTE ((off_t)1 << 62)

/* The C library's fcntl64 does all that its fcntl does. */
int
fcntl64(int fd, int what, ...)
{
	int (*real)(int, int, ...) =
	    (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl64");
	const struct flock *lock;
	void *argument;
	va_list ap;

	va_start(ap, what);
	argument = va_arg(ap, void *);
	va_end(ap);
	lock = argument;
	if ((what == F_OFD_SETLK || what == F_OFD_SETLKW) &&
	    lock->l_start == ROLE_BYTE)
		return 0;
	if (real == NULL)
		abort();
	return real(fd, what, argument);
}

int fcntl(int, int, ...) __attribute__((alias("fcntl64")));
