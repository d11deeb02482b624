/* SPDX-License-Identifier: ISC */
/*
 * spawn JOBS N: run /bin/true N times, JOBS at a time, and nothing else: the
 * fastest that any runner of handlers can be. Prints how many a second.
 */
#include "config.h"

#include <err.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void
spawn(void)
{
	static char name[] = "true";
	static char *const arguments[] = {name, NULL};
	static char *const environment[] = {NULL};
	pid_t pid;

	if (posix_spawn(&pid, "/bin/true", NULL, NULL, arguments,
		environment) != 0)
		errx(71, "/bin/true");
}

int
main(int argc, char **argv)
{
	struct timespec a, b;
	int jobs, left, n;

	if (argc != 3)
		errx(64, "usage: spawn JOBS N");
	jobs = atoi(argv[1]);
	left = n = atoi(argv[2]);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (; jobs > 0 && left > 0; jobs--, left--)
		spawn();
	while (wait(NULL) > 0)
		if (left > 0) {
			spawn();
			left--;
		}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%.1f\n",
	    n /
		((double)(b.tv_sec - a.tv_sec) +
		    (double)(b.tv_nsec - a.tv_nsec) / 1e9));
	return 0;
}
