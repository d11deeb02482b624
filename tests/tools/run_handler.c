/* SPDX-License-Identifier: ISC */
/*
 * run_handler DIR FAIL DEAD MS: a handler that fails at random.
 *
 * Notes its start and its end as lines of DIR/log, "start ID ATTEMPT" and "end ID CODE",
 * works for up to MS milliseconds, then fails in FAIL of 100 cases (by exit code or
 * signal) and refuses the record (65) in DEAD of 100. While it runs it holds a lock of
 * the alert, DIR/ALERT, which the kernel releases however the handler ends. If another
 * handler holds the lock, it notes "overlap ID".
 */
#include "config.h"

#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL)
		errx(EX_USAGE, "no $%s", name);
	return value;
}

/* One line, one write: lines of several handlers do not mix. */
static void
note(int dir, const char *what, const char *number)
{
	char line[256];
	int fd = openat(dir, "log", O_WRONLY | O_CREAT | O_APPEND, 0644);
	int n = snprintf(line, sizeof(line), "%s %s %s\n", what,
	    variable("ALERTSPOOL_ID"), number);

	if (fd == -1 || write(fd, line, (size_t)n) != n)
		err(EX_IOERR, "log");
	close(fd);
}

static unsigned int
chance(unsigned int of)
{
	unsigned int number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		err(EX_OSERR, "getrandom");
	return number % of;
}

static int
choose(unsigned int fail, unsigned int dead)
{
	unsigned int dice = chance(100);

	if (dice < dead)
		return EX_DATAERR;
	return dice < dead + fail ? 1 + (int)chance(3) : EX_OK;
}

int
main(int argc, char **argv)
{
	int dir, lock, code;
	char text[16];

	if (argc != 5)
		errx(EX_USAGE, "usage: run_handler DIR FAIL DEAD MS");
	dir = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (dir == -1)
		err(EX_NOINPUT, "%s", argv[1]);
	lock = openat(dir, variable("ALERTSPOOL_ALERT_ID"), O_RDWR | O_CREAT,
	    0644);
	if (lock == -1)
		err(EX_CANTCREAT, "lock");
	if (flock(lock, LOCK_EX | LOCK_NB) == -1)
		note(dir, "overlap", "");
	note(dir, "start", variable("ALERTSPOOL_ATTEMPT"));
	usleep(chance(1 + 1000 * (unsigned int)atoi(argv[4])));
	code = choose((unsigned int)atoi(argv[2]), (unsigned int)atoi(argv[3]));
	snprintf(text, sizeof(text), "%d", code);
	note(dir, "end", text);
	printf("code %d\n", code);
	fflush(stdout);
	if (code == 3)
		abort();
	return code;
}
