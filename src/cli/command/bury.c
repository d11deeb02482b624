/* SPDX-License-Identifier: ISC */
/* bury: alertspool bury gives records up. */
#include "config.h"

#include "cli/frame/session.h"
#include "cli/records/move.h"

static const struct cli_option bury_options[] = {
    {"reason", 'r', "TEXT", "why, for the record's history"},
    {"dry-run", 'n', NULL, "print what would be moved, move nothing"},
    {"force", 0, NULL, "also before the queues got it"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

static const struct move bury = {
    .what = "bury",
    .from = SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR) | SPOOL_IN(SPOOL_BAD),
    .to = SPOOL_DEAD,
    .metric = METRIC_BURIED,
};

static int
bury_run(struct cli *cli, struct error *error)
{
	return move_run(cli, &bury, error);
}

const struct command command_bury = {
    .name = "bury",
    .arguments = "ID…",
    .summary = "give records up: into dead/",
    .details =
	"Moves records from new/, cur/ or bad/ to dead/, the dead letters,\n"
	"and prints their IDs. They no longer delay later records of their\n"
	"alert. \"requeue\" brings them back.\n",
    .options = bury_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .run = bury_run,
};
