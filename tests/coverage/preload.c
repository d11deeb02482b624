/* SPDX-License-Identifier: ISC */
/*
 * Loaded into the programs while their coverage is measured. Counts are written
 * when a process ends, below the build directory: the sandbox of a worker would
 * forbid that, so there is no Landlock here (and what of sandbox.c needs it is
 * not counted), and a process of one user must be able to add to what a process
 * of another has written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

typedef int open_function(const char *, int, ...);
typedef long syscall_function(long, ...);

int
open(const char *path, int flags, ...)
{
	open_function *next = (open_function *)dlsym(RTLD_NEXT, "open");
	size_t n = strlen(path);
	mode_t mode = 0;
	va_list ap;
	int fd;

	if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	fd = next(path, flags, mode);
	if (fd != -1 && n > 5 && strcmp(path + n - 5, ".gcda") == 0)
		(void)fchmod(fd, 0666);
	return fd;
}

long
syscall(long number, ...)
{
	syscall_function *next =
	    (syscall_function *)dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list ap;

	if (number == SYS_landlock_create_ruleset) {
		errno = ENOSYS;
		return -1;
	}
	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
