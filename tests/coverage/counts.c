/* SPDX-License-Identifier: ISC */
/*
 * Linked into every program while coverage is measured. gcc's counts are added
 * to files in the build directory when a process ends, and that is to work
 *
 * - in the sandbox of a worker: what Landlock allows is that directory, too;
 * - as another user: the files can be written by everybody;
 * - when a process ends by _exit(2), which its caller means to be silent;
 * - when a tracer lets system calls fail: a file that cannot be read counts as
 *   empty, and what others have counted is lost. So a child writes, which strace
 *   without -f does not follow; one that is traced nevertheless writes files of
 *   its own, which run adds up;
 * - when allocations fail (tests/crash/no_memory.c): no more then.
 *
 * Linked, not preloaded, since tests run programs with an environment of their
 * own. Only a process that a signal kills takes its counts along.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int open_function(const char *, int, ...);
typedef long syscall_function(long, ...);
typedef void exit_function(int);

extern void __gcov_dump(void);

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

static _Noreturn void
end(int status)
{
	exit_function *next = (exit_function *)dlsym(RTLD_NEXT, "_exit");

	next(status);
	__builtin_unreachable();
}

/* proc(5): a number other than 0 is the tracer's process id. If the file cannot be read,
 * the process is traced or in the sandbox. */
static bool
traced(bool otherwise)
{
	static const char key[] = "\nTracerPid:\t";
	char text[4096];
	const char *at;
	int fd = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd != -1)
		close(fd);
	if (n <= 0)
		return otherwise;
	text[n] = '\0';
	at = strstr(text, key);
	return at != NULL && at[sizeof(key) - 1] != '0';
}

/* At the end of a traced process: only a child returns. */
static void
leave_to_child(int status)
{
	char own[sizeof(COUNTS) + 32];
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		snprintf(own, sizeof(own), COUNTS ".traced/%ld",
		    (long)getpid());
		if (traced(false))
			setenv("GCOV_PREFIX", own, 1);
		return;
	}
	if (child > 0)
		(void)waitpid(child, NULL, 0);
	end(status);
}

static bool is_traced;

static void
at_exit(int status, void *nothing)
{
	void (*no_memory_end)(void) =
	    (void (*)(void))dlsym(RTLD_DEFAULT, "no_memory_end");

	(void)nothing;
	if (no_memory_end != NULL)
		no_memory_end();
	if (is_traced)
		leave_to_child(status);
}

__attribute__((constructor)) static void
begin(void)
{
	is_traced = traced(true);
	on_exit(at_exit, NULL);
}

void
_exit(int status)
{
	if (is_traced)
		leave_to_child(status);
	__gcov_dump();
	end(status);
}

static void
allow_counts(syscall_function *next, long ruleset)
{
	struct landlock_path_beneath_attr beneath = {
	    .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
		LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG,
	    .parent_fd = open(COUNTS, O_PATH | O_CLOEXEC),
	};

	(void)next(SYS_landlock_add_rule, ruleset,
	    (long)LANDLOCK_RULE_PATH_BENEATH, &beneath, 0L);
	close(beneath.parent_fd);
}

long
syscall(long number, ...)
{
	syscall_function *next =
	    (syscall_function *)dlsym(RTLD_NEXT, "syscall");
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_landlock_restrict_self)
		allow_counts(next, a[0]);
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
