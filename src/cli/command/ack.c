/* SPDX-License-Identifier: ISC */
/* ack: alertspool ack marks records as handled. */
#include "config.h"

#include "cli/frame/session.h"
#include "cli/records/move.h"

static const struct cli_option ack_options[] = {
    {"dry-run", 'n', NULL, "print what would be moved, move nothing"},
    {"force", 0, NULL, "also before the queues got it"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

static const struct move ack = {
    .what = "ack",
    .from = SPOOL_IN(SPOOL_NEW) | SPOOL_IN(SPOOL_CUR) | SPOOL_IN(SPOOL_BAD),
    .to = SPOOL_DONE,
    .metric = METRIC_ACKED,
};

static int
ack_run(struct cli *cli, struct error *error)
{
	return move_run(cli, &ack, error);
}

const struct command command_ack = {
    .name = "ack",
    .arguments = "ID…",
    .summary = "mark records as handled: into done/",
    .details =
	"Moves records from cur/, new/ or bad/ to done/, where they are kept\n"
	"for retain_done to recognise repeats, and prints their IDs.\n"
	"\n"
	"An ID may be shortened from the front of the name or be 8 or more\n"
	"digits of its DIGEST; \"-\" reads IDs from standard input.\n",
    .options = ack_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .run = ack_run,
};
