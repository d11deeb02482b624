/* SPDX-License-Identifier: ISC */
/* requeue: alertspool requeue moves records back to the queue, from done, dead or bad. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/frame/operands.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "cli/records/reparse.h"
#include "cli/worker/superseded.h"

static const struct cli_option requeue_options[] = {
    {"state", 's', "STATE", "all records of done, dead or bad"},
    {"reason", 'r', "TEXT", "why, for the record's history"},
    {"dry-run", 'n', NULL, "print what would be moved, move nothing"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

static const struct move requeue = {
    .what = "requeue",
    .from = SPOOL_IN(SPOOL_DONE) | SPOOL_IN(SPOOL_DEAD) | SPOOL_IN(SPOOL_BAD),
    .to = SPOOL_NEW,
    .metric = METRIC_REQUEUED,
};

static int
from_bad(struct mover *m, const struct spool_entry *entry, struct error *error)
{
	char name[NAME_SIZE], note[NAME_SIZE + 8];
	int rc = reparse(m->spool, &m->cli->settings, entry->name, m->who,
	    m->dry, name, error);

	if (rc == -1)
		return -1;
	m->moved += rc == 1;
	snprintf(note, sizeof(note), " as %s", name);
	move_tell(m, m->dry ? entry->name : name, SPOOL_BAD, note);
	return 0;
}

/* A record that would raise an alert that has ended is not handled, unless the queue's
 * settings want it. */
static bool
is_skipped(const struct cli *cli)
{
	const char *name = session_queue(cli);
	const struct queue_settings *queue =
	    name != NULL ? queues_find(&cli->queues, name) : NULL;

	return queue != NULL && queue_skips_superseded(queue);
}

static int
requeue_one(void *mover, const struct spool_entry *entry, struct error *error)
{
	struct mover *m = mover;
	char end[NAME_SIZE];
	int rc = move_one(m, entry, error);

	if (rc == -1 || entry->state == SPOOL_BAD || !is_skipped(m->cli))
		return rc;
	rc = superseded_by(m->spool, entry->name, end, error);
	if (rc == 1)
		fprintf(stderr,
		    "alertspool requeue: %s: its alert ended by %s, so run "
		    "will not handle it\n",
		    entry->name, end);
	return rc == -1 ? -1 : 0;
}

/* Everything in this state: a failure is reported, and the rest goes on. */
static int
requeue_state(struct mover *m, enum spool_state state, struct error *error)
{
	struct spool_scan *scan;
	struct spool_entry entry;
	struct error why = ERROR_INIT;
	int code = EX_OK, rc;

	if (spool_scan_open(&scan, m->spool, SPOOL_IN(state), SPOOL_ASCENDING,
		error) == -1)
		return -1;
	while ((rc = spool_scan_next(scan, &entry, error)) == 1)
		if (requeue_one(m, &entry, &why) == -1)
			cli_fail(m->cli, &why, &code);
	spool_scan_close(scan);
	return rc == -1 ? -1 : code;
}

static int
parse_state(const struct cli *cli, enum spool_state *state, bool *given,
    struct error *error)
{
	const char *word = cli_value(cli, "state");

	*given = word != NULL;
	if (word == NULL && cli->noperands == 0)
		return error_set(error, ERROR_USAGE,
		    "name records, or all of a state with --state");
	if (word == NULL)
		return 0;
	if (cli->noperands > 0)
		return error_set(error, ERROR_USAGE,
		    "--state means all of them; name records or a state");
	if (!spool_state_parse(word, state) ||
	    (SPOOL_IN(*state) & requeue.from) == 0)
		return error_set(error, ERROR_USAGE,
		    "--state needs done, dead or bad");
	return 0;
}

static int
requeue_run(struct cli *cli, struct error *error)
{
	enum spool_state state = SPOOL_DEAD;
	struct mover m;
	bool all;
	int rc;

	if (parse_state(cli, &state, &all, error) == -1 ||
	    move_open(&m, cli, &requeue, error) == -1)
		return -1;
	m.from_bad = from_bad;
	rc = all ? requeue_state(&m, state, error)
		 : operands_each(cli, m.spool, requeue_one, &m);
	move_close(&m);
	return rc;
}

const struct command command_requeue = {
    .name = "requeue",
    .arguments = "[ID…]",
    .summary = "put records back into new/, from done/, dead/ or bad/",
    .details =
	"Moves records back to new/ and prints their IDs. A record in bad/\n"
	"is parsed again: a body that an older alertspool could not read\n"
	"may be an alert now, under a new name with the old DIGEST. If it\n"
	"is still not an alert, it stays where it is (65). A record that\n"
	"waits in new/ for its next attempt is due now; its attempts keep\n"
	"their count.\n",
    .options = requeue_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .run = requeue_run,
};
