/* SPDX-License-Identifier: ISC */
/*
 * A group member can rename another user's file in a directory that the group
 * may write to, but not set its times, which leases need; so there is exactly
 * one user who writes. Ids are changed in the order groups, group, user, and
 * looked at again afterwards.
 */
#include "config.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/owner.h"
#include "cli/quote.h"

static void
add_quoted(struct buf *line, const char *word)
{
	buf_addc(line, ' ');
	quote_word(line, word, strlen(word));
}

/* sudo drops the environment: the settings file is named on the line. */
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

/* The directory's group may be another than the user's own: with "init --owner
 * USER:GROUP" it is the one that leads to the spool. */
static int
set_groups(uid_t uid, gid_t gid)
{
	const struct passwd *user = getpwuid(uid);

	if (user == NULL)
		return setgroups(1, &gid) == -1 ? -1 : setresgid(gid, gid, gid);
	if (initgroups(user->pw_name, gid) == -1)
		return -1;
	return setresgid(gid, gid, gid);
}

static bool
is_for_good(uid_t uid)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && real == uid &&
	    effective == uid && saved == uid && setresuid(0, 0, 0) == -1;
}

int
owner_become(struct cli *cli, const char *directory, enum spool_access access,
    struct error *error)
{
	struct stat st;

	if (stat(directory, &st) == -1 || st.st_uid == geteuid())
		return 0;
	if (geteuid() == 0) {
		if (set_groups(st.st_uid, st.st_gid) == -1 ||
		    setresuid(st.st_uid, st.st_uid, st.st_uid) == -1 ||
		    !is_for_good(st.st_uid))
			return error_sys(error, ERROR_DENIED,
			    "%s: becoming its owner, uid %lu", directory,
			    (unsigned long)st.st_uid);
		cli->became_owner = true;
		return 0;
	}
	if (access == SPOOL_READ)
		return 0;
	error_set(error, ERROR_DENIED,
	    "%s belongs to another user, who alone may change it", directory);
	return owner_advise(cli, directory);
}
