/* SPDX-License-Identifier: ISC */
/*
 * check: alertspool check finds what would keep the next alert from being stored, or let
 * it be forged, lost or overheard. It looks for faults that occur in practice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "cli/check/check.h"
#include "cli/frame/network.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/http/url.h"

static const struct cli_option check_options[] = {
    {"url", 'u', "URL", "check this URL, too, through the web server"},
    {"log", 0, "FILE", "look for a token in this log; may be repeated"},
    {"nats", 0, "URL", "could \"forward\" publish there?"},
    {"stream", 's', "NAME", "with --nats: the stream (ATLAS_ALERTS)"},
    {"subject", 'S', "TEMPLATE", "with --nats: subject of a record"},
    {"auth", 'a', "FILE", "with --nats: as forward has it"},
    {"creds", 0, "FILE", "likewise"},
    {"nkey", 'k', "FILE", "likewise"},
    {"tls-ca", 'T', "FILE", "likewise"},
    {"domain", 0, "NAME", "likewise"},
    {"inbox-prefix", 0, "SUBJECT", "likewise"},
    {"max-silence", 0, "TIME",
	"an error for a source without a delivery this long"},
    {"quiet", 0, NULL, "print errors only: for cron"},
    {"json", 'j', NULL, "one JSON object for each finding"},
    {NULL, 0, NULL, NULL},
};

struct logs {
	struct check_log *log;
	size_t n;
};

static int
parse_url(struct cli *cli, struct error *error)
{
	const char *url = cli_value(cli, "url");

	if (url == NULL)
		return cli_value(cli, "log") == NULL
		    ? 0
		    : error_set(error, ERROR_USAGE,
			  "--log needs --url: it looks for those requests");
	if (url_check(url, error) == -1)
		return -1;
	if (strchr(url, '?') != NULL)
		return error_set(error, ERROR_USAGE,
		    "--url needs the URL without a query; tokens are taken "
		    "from their files");
	return 0;
}

static int
open_logs(struct logs *logs, const struct cli *cli, struct error *error)
{
	const char *path;
	size_t i = 0;

	logs->log = calloc(cli->ngiven + 1, sizeof(*logs->log));
	if (logs->log == NULL)
		return error_sys(error, ERROR_IO, "logs");
	while ((path = cli_next(cli, "log", &i)) != NULL)
		check_log_open(&logs->log[logs->n++], path);
	return 0;
}

static void
close_logs(struct logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		check_log_close(&logs->log[i]);
	free(logs->log);
}

/* Without settings there is nothing else to check. */
static int
load_or_tell(struct check *c, struct error *error)
{
	const char *path = settings_path(cli_value(c->cli, "config"));
	struct error why = ERROR_INIT;

	if (session_settings(c->cli, &why) == 0)
		return owner_become(c->cli, c->cli->settings.directory,
		    SPOOL_WRITE, error);
	if (findings_no_memory(&c->findings, &why))
		return 1;
	findings_add(&c->findings, FINDING_ERROR, "settings", path,
	    "the responder does not start with these settings",
	    why.kind == ERROR_NOT_FOUND
		? "name it with -c, or make one: alertspool init"
		: why.kind == ERROR_DENIED
		? "run this as root or as the spool's owner"
		: "correct that line; see alertspool.conf(5)",
	    "%s", why.text);
	return 1;
}

static void
check_all(struct check *c, struct logs *logs, const struct check_canary *canary)
{
	const char *url = cli_value(c->cli, "url");

	check_settings(c);
	check_spool(c);
	check_units(c);
	if (c->spool != NULL) {
		check_disk(c);
		check_queue(c);
	}
	check_queues(c);
	check_clock(c);
	check_atlas(c);
	/* The delivery is looked for in the spool. */
	if (url == NULL || (c->spool == NULL && c->findings.left_out))
		return;
	check_url(c, url, canary);
	for (size_t i = 0; i < logs->n; i++)
		check_log_look(c, &logs->log[i], canary);
}

/* 0 in *ms: not asked for. */
static int
parse_silence(const struct cli *cli, int64_t *ms, struct error *error)
{
	const struct cli_time time = {
	    .option = "max-silence",
	    .min = INT64_C(60) * 1000,
	    .max = INT64_C(365) * 24 * 60 * 60 * 1000,
	    .range = "1m to 365d",
	};

	return cli_time(cli, &time, ms, error);
}

static int
check_run(struct cli *cli, struct error *error)
{
	struct check c = {.cli = cli};
	struct check_canary canary;
	struct logs logs = {NULL, 0};
	int64_t max_silence;
	int rc = -1;

	if ((cli_value(cli, "url") != NULL || cli_value(cli, "nats") != NULL) &&
	    network_need(cli, error) == -1)
		return -1;
	findings_init(&c.findings, cli_value(cli, "json") != NULL,
	    cli_value(cli, "quiet") != NULL);
	if (parse_url(cli, error) == -1 ||
	    parse_silence(cli, &max_silence, error) == -1 ||
	    check_canary_make(&canary, error) == -1 ||
	    open_logs(&logs, cli, error) == -1)
		goto out;
	rc = load_or_tell(&c, error);
	if (rc == 0)
		check_all(&c, &logs, &canary);
	if (rc == 0 && max_silence > 0 && c.spool != NULL)
		check_silence(&c, max_silence);
	if (rc == 0 && cli_value(cli, "nats") != NULL)
		rc = check_nats(&c, cli_value(cli, "nats"), error);
	if (rc != -1)
		rc = findings_end(&c.findings, error);
	if (rc == 0)
		rc = c.findings.count[FINDING_ERROR] > 0 ? EX_CONFIG : EX_OK;
out:
	close_logs(&logs);
	spool_close(c.spool);
	return rc;
}

const struct command command_check = {
    .name = "check",
    .arguments = "",
    .summary = "look for what is wrong, and say how to fix it",
    .details =
	"Checks settings, secrets, permissions, the file system, the time\n"
	"of a commit, the clock, expired leases and the backlog. Each\n"
	"finding has what, where, why it matters, and how to fix it.\n"
	"\n"
	"With --url it sends requests through the web server: does every\n"
	"source answer under its own path, is a body of max_body accepted,\n"
	"are odd headers and the counters kept inside? The URL is the one\n"
	"that Atlas has, without its query. One small delivery to each\n"
	"source is stored in bad/, where no handler sees it, and removed\n"
	"again. Then it searches the logs of --log for a token made up for\n"
	"this.\n"
	"\n"
	"With --nats it checks that \"alertspool forward\" with the same\n"
	"options would succeed: our credentials, the stream, its subjects,\n"
	"replicas and limits. It publishes nothing, so it cannot find out\n"
	"whether publishing is permitted.\n"
	"\n"
	"With --max-silence 26h a source without a delivery for this long\n"
	"is an error: a webhook that somebody turned off looks like a quiet\n"
	"day.\n"
	"\n"
	"Exit code: 0, or 78 when there is an error; warnings do not change\n"
	"it. 74 when there is too little memory for all checks.\n",
    .options = check_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = check_run,
};
