/* SPDX-License-Identifier: ISC */
/* session: loads settings once, and makes root the spool's owner first. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "lib/settings/value.h"

int
session_settings(struct cli *cli, struct error *error)
{
	const char *path = settings_path(cli_value(cli, "config"));

	if (cli->loaded)
		return 0;
	if (settings_load(&cli->settings, path, error) == 0) {
		cli->loaded = true;
		(void)queues_load(&cli->queues, path, &cli->queues_error);
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
session_queues(struct cli *cli, struct error *error)
{
	if (session_settings(cli, error) == -1)
		return -1;
	if (cli->queues_error.kind == ERROR_NONE)
		return 0;
	*error = cli->queues_error;
	return -1;
}

const char *
session_queue(const struct cli *cli)
{
	return cli_value(cli, "queue");
}

void
session_name_queues(const struct cli *cli, struct buf *text)
{
	for (size_t i = 0; i < cli->queues.n; i++)
		buf_addf(text, "%s%s", i > 0 ? ", " : "",
		    cli->queues.queue[i].name);
	if (cli->queues.n == 0)
		buf_adds(text, "none");
}

int
session_refuse_queue(struct cli *cli, const char *queue, enum error_kind kind,
    struct error *error)
{
	struct buf names = BUF_INIT;

	error_set(error, kind, "there is no queue \"%.40s\"", queue);
	session_name_queues(cli, &names);
	if (!names.failed)
		cli_advise(cli, "queues are: %s", names.data);
	buf_free(&names);
	return -1;
}

/* Create the missing parts of a queue. */
static int
make_queue(const struct cli *cli, const char *queue, struct error *error)
{
	struct spool *spool;
	int rc;

	if (spool_open(&spool, cli->settings.directory, SPOOL_WRITE, error) ==
	    -1)
		return -1;
	rc = spool_create_queue(spool, queue, error);
	spool_close(spool);
	return rc;
}

/* From here on, open this queue's directory. */
static int
enter_queue(struct cli *cli, const char *queue, enum spool_access access,
    struct error *error)
{
	bool known = queues_find(&cli->queues, queue) != NULL;
	struct stat st;
	char *path;

	if (!value_is_name(queue))
		return session_refuse_queue(cli, queue, ERROR_NOT_FOUND, error);
	path = spool_queue_path(cli->settings.directory, queue);
	if (path == NULL)
		return error_sys(error, ERROR_IO, "%s", queue);
	if (!known && stat(path, &st) == -1) {
		free(path);
		return session_refuse_queue(cli, queue, ERROR_NOT_FOUND, error);
	}
	if (known && access == SPOOL_WRITE &&
	    make_queue(cli, queue, error) == -1) {
		free(path);
		return -1;
	}
	free(cli->settings.directory);
	cli->settings.directory = path;
	return 0;
}

/* Warn once that the queues' settings are wrong. */
static void
warn_of_queues(struct cli *cli)
{
	struct buf line = BUF_INIT;

	if (cli->queues_error.kind == ERROR_NONE)
		return;
	buf_addf(&line, "alertspool %s: warning: queues are left out: %s\n",
	    cli->command->name, cli->queues_error.text);
	if (!line.failed)
		cli_say(line.data, line.len);
	buf_free(&line);
	error_clear(&cli->queues_error);
}

static int
open_failed(struct cli *cli, const char *queue, struct error *error)
{
	if (error->kind == ERROR_NOT_FOUND && queue != NULL)
		return cli_advise(cli,
		    "\"alertspool route\" makes the queue when it begins");
	if (error->kind == ERROR_NOT_FOUND)
		return cli_advise(cli,
		    "mount the disk it is on, or make an empty one with "
		    "\"alertspool init --spool-only\"");
	if (error->kind != ERROR_DENIED)
		return -1;
	if (cli->became_owner)
		return cli_advise(cli,
		    "root became the owner of the spool, who cannot reach it; "
		    "\"namei -l\" shows which directory is in the way");
	return owner_advise(cli, cli->settings.directory);
}

int
session_open(struct cli *cli, const char *queue, enum spool_access access,
    struct spool **spool, struct error *error)
{
	*spool = NULL;
	if (session_settings(cli, error) == -1 ||
	    owner_become(cli, cli->settings.directory, access, error) == -1)
		return -1;
	warn_of_queues(cli);
	if (queue != NULL && enter_queue(cli, queue, access, error) == -1)
		return -1;
	if (spool_open(spool, cli->settings.directory, access, error) == 0)
		return 0;
	return open_failed(cli, queue, error);
}

int
session_spool(struct cli *cli, enum spool_access access, struct spool **spool,
    struct error *error)
{
	return session_open(cli, session_queue(cli), access, spool, error);
}

int
session_unrouted(struct cli *cli, const char *verb, struct error *error)
{
	struct buf names = BUF_INIT;

	if (session_queues(cli, error) == -1)
		return -1;
	if (cli->queues.n == 0)
		return 0;
	session_name_queues(cli, &names);
	error_set(error, ERROR_SETTINGS,
	    "%s has queues (%s), so \"alertspool route\" processes the spool, "
	    "not %s",
	    cli->settings.file, names.failed ? "" : names.data, verb);
	buf_free(&names);
	return -1;
}
