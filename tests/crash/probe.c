/* SPDX-License-Identifier: ISC */
/*
 * probe.so, preloaded: what may the process open at the moment of its first
 * fsync, which is in the middle of a commit? It tries the paths of $PROBE, with
 * colons between them, and tells standard error "probe: PATH: WORD", the word
 * being "open" or the name of the error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
probe(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	dprintf(2, "probe: %s: %s\n", path,
	    fd == -1 ? strerrorname_np(errno) : "open");
	if (fd != -1)
		close(fd);
}

int
fsync(int fd)
{
	static int done;
	char *paths = getenv("PROBE");

	if (!done && paths != NULL) {
		done = 1;
		paths = strdup(paths);
		for (char *p = strtok(paths, ":"); p != NULL;
		     p = strtok(NULL, ":"))
			probe(p,
			    p[strlen(p) - 1] == '+' ? O_WRONLY | O_CREAT
						    : O_RDONLY);
		free(paths);
	}
	return (int)syscall(SYS_fsync, fd);
}
