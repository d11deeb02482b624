/* SPDX-License-Identifier: ISC */
/* signals: signalfd(2) needs no handler, shares nothing and interrupts nothing. */
#include "config.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/worker/signals.h"
#include "lib/base/error.h"

int
signals_open(struct error *error)
{
	static const int awaited[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP};
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(awaited) / sizeof(awaited[0]); i++)
		sigaddset(&set, awaited[i]);
	/* If the parent ignored SIGCHLD, we would not see the end of children. */
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return error_sys(error, ERROR_UNAVAILABLE, "signals");
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1)
		return error_sys(error, ERROR_UNAVAILABLE, "signalfd");
	return fd;
}

unsigned int
signals_read(int fd)
{
	struct signalfd_siginfo info;
	unsigned int stops = 0;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		stops += info.ssi_signo != SIGCHLD;
	return stops;
}
