/* SPDX-License-Identifier: ISC */
/*
 * short.so, preloaded: calls that do less than they were asked for, as every call may.
 * strace cannot simulate this: a call that it changes was not made.
 *
 * With $AT_ONCE=1, each read(2), write(2), pread(2), pwrite(2), recv(2) and send(2) of a
 * file, pipe or socket transfers one byte, with $AT_ONCE=half, half of the bytes, and at
 * least one. With $CLOSE_FAILS=N, the N-th close(2) of the process closes, but returns
 * EIO; standard error gets "short: close failed". Calls within libc are not affected.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static enum { ALL, ONE, HALF } at_once;
static long closes; /* until one fails; 0: none fails */

__attribute__((constructor)) static void
begin(void)
{
	const char *text = getenv("AT_ONCE");

	if (text != NULL)
		at_once = strcmp(text, "1") == 0 ? ONE : HALF;
	text = getenv("CLOSE_FAILS");
	closes = text != NULL ? atol(text) : 0;
}

/* One end of a socketpair(2): a local socket without a name. */
static bool
is_pair(int fd)
{
	struct sockaddr_un address;
	socklen_t size = sizeof(address);

	return getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
	    address.sun_family == AF_UNIX &&
	    size <= offsetof(struct sockaddr_un, sun_path);
}

/* The kernel always transfers the events of a signalfd and the like completely. A pair
 * within one process has enough room, but only for large writes: each write takes
 * hundreds of bytes of the room, so single bytes would fill it. */
static bool
comes_in_pieces(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode) ||
		(S_ISSOCK(st.st_mode) && !is_pair(fd)));
}

static size_t
less(int fd, size_t n)
{
	int saved = errno;

	if (at_once != ALL && n > 1 && comes_in_pieces(fd))
		n = at_once == ONE ? 1 : n / 2;
	errno = saved;
	return n;
}

ssize_t
read(int fd, void *bytes, size_t n)
{
	return syscall(SYS_read, fd, bytes, less(fd, n));
}

ssize_t
write(int fd, const void *bytes, size_t n)
{
	return syscall(SYS_write, fd, bytes, less(fd, n));
}

ssize_t
pread(int fd, void *bytes, size_t n, off_t at)
{
	return syscall(SYS_pread64, fd, bytes, less(fd, n), at);
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	return syscall(SYS_pwrite64, fd, bytes, less(fd, n), at);
}

ssize_t
recv(int fd, void *bytes, size_t n, int flags)
{
	return syscall(SYS_recvfrom, fd, bytes, less(fd, n), flags, NULL, NULL);
}

ssize_t
send(int fd, const void *bytes, size_t n, int flags)
{
	return syscall(SYS_sendto, fd, bytes, less(fd, n), flags, NULL, 0);
}

int
close(int fd)
{
	int rc = (int)syscall(SYS_close, fd);

	if (closes == 0 || --closes > 0)
		return rc;
	dprintf(STDERR_FILENO, "short: close failed\n");
	errno = EIO;
	return -1;
}
