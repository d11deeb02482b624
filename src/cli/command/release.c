/* SPDX-License-Identifier: ISC */
/* release: alertspool release gives claimed records back. */
#include "config.h"

#include <sysexits.h>

#include "cli/frame/operands.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "cli/worker/rest.h"
#include "lib/base/quantity.h"
#include "lib/spool/queue.h"

static const struct cli_option release_options[] = {
    {"delay", 'd', "TIME", "not due before: 30s, 5m, 24h at most"},
    {"deferred", 0, NULL, "all that wait for their next try, and end a rest"},
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
		    "--delay needs a time like 30s or 5m, 24h at most");
	return 0;
}

/* Make all deferred records due now, and end the rest. */
static int
release_deferred(struct mover *m, struct error *error)
{
	struct error why = ERROR_INIT;
	struct spool_scan *scan;
	struct spool_entry entry;
	enum queue_status status;
	struct timespec mtime;
	int code = EX_OK, rc;

	if (!m->dry && rest_end(m->spool, error) == -1)
		return -1;
	if (spool_scan_open(&scan, m->spool, SPOOL_IN(SPOOL_NEW),
		SPOOL_ASCENDING, error) == -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1) {
		if (queue_judge(m->spool, &entry, m->mtime, &status, &mtime,
			error) == -1) {
			rc = -1;
			break;
		}
		if (status == QUEUE_DEFERRED && move_one(m, &entry, &why) == -1)
			code = cli_tell(m->cli, &why);
	}
	spool_scan_close(scan);
	return rc == -1 ? -1 : code;
}

static int
check_usage(const struct cli *cli, struct error *error)
{
	bool deferred = cli_value(cli, "deferred") != NULL;

	if (!deferred && cli->noperands == 0)
		return error_set(error, ERROR_USAGE,
		    "name records, or all that wait for their time with "
		    "--deferred");
	if (deferred && (cli->noperands > 0 || cli_value(cli, "delay") != NULL))
		return error_set(error, ERROR_USAGE,
		    "--deferred means all of them, now: it goes with neither "
		    "IDs nor --delay");
	return 0;
}

static int
release_run(struct cli *cli, struct error *error)
{
	struct mover m;
	int64_t delay;
	int rc;

	if (check_usage(cli, error) == -1 ||
	    parse_delay(cli, &delay, error) == -1 ||
	    move_open(&m, cli, &release, error) == -1)
		return -1;
	m.deferred = delay > 0;
	m.mtime.tv_sec += (time_t)(delay / 1000);
	rc = cli_value(cli, "deferred") != NULL
	    ? release_deferred(&m, error)
	    : operands_each(cli, m.spool, move_one, &m);
	move_close(&m);
	return rc;
}

const struct command command_release = {
    .name = "release",
    .arguments = "[ID…]",
    .summary = "give claimed records back: into new/",
    .details =
	"Moves records from cur/ back to new/ and prints their IDs. With\n"
	"--delay they are not due before that time is over, and later\n"
	"records of their alert wait as long. Without it, a record that\n"
	"waits in new/ for its next attempt is due now. --deferred makes\n"
	"all of these due and ends the rest of a queue whose destination\n"
	"did not answer, like \"postqueue -f\" for mail.\n",
    .options = release_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .run = release_run,
};
