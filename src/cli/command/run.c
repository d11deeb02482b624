/* SPDX-License-Identifier: ISC */
/* alertspool run: a command for each record of the queue. */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/handler/job.h"
#include "cli/handler/process.h"
#include "cli/worker/worker.h"

#define SECOND ((int64_t)1000)
#define HOUR (3600 * SECOND)

/* Of each job, and of the runner itself: rather more than it has. */
#define JOB_DESCRIPTORS 4

static const struct cli_option run_options[] = {
    {"follow", 'f', NULL, "wait for more records, for ever"},
    {"jobs", 'j', "N", "records at a time, 1 (default) to 1024"},
    {"timeout", 't', "TIME", "how long the command may take (60s)"},
    {"lease", 'l', "TIME", "how long a claim lasts, and is renewed (5m)"},
    {"max-attempts", 'm', "N", "starts before a record is dead (10)"},
    {"backoff", 'b', "TIME", "delay after the first failure (10s)"},
    {NULL, 0, NULL, NULL},
};

static const struct cli_time times[] = {
    {"timeout", 10, 24 * HOUR, 60 * SECOND, "10ms to 24h"},
    {"lease", SECOND, 24 * HOUR, 300 * SECOND, "1s to 24h"},
    {"backoff", 0, HOUR, 10 * SECOND, "0 to 1h"},
};

enum { TIME_TIMEOUT, TIME_LEASE, TIME_BACKOFF };

static int
read_options(const struct cli *cli, struct worker_options *o,
    struct error *error)
{
	long jobs, attempts;

	if (cli_number(cli, "jobs", 1, WORKER_JOBS_MAX, 1, &jobs, error) ==
		-1 ||
	    cli_number(cli, "max-attempts", 1, 1000, 10, &attempts, error) ==
		-1 ||
	    cli_time(cli, &times[TIME_TIMEOUT], &o->rules.timeout, error) ==
		-1 ||
	    cli_time(cli, &times[TIME_LEASE], &o->rules.lease, error) == -1 ||
	    cli_time(cli, &times[TIME_BACKOFF], &o->rules.backoff, error) == -1)
		return -1;
	o->jobs = (size_t)jobs;
	o->rules.max_attempts = (unsigned int)attempts;
	o->follow = cli_value(cli, "follow") != NULL;
	o->rules.verb = "run";
	o->rules.backoff_max = HOUR;
	o->rules.command = cli->operands;
	return 0;
}

/* Handlers of root that became the owner are to find the owner's home. */
static int
set_identity(const struct cli *cli, struct error *error)
{
	const struct passwd *user;

	if (!cli->became_owner || (user = getpwuid(geteuid())) == NULL)
		return 0;
	if (setenv("HOME", user->pw_dir, 1) == -1 ||
	    setenv("USER", user->pw_name, 1) == -1 ||
	    setenv("LOGNAME", user->pw_name, 1) == -1)
		return error_sys(error, ERROR_IO, "environment");
	return 0;
}

static int
run_run(struct cli *cli, struct error *error)
{
	struct worker_options options = {.directory = NULL};
	struct worker_ops ops;
	struct spool *spool;
	struct jobs jobs;
	int rc;

	if (read_options(cli, &options, error) == -1 ||
	    cli_descriptors(cli, "jobs", options.jobs, JOB_DESCRIPTORS,
		error) == -1 ||
	    session_spool(cli, SPOOL_WRITE, &spool, error) == -1)
		return -1;
	options.directory = cli->settings.directory;
	if (set_identity(cli, error) == -1 ||
	    process_seal_descriptors(error) == -1 ||
	    process_find(options.rules.command[0], error) == -1 ||
	    jobs_init(&jobs, options.jobs, error) == -1) {
		spool_close(spool);
		return -1;
	}
	jobs.follow = options.follow;
	ops = job_ops(&jobs);
	rc = worker_run(spool, &options, &ops, &jobs, error);
	jobs_free(&jobs);
	return rc;
}

const struct command command_run = {
    .name = "run",
    .arguments = "-- COMMAND…",
    .summary = "run a command for each record that waits",
    .details =
	"Takes the records of new/, and those of cur/ whose lease ran out, in\n"
	"order, and runs COMMAND for each, without a shell, with the record\n"
	"as standard input. Its exit code decides:\n"
	"\n"
	"  0               the record goes to done/\n"
	"  65              it goes to dead/, with no further attempt\n"
	"  anything else   it waits in new/ and is tried again; also after a\n"
	"                  signal or --timeout\n"
	"\n"
	"Records of one alert are handled strictly one after another, in the\n"
	"order of their names, also by several \"alertspool run\" together. "
	"One\n"
	"that fails holds back its own alert only, until it is done or dead.\n"
	"The delay is --backoff after the first failure and twice as long\n"
	"after each further one, 75 to 125 % of that at random, at most 1 h.\n"
	"After --max-attempts the record goes to dead/. An attempt counts "
	"from\n"
	"its start; a COMMAND that could not be started uses none, and\n"
	"\"alertspool requeue\" begins again at the first.\n"
	"\n"
	"A record may be handled again after a crash, so COMMAND should bear\n"
	"that: ALERTSPOOL_ID is the same each time. Commands that mail, post\n"
	"into a chat or fill a table are in\n"
	"  " PKGLIBEXECDIR "/handlers\n"
	"\n"
	"COMMAND gets\n"
	"\n"
	"  ALERTSPOOL_ID          name of the record\n"
	"  ALERTSPOOL_EVENT       open inform update acknowledge unknown "
	"close\n"
	"                         cancel\n"
	"  ALERTSPOOL_SOURCE      source that it came by, like default\n"
	"  ALERTSPOOL_ALERT_ID    the alert's id, the same for its whole life\n"
	"  ALERTSPOOL_EVENT_TYPE  like OUTSIDE_METRIC_THRESHOLD\n"
	"  ALERTSPOOL_STATE       open tracking closed cancelled "
	"informational\n"
	"                         unknown\n"
	"  ALERTSPOOL_SEVERITY    like CRITICAL\n"
	"  ALERTSPOOL_PROJECT     the project's name, else its id\n"
	"  ALERTSPOOL_LINK        the project's alerts in the web interface\n"
	"  ALERTSPOOL_ATTEMPT     1 for the first\n"
	"  ALERTSPOOL_SPOOL_FILE  path of the record's file\n"
	"\n"
	"(empty where the alert says nothing; at most 4096 bytes; any "
	"character\n"
	"may occur) and of the environment PATH, HOME, LANG, LC_ALL, TZ,\n"
	"TMPDIR, USER and LOGNAME. What it prints is passed on line by line\n"
	"with the record's id in front; the last line is kept in the history,\n"
	"which members of the spool's group can read.\n"
	"It runs in a session of its own. At --timeout it gets SIGTERM, and\n"
	"SIGKILL 5 s later (sooner where --timeout is shorter) with all of "
	"its\n"
	"process group. It is killed when alertspool dies; what it started in\n"
	"turn is not.\n"
	"\n"
	"The lease is renewed while COMMAND runs: a short one lets others "
	"take\n"
	"over sooner after a crash. A record that somebody else moves "
	"meanwhile\n"
	"is left to them, and its COMMAND stopped.\n"
	"\n"
	"Ends when nothing is due: 0 when the queue is empty, 75 when "
	"something\n"
	"waits for its time or is in other hands (for systemd:\n"
	"SuccessExitStatus=75). --follow waits for more instead. After "
	"SIGTERM,\n"
	"SIGINT or SIGHUP nothing new is begun, and it ends with 0 when what\n"
	"runs has ended; a second one stops the handlers, gives their records\n"
	"back, and the exit code is 75 if there were any. 66: no settings or\n"
	"no spool. 69: COMMAND or its interpreter cannot be executed, or the\n"
	"spool is gone. 73: the lock file cannot be made. 74: the spool or\n"
	"standard output cannot be written. 75, without --follow: no memory "
	"or\n"
	"no process left to start COMMAND. 77: this user may not.\n",
    .options = run_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .runs_programs = true,
    .run = run_run,
};
