/* SPDX-License-Identifier: ISC */
/* session: settings are loaded once, and root becomes the spool's owner first. */
#include "config.h"

#include "cli/frame/owner.h"
#include "cli/frame/session.h"

int
session_settings(struct cli *cli, struct error *error)
{
	const char *path = settings_path(cli_value(cli, "config"));

	if (cli->loaded)
		return 0;
	if (settings_load(&cli->settings, path, error) == 0) {
		cli->loaded = true;
		return 0;
	}
	if (error->kind == ERROR_NOT_FOUND)
		return cli_advise(cli,
		    "make one with \"alertspool init\", or "
		    "name it with -c FILE");
	if (error->kind == ERROR_DENIED)
		return owner_advise(cli, NULL);
	return -1;
}

int
session_spool(struct cli *cli, enum spool_access access, struct spool **spool,
    struct error *error)
{
	*spool = NULL;
	if (session_settings(cli, error) == -1 ||
	    owner_become(cli, cli->settings.directory, access, error) == -1)
		return -1;
	if (spool_open(spool, cli->settings.directory, access, error) == 0)
		return 0;
	if (error->kind == ERROR_NOT_FOUND)
		return cli_advise(cli, "\"alertspool init\" makes a spool");
	if (error->kind != ERROR_DENIED)
		return -1;
	if (cli->became_owner)
		return cli_advise(cli,
		    "root became the owner of the spool, who cannot reach it; "
		    "\"namei -l\" shows which directory is in the way");
	return owner_advise(cli, cli->settings.directory);
}
