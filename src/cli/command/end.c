/* SPDX-License-Identifier: ISC */
/* end: alertspool end ends alerts by hand. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/alerts/ending.h"
#include "cli/alerts/fold.h"
#include "cli/alerts/life.h"
#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"

static const struct cli_option end_options[] = {
    {"reason", 'r', "TEXT", "why, for the history"},
    {"dry-run", 'n', NULL, "print what would be ended"},
    {NULL, 0, NULL, NULL},
};

struct ending {
	struct cli *cli;
	struct spool *spool;
	const char *reason; /* NULL: none */
	bool dry;
	char who[OWNER_WHO_SIZE];
	struct life life;
	struct alert_index index;
	struct record_view view;
};

static int
commit(struct ending *e, struct error *error)
{
	const struct spool_event event = {
	    .who = e->who,
	    .what = "end",
	    .why = e->reason,
	};
	char name[NAME_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (spool_check_room(e->spool, e->cli->settings.min_free, error) ==
		-1 ||
	    ending_commit(e->spool, &e->cli->settings, &e->view, now, name,
		error) == -1)
		return -1;
	printf("%s\n", name);
	return spool_note(e->spool, name, &event, error);
}

/* Decides by its records as they are now, under the alert's lock. */
static int
end_locked(struct ending *e, const char *alert, struct error *error)
{
	struct fold f;
	int rc;

	life_free(&e->life);
	if (life_read(&e->life, e->spool, alert, error) == -1 ||
	    life_fold(&e->life, &e->index, error) == -1)
		return -1;
	rc = fold_read(&f, &e->index.fold[0], &e->view, e->spool, time(NULL),
	    error);
	if (rc != 1)
		return rc == -1
		    ? -1
		    : error_set(error, ERROR_NOT_FOUND, "no alert %s", alert);
	if (f.state == FOLD_CLOSED || f.state == FOLD_CANCELLED) {
		printf("%s%s\n", e->view.entry.name,
		    e->dry ? "\t(has ended already)" : "");
		return 0;
	}
	if (f.state != FOLD_OPEN && f.state != FOLD_ACKNOWLEDGED)
		return error_set(error, ERROR_NOT_FOUND,
		    "alert %s is not open (%s), so there is nothing to end",
		    alert, fold_state_word(f.state));
	if (!e->dry)
		return commit(e, error);
	printf("%s\t%s -> %s\n", e->view.entry.name, fold_state_word(f.state),
	    fold_state_word(FOLD_CANCELLED));
	return 0;
}

static int
end_one(struct ending *e, const char *operand, struct error *error)
{
	char alert[NAME_ALERT_MAX + 1], name[NAME_SIZE];
	int rc;

	life_free(&e->life);
	if (life_resolve(e->spool, operand, alert, error) == -1 ||
	    life_read(&e->life, e->spool, alert, error) == -1)
		return -1;
	name_copy(name, e->life.entry[0].name);
	if (spool_lock_alert(e->spool, name, error) == -1)
		return cli_advise(e->cli, "try again when it is done");
	rc = end_locked(e, alert, error);
	alert_index_free(&e->index);
	spool_unlock_alert(e->spool, name);
	return rc;
}

static int
end_run(struct cli *cli, struct error *error)
{
	struct ending e = {
	    .cli = cli,
	    .reason = cli_value(cli, "reason"),
	    .dry = cli_value(cli, "dry-run") != NULL,
	    .index = ALERT_INDEX_INIT,
	    .view = RECORD_VIEW_INIT,
	};
	int code = EX_OK;

	if (session_spool(cli, SPOOL_WRITE, &e.spool, error) == -1)
		return -1;
	owner_who(cli, e.who);
	for (int i = 0; i < cli->noperands; i++)
		if (end_one(&e, cli->operands[i], error) == -1)
			cli_fail(cli, error, &code);
	life_free(&e.life);
	record_view_free(&e.view);
	spool_close(e.spool);
	return code;
}

const struct command command_end = {
    .name = "end",
    .arguments = "ALERT…",
    .summary = "end alerts by hand when their sender never will",
    .details =
	"Commits a record \"cancel\" of the alert to new/, so that handlers\n"
	"and queues end it, too, and prints its ID: for a test, a project\n"
	"that is gone, a lost close. Atlas does not learn of it; its next\n"
	"open of the alert would open it again. ALERT is as for \"alerts\".\n"
	"For an alert that has ended already, nothing changes and its\n"
	"newest record is printed.\n"
	"\n"
	"Examples:\n"
	"  alertspool end 5d1b6f8e --reason \"the project was deleted\"\n"
	"  alertspool alerts -s open --until 30d | cut -f2 |\n"
	"      xargs -r alertspool end --reason \"nobody closed it\"\n",
    .options = end_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .run = end_run,
};
