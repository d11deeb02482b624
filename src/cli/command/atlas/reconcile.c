/* SPDX-License-Identifier: ISC */
/* reconcile: alertspool atlas reconcile makes records of undelivered alerts. */
#include "config.h"

#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "cli/atlas/reconcile.h"
#include "cli/atlas/sections.h"
#include "cli/frame/cli.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "lib/base/escape.h"

static const struct cli_option reconcile_options[] = {
    {"dry-run", 'n', NULL, "print the records, and write none"},
    {"handle", 0, NULL, "also handle what the first run finds open"},
    {NULL, 0, NULL, NULL},
};

/* Its ID, so that it can be piped; its state; its summary. */
static int
print_record(const struct own_record *r, enum spool_state into,
    struct error *error)
{
	struct buf line = BUF_INIT;
	int rc;

	buf_addf(&line, "%s\t%s\t", r->name, spool_state_word(into));
	if (r->alert.summary.len > 0)
		escape_terminal(&line, r->alert.summary.data,
		    r->alert.summary.len);
	buf_addc(&line, '\n');
	rc = buf_check(&line, error);
	if (rc == 0)
		fwrite(line.data, 1, line.len, stdout);
	buf_free(&line);
	return rc;
}

static int
reconcile_all(struct reconcile *how, const struct atlas_settings *s)
{
	int code = EX_OK, one;

	for (size_t i = 0; i < s->n; i++) {
		if (!sections_wanted(how->cli, &s->section[i]))
			continue;
		one = reconcile_section(how, &s->section[i]);
		code = code != EX_OK ? code : one;
	}
	return code;
}

static int
reconcile_run(struct cli *cli, struct error *error)
{
	char who[OWNER_WHO_SIZE];
	struct reconcile how = {
	    .cli = cli,
	    .who = who,
	    .dry = cli_value(cli, "dry-run") != NULL,
	    .handle = cli_value(cli, "handle") != NULL,
	    .wrote = print_record,
	};
	struct atlas_settings s;
	int rc = sections_load(cli, &s, error);

	if (rc == 0)
		rc = sections_check_operands(cli, &s, error);
	if (rc == 0)
		rc = session_spool(cli, SPOOL_WRITE, &how.spool, error);
	if (rc == 0 &&
	    spool_take_role(how.spool, SPOOL_RECONCILES, error) == -1)
		rc = cli_advise(cli, "try again when it is done");
	if (rc == 0) {
		owner_who(cli, who);
		rc = reconcile_all(&how, &s);
	}
	spool_close(how.spool);
	atlas_settings_free(&s);
	return rc;
}

const struct command command_atlas_reconcile = {
    .name = "atlas reconcile",
    .arguments = "[NAME…]",
    .summary = "make records of alerts that were never delivered",
    .details =
	"Asks the API for the open alerts of the projects in [atlas NAME].\n"
	"Commits a record for each alert that the spool does not know, if\n"
	"its configuration notifies a webhook; for acknowledgements that\n"
	"differ; and for the end of alerts that are open only here. They\n"
	"are records like any other, so handlers and queues get them.\n"
	"\n"
	"The first run for a project treats open alerts as known: they go\n"
	"straight to done/, and nobody handles them; with --handle they are\n"
	"handled like any alert. Alerts notified within the last two\n"
	"minutes are left to their deliveries. Run it on one host, the one\n"
	"that gets all deliveries: alertspool-atlas-reconcile.timer does,\n"
	"every five minutes.\n"
	"\n"
	"Prints a line for each record: its ID, its state, its summary.\n"
	"Exit code: 0; 75 when not everything could be asked for, or\n"
	"another reconcile is running; 77 when the key does not suffice; 78\n"
	"when a project's template has no \"id\".\n",
    .options = reconcile_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .network = true,
    .run = reconcile_run,
};
