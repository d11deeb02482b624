/* SPDX-License-Identifier: ISC */
/* alertspool release: give a claimed record back. */
#include "config.h"

#include "cli/frame/operands.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "lib/base/quantity.h"
#include "lib/spool/queue.h"

static const struct cli_option release_options[] = {
    {"delay", 'd', "TIME", "not to be taken before: 30s, 5m, 24h at most"},
    {"reason", 'r', "TEXT", "why, for the record's history"},
    {"dry-run", 'n', NULL, "print what would be moved, move nothing"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

static const struct move release = {
    .what = "release",
    .from = SPOOL_IN(SPOOL_CUR),
    .to = SPOOL_NEW,
    .metric = METRIC_RELEASED,
};

static int
parse_delay(const struct cli *cli, int64_t *ms, struct error *error)
{
	const char *delay = cli_value(cli, "delay");

	*ms = 0;
	if (delay == NULL)
		return 0;
	if (quantity_duration(delay, ms) == -1 ||
	    *ms > (int64_t)QUEUE_AHEAD_MAX * 1000)
		return error_set(error, ERROR_USAGE,
		    "--delay wants a time like 30s or 5m, 24h at most");
	return 0;
}

static int
release_run(struct cli *cli, struct error *error)
{
	struct mover m;
	int64_t delay;
	int rc;

	if (parse_delay(cli, &delay, error) == -1 ||
	    move_open(&m, cli, &release, error) == -1)
		return -1;
	m.deferred = delay > 0;
	m.mtime.tv_sec += (time_t)(delay / 1000);
	rc = operands_each(cli, m.spool, move_one, &m);
	move_close(&m);
	return rc;
}

const struct command command_release = {
    .name = "release",
    .arguments = "ID…",
    .summary = "give claimed records back: into new/",
    .details =
	"Moves records from cur/ back to new/ and prints their IDs. With\n"
	"--delay they are not taken before that time is over, and hold back\n"
	"the later records of their alert meanwhile. Without it, a record "
	"that\n"
	"waits in new/ for its next attempt is due now.\n",
    .options = release_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .run = release_run,
};
