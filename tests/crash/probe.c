/* SPDX-License-Identifier: ISC */
/*
 * probe.so, preloaded: what may the process do once it has accepted its first connection,
 * or, in CGI, at its first fsync, in the middle of a commit? It tries each item of
 * $PROBE, separated by colons, and writes "probe: WHAT: WORD" to standard error; WORD is
 * "done" or the name of the error. WHAT is a path to open; a path followed by + to
 * create; "tcp=PORT" to connect to; "signal" to send one to its parent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int
connect_to(const char *port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET,
	    .sin_port = htons((unsigned short)atoi(port)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = connect(fd, (struct sockaddr *)&address, sizeof(address));
	int sys = errno;

	close(fd);
	errno = sys;
	return rc;
}

static int
open_path(const char *path)
{
	const char create = path[strlen(path) - 1] == '+';
	int fd = open(path,
	    O_CLOEXEC | (create ? O_WRONLY | O_CREAT : O_RDONLY), 0600);

	if (fd == -1)
		return -1;
	close(fd);
	return 0;
}

static int
try(const char *what)
{
	if (strncmp(what, "tcp=", 4) == 0)
		return connect_to(what + 4);
	return strcmp(what, "signal") == 0 ? kill(getppid(), SIGCONT)
					   : open_path(what);
}

static void
probe(void)
{
	static int done;
	char *all = getenv("PROBE");

	if (done || all == NULL)
		return;
	done = 1;
	all = strdup(all);
	for (char *p = strtok(all, ":"); p != NULL; p = strtok(NULL, ":"))
		dprintf(2, "probe: %s: %s\n", p,
		    try(p) == -1 ? strerrorname_np(errno) : "done");
	free(all);
}

int
accept4(int fd, struct sockaddr *address, socklen_t *n, int flags)
{
	int connection = (int)syscall(SYS_accept4, fd, address, n, flags);

	if (connection != -1)
		probe();
	return connection;
}

int
fsync(int fd)
{
	probe();
	return (int)syscall(SYS_fsync, fd);
}
