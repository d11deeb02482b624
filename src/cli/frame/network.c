/* SPDX-License-Identifier: ISC */
/* network: executes alertspool-network, from the directory of this program (a build tree)
 * or else from where it is installed. */
#include "config.h"
#include "installed.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/network.h"

#define NAME "/alertspool-network"
#define INSTALLED PKGLIBEXECDIR NAME

/* The path beside this program; false if it is unknown, for example without /proc. */
static bool
beside(char path[static PATH_MAX])
{
	const size_t room = PATH_MAX - sizeof(NAME);
	ssize_t n = readlink("/proc/self/exe", path, room);
	char *slash;

	if (n <= 0 || (size_t)n == room)
		return false;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return false;
	memcpy(slash, NAME, sizeof(NAME));
	return true;
}

int
network_need(struct cli *cli, struct error *error)
{
	char path[PATH_MAX];

	if (cli->has_network)
		return 0;
	if (beside(path))
		(void)execv(path, cli->argv);
	(void)execv(INSTALLED, cli->argv);
	error_sys(error, ERROR_UNAVAILABLE, "%s", INSTALLED);
	return cli_advise(cli,
	    "it is a part of alertspool: install that again");
}
