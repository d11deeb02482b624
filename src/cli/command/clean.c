/* SPDX-License-Identifier: ISC */
/* clean: alertspool clean deletes old records, in the spool and in its queues. */
#include "config.h"

#include "cli/alerts/cleaner.h"
#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/records/move.h"
#include "cli/records/queue_list.h"
#include "lib/base/number_set.h"

static const struct cli_option clean_options[] = {
    {"dry-run", 'n', NULL, "print what would be deleted or moved"},
    {NULL, 0, NULL, NULL},
};

static int
clean_spool(struct spool *spool, const struct cleaner_rules *rules,
    struct error *error)
{
	uint64_t thrown;
	int rc = cleaner_run(spool, rules, &thrown, error);

	if (!rules->dry)
		move_count(spool, METRIC_CLEANED, thrown);
	return rc;
}

/* Alerts that still wait in the spool must find their queues unchanged. */
static int
clean_queues(struct cli *cli, struct spool *spool, struct cleaner_rules rules,
    struct error *error)
{
	struct number_set waiting = NUMBER_SET_INIT;
	struct queue_list list = QUEUE_LIST_INIT;
	int rc = cleaner_waiting(spool, &waiting, error);

	if (rc == 0)
		rc = queue_list_open(&list, spool, cli->settings.directory,
		    &cli->queues, SPOOL_WRITE, error);
	rules.keep = &waiting;
	for (size_t i = 0; i < list.n && rc == 0; i++) {
		const struct queue_entry *queue = &list.entry[i];

		if (queue->settings != NULL)
			rules.retain_done = queue->settings->retain_done;
		else
			rules.retain_done = cli->settings.retain_done;
		rules.queue = queue->name;
		if (queue->spool != NULL)
			rc = clean_spool(queue->spool, &rules, error);
	}
	queue_list_close(&list);
	number_set_free(&waiting);
	return rc;
}

static int
clean_run(struct cli *cli, struct error *error)
{
	char who[OWNER_WHO_SIZE];
	struct cleaner_rules rules = {
	    .who = who,
	    .dry = cli_value(cli, "dry-run") != NULL,
	};
	struct spool *spool;
	bool refused;
	int rc;

	if (session_settings(cli, error) == -1)
		return -1;
	refused = cli->queues_error.kind != ERROR_NONE;
	if (session_spool(cli, SPOOL_WRITE, &spool, error) == -1)
		return -1;
	owner_who(cli, who);
	rules.retain_done = cli->settings.retain_done;
	rules.retain_dead = cli->settings.retain_dead;
	rules.retain_bad = cli->settings.retain_bad;
	rc = clean_spool(spool, &rules, error);
	if (rc == 0 && !refused)
		rc = clean_queues(cli, spool, rules, error);
	spool_close(spool);
	return rc;
}

const struct command command_clean = {
    .name = "clean",
    .arguments = "",
    .summary = "delete old records, return expired leases",
    .details =
	"Deletes records that have been in done/, dead/ and bad/ for longer\n"
	"than retain_done, retain_dead and retain_bad. It keeps the newest\n"
	"record of an alert that is open or acknowledged, and deletes the\n"
	"close or cancel that ended an alert after all other records of it.\n"
	"Moves records with an expired lease from cur/ back to new/.\n"
	"Removes dot-names older than 36 hours, which dead writers left\n"
	"behind, and histories of records that are gone. Prints each on a\n"
	"line. Run it daily. Queues are cleaned, too, each by its own\n"
	"retain_done, except alerts that still wait in the spool. If the\n"
	"settings of the queues are refused, no queue is cleaned.\n",
    .options = clean_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = clean_run,
};
