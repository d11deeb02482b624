/* SPDX-License-Identifier: ISC */
/*
 * driven.so, preloaded: days that pass in seconds. Both clocks are ahead by as many
 * milliseconds as the file $DRIVEN_CLOCK says, 16 bytes of text; and where a program
 * would wait in poll(2), they are set to the moment that it waits for instead. While it
 * has children, which take real time, it waits $DRIVEN_WAIT milliseconds for them first.
 *
 * $DRIVEN_SCRIPT: lines in order of time, what happens at which moment (milliseconds):
 *	MOMENT move FROM TO	a file is renamed
 *	MOMENT jump SECONDS	the time of day, and no other clock, is set
 *	MOMENT end		the program gets SIGTERM
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE 16
#define LONGEST_MS 60000

static char *text; /* NULL: not driven */
static FILE *script;
static int64_t due = INT64_MAX; /* of the next line */
static char line[1024];
static int64_t jumped; /* seconds */
static int wait_ms;

static int64_t
ahead(void)
{
	return strtoll(text, NULL, 10);
}

static void
set_ahead(int64_t ms)
{
	char new[SIZE + 1];

	snprintf(new, sizeof(new), "%-16lld", (long long)ms);
	memcpy(text, new, SIZE);
}

static void
next_line(void)
{
	due = INT64_MAX;
	if (script != NULL && fgets(line, sizeof(line), script) != NULL)
		due = strtoll(line, NULL, 10);
}

__attribute__((constructor)) static void
begin(void)
{
	const char *clock = getenv("DRIVEN_CLOCK");
	const char *path = getenv("DRIVEN_SCRIPT"),
		   *wait = getenv("DRIVEN_WAIT");
	int fd = clock != NULL ? open(clock, O_RDWR | O_CLOEXEC) : -1;
	void *map;

	if (fd == -1)
		return;
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		err(99, "%s", clock);
	text = map;
	wait_ms = wait != NULL ? atoi(wait) : 100;
	script = path != NULL ? fopen(path, "re") : NULL;
	next_line();
}

static void
act(void)
{
	char what[16], from[512], to[512];
	int words = sscanf(line, "%*s %15s %511s %511s", what, from, to);

	if (words == 3 && strcmp(what, "move") == 0) {
		if (rename(from, to) == -1)
			err(99, "%s", from);
	} else if (words == 2 && strcmp(what, "jump") == 0) {
		jumped += atoll(from);
	} else {
		raise(SIGTERM);
	}
	next_line();
}

/* Time passes while nothing happens, or until the script's next line. */
static void
pass(int64_t ms)
{
	int64_t now = ahead();

	set_ahead(now + ms < due ? now + ms : due);
	while (due <= ahead())
		act();
}

static int
real_poll(struct pollfd *fds, nfds_t n, int ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	return (int)syscall(SYS_ppoll, fds, n, ms < 0 ? NULL : &t, NULL, 0);
}

/* Counts a child that has ended but was not waited for. */
static int
has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int
poll(struct pollfd *fds, nfds_t n, int ms)
{
	int rc;

	if (text == NULL)
		return real_poll(fds, n, ms);
	rc = real_poll(fds, n, ms != 0 && has_children() ? wait_ms : 0);
	if (rc != 0 || ms == 0)
		return rc;
	pass(ms > 0 && ms < LONGEST_MS ? ms : LONGEST_MS);
	return real_poll(fds, n, 0);
}

int
__poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size)
{
	(void)size;
	return poll(fds, n, ms);
}

int
clock_gettime(clockid_t id, struct timespec *t)
{
	int rc = (int)syscall(SYS_clock_gettime, id, t);
	int64_t ms = text != NULL ? ahead() : 0;

	if (rc == -1 || (id != CLOCK_REALTIME && id != CLOCK_MONOTONIC))
		return rc;
	t->tv_sec += ms / 1000;
	t->tv_nsec += ms % 1000 * 1000000L;
	if (t->tv_nsec >= 1000000000L) {
		t->tv_sec++;
		t->tv_nsec -= 1000000000L;
	}
	if (id == CLOCK_REALTIME)
		t->tv_sec += jumped;
	return rc;
}

time_t
time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out != NULL)
		*out = t.tv_sec;
	return t.tv_sec;
}

/* The program reads the mtime of this file, and the kernel would set it by its own clock.
 *  */
int
renameat(int from, const char *old, int to, const char *new)
{
	struct timespec times[2];

	if (text != NULL && strcmp(new, "rest") == 0) {
		clock_gettime(CLOCK_REALTIME, &times[0]);
		times[1] = times[0];
		utimensat(from, old, times, AT_SYMLINK_NOFOLLOW);
	}
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}
