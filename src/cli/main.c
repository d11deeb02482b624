/* SPDX-License-Identifier: ISC */
/*
 * main: alertspool, the operator's command for the alerts that alertspool.fcgi(8)
 * spooled. This file prepares the process; cli.c finds and runs the verb. It is the main
 * program of alertspool and of alertspool-network: see frame/network.h.
 */
#include "config.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "lib/base/log.h"

/*
 * Open descriptors 0 to 2, so that no record or secret can take their place. One that was
 * closed stays unusable: it is opened in the wrong direction, so that reading or writing
 * it fails.
 */
static int
descriptors_sane(void)
{
	static const int wrong_way[] = {
	    [STDIN_FILENO] = O_WRONLY,
	    [STDOUT_FILENO] = O_RDONLY,
	    [STDERR_FILENO] = O_RDONLY,
	};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", wrong_way[fd]) != fd)
			return -1;
	return 0;
}

int
main(int argc, char **argv)
{
	if (descriptors_sane() == -1)
		return EX_OSERR;
	umask(027);
	/* The parent may ignore it; "alertspool list | head" must just end. */
	if (signal(SIGPIPE, SIG_DFL) == SIG_ERR)
		return EX_OSERR;
	/* A file over its size limit must be an error of write(2). */
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
		return EX_OSERR;
	/* Records are UTF-8 whatever the user's locale; for wcwidth(3). */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	log_init();
	return cli_main(argc, argv, HAS_NETWORK);
}
