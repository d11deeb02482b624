/* SPDX-License-Identifier: ISC */
/*
 * owner: a group member can rename another user's file in a group-writable directory, but
 * cannot set its times, which leases need. So exactly one user writes.
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/frame/owner.h"
#include "cli/output/shell_quote.h"
#include "lib/base/identity.h"

#define HOST_SIZE 64

static void
add_quoted(struct buf *line, const char *word)
{
	buf_addc(line, ' ');
	shell_quote(line, word, strlen(word));
}

/* sudo drops the environment, so the settings file is named on the command line. */
static void
add_command_line(struct buf *line, const struct cli *cli)
{
	add_quoted(line, cli->argv[0]);
	if (cli_value(cli, "config") == NULL) {
		buf_adds(line, " -c");
		add_quoted(line, settings_path(NULL));
	}
	for (int i = 1; i < cli->argc; i++)
		add_quoted(line, cli->argv[i]);
}

int
owner_advise(struct cli *cli, const char *directory)
{
	struct buf line = BUF_INIT;
	const struct passwd *user = NULL;
	struct stat st;
	bool known = directory != NULL && stat(directory, &st) == 0;

	buf_adds(&line, "sudo");
	if (known && (user = getpwuid(st.st_uid)) != NULL)
		buf_addf(&line, " -u %s", user->pw_name);
	else if (known)
		buf_addf(&line, " -u '#%lu'", (unsigned long)st.st_uid);
	add_command_line(&line, cli);
	if (!line.failed)
		cli_advise(cli, "run: %s", line.data);
	buf_free(&line);
	return -1;
}

int
owner_become(struct cli *cli, const char *directory, enum spool_access access,
    struct error *error)
{
	struct stat st;

	if (stat(directory, &st) == -1 || st.st_uid == geteuid())
		return 0;
	if (geteuid() == 0) {
		if (identity_become(st.st_uid, st.st_gid, error) == -1)
			return -1;
		cli->became_owner = true;
		return 0;
	}
	if (access == SPOOL_READ)
		return 0;
	error_set(error, ERROR_DENIED,
	    "%s belongs to another user, and only that user may change it",
	    directory);
	return owner_advise(cli, directory);
}

void
owner_who(const struct cli *cli, char who[static OWNER_WHO_SIZE])
{
	const char *name = getenv("SUDO_USER");
	struct passwd *user = getpwuid(getuid());
	char host[HOST_SIZE] = "localhost";

	if (name == NULL || *name == '\0')
		name = cli->became_owner ? "root"
		    : user != NULL	 ? user->pw_name
					 : "nobody";
	gethostname(host, sizeof(host) - 1);
	snprintf(who, OWNER_WHO_SIZE, "%s@%s", name, host);
}
