/* SPDX-License-Identifier: ISC */
/* run: alertspool run starts a command for each record of a queue, or of the spool
 * itself. */
#include "config.h"
#include "installed.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/frame/network.h"
#include "cli/frame/options.h"
#include "cli/frame/queue_options.h"
#include "cli/frame/session.h"
#include "cli/handler/job.h"
#include "cli/handler/process.h"
#include "cli/nats/forwarder.h"
#include "cli/output/shell_quote.h"
#include "cli/worker/preview.h"
#include "cli/worker/rules.h"
#include "cli/worker/worker.h"
#include "lib/settings/value.h"

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Descriptors of one job: its record and two pipes, and one spare. */
#define JOB_DESCRIPTORS 4
#define LIMIT_MAX 1000000000

static const struct cli_option run_options[] = {
    {"follow", 'f', NULL, "wait for more records, without end"},
    {"limit", 'n', "N", "at most this many records, to try a handler"},
    {"dry-run", 0, NULL, "print what would be run, and run nothing"},
    {"jobs", 'j', "N", "records at a time, 1 (default) to 1024"},
    {"timeout", 't', "TIME", "how long the command may take (60s)"},
    {"lease", 'l', "TIME", "how long a claim lasts before renewal (5m)"},
    {"max-attempts", 'm', "N", "attempts before a record is dead (10)"},
    {"backoff", 'b', "TIME", "delay after the first failure (10s)"},
    {"backoff-max", 0, "TIME", "longest delay (1h; queue: 15m)"},
    {"give-up-after", 0, "TIME",
	"longest time of trying; 0: no limit (0; queue: 3d)"},
    {"superseded", 0, "WORD", "skip or handle ended alerts (queue: skip)"},
    {"stream", 0, "NAME", "for a forward queue, as in \"forward\""},
    {"subject", 0, "TEMPLATE", "likewise"},
    {"batch", 0, "N", "likewise"},
    {"create-stream", 0, "N", "likewise"},
    {"auth", 0, "FILE", "likewise"},
    {"creds", 0, "FILE", "likewise"},
    {"nkey", 0, "FILE", "likewise"},
    {"tls-ca", 0, "FILE", "likewise"},
    {"domain", 0, "NAME", "likewise"},
    {"inbox-prefix", 0, "SUBJECT", "likewise"},
    {NULL, 0, NULL, NULL},
};

/* ---- what is to be run ------------------------------------------------ */

/* Was "--" given, before a command? */
static bool
has_dashes(const struct cli *cli)
{
	for (int i = 1; i < cli->argc; i++)
		if (strcmp(cli->argv[i], "--") == 0)
			return true;
	return false;
}

/* Add the line as it was typed, with "--" before the command. */
static void
add_line(const struct cli *cli, struct buf *line)
{
	int first = options_first_operand(cli);

	buf_adds(line, "alertspool");
	for (int i = 1; i < cli->argc; i++) {
		buf_adds(line, i == first ? " -- " : " ");
		shell_quote(line, cli->argv[i], strlen(cli->argv[i]));
	}
}

/* The queue of this name, NULL without one or without valid settings. */
static const struct queue_settings *
queue_named(struct cli *cli, const char *word)
{
	struct error unread = ERROR_INIT;

	if (session_queues(cli, &unread) == 0)
		return queues_find(&cli->queues, word);
	error_clear(&unread);
	buf_reset(&cli->advice);
	return NULL;
}

/* Where to write a word that is neither ours nor the name of a queue. */
static void
advise_word(struct cli *cli)
{
	int first = options_first_operand(cli);
	const struct queue_settings *queue;
	struct buf line = BUF_INIT;

	if (first == cli->argc || has_dashes(cli))
		return;
	queue = queue_named(cli, cli->argv[first]);
	add_line(cli, &line);
	if (queue != NULL)
		cli_advise(cli,
		    "if the handler needs it, add it to the command of [queue "
		    "%s] in %s:%d, and type: alertspool run %s",
		    queue->name, cli->settings.file, queue->line, queue->name);
	else if (!line.failed)
		cli_advise(cli, "a command needs \"--\" in front: %s",
		    line.data);
	buf_free(&line);
}

/* Refuse a command without "--", or words after a queue. */
static int
refuse_words(struct cli *cli, struct error *error)
{
	if (cli->noperands > 1)
		error_set(error, ERROR_USAGE, "\"%.100s\" is one word too many",
		    cli->operands[1]);
	else
		error_set(error, ERROR_USAGE,
		    "\"%.100s\" is not the name of a queue", cli->operands[0]);
	advise_word(cli);
	return -1;
}

static int
refuse_queue(struct cli *cli, struct error *error)
{
	struct buf names = BUF_INIT, line = BUF_INIT;

	session_name_queues(cli, &names);
	add_line(cli, &line);
	error_set(error, ERROR_USAGE, "there is no queue \"%.40s\"",
	    cli->operands[0]);
	if (!names.failed && !line.failed)
		cli_advise(cli, "queues are: %s; to run a command, write: %s",
		    names.data, line.data);
	buf_free(&names);
	buf_free(&line);
	return -1;
}

/* Find the operand's queue, and put its settings before the options. */
static int
find_queue(struct cli *cli, const struct queue_settings **queue,
    struct error *error)
{
	if (cli->noperands != 1 || !value_is_name(cli->operands[0]))
		return refuse_words(cli, error);
	if (session_queues(cli, error) == -1)
		return -1;
	*queue = queues_find(&cli->queues, cli->operands[0]);
	if (*queue == NULL)
		return refuse_queue(cli, error);
	if ((*queue)->kind == QUEUE_MANUAL) {
		error_set(error, ERROR_SETTINGS,
		    "%s:%d: [queue %s] has neither command nor forward",
		    cli->settings.file, (*queue)->line, (*queue)->name);
		return cli_advise(cli,
		    "your own program processes it, by \"alertspool claim -q "
		    "%s\" and ack; or add command = /path/of/a/program",
		    (*queue)->name);
	}
	if ((*queue)->kind == QUEUE_FORWARD && network_need(cli, error) == -1)
		return -1;
	return queue_options_add(cli, *queue, error);
}

/* Without a queue, the spool itself must exist. */
static int
read_options(struct cli *cli, struct worker_options *o, struct error *error)
{
	const bool queue = o->rules.queue != NULL;
	const struct rules_defaults defaults = {
	    .timeout = MINUTE,
	    .timeout_min = 10,
	    .timeout_max = DAY,
	    .timeout_range = "10ms to 24h",
	    .backoff = 10 * SECOND,
	    .backoff_max = queue ? 15 * MINUTE : HOUR,
	    .give_up_after = queue ? 3 * DAY : 0,
	    .skips_superseded = queue,
	};
	long jobs;

	if (cli_number(cli, "jobs", 1, WORKER_JOBS_MAX, 1, &jobs, error) == -1)
		return -1;
	o->jobs = (size_t)jobs;
	o->follow = cli_value(cli, "follow") != NULL;
	if (rules_read(&o->rules, cli, &defaults, error) == -1)
		return -1;
	return queue ? 0 : session_unrouted(cli, "run -- COMMAND", error);
}

/* If root became the owner, handlers must find the owner's home. */
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

/* ---- running ----------------------------------------------------------- */

static int
run_commands(struct cli *cli, struct worker_options *options,
    struct error *error)
{
	struct jobs jobs = {.begun = false};
	struct spool *spool;

	if (read_options(cli, options, error) == -1 ||
	    cli_descriptors(cli, "jobs", options->jobs, JOB_DESCRIPTORS,
		error) == -1 ||
	    session_open(cli, options->rules.queue, SPOOL_WRITE, &spool,
		error) == -1)
		return -1;
	options->directory = cli->settings.directory;
	if (set_identity(cli, error) == -1 ||
	    process_seal_descriptors(error) == -1 ||
	    process_find(options->rules.command[0], error) == -1) {
		spool_close(spool);
		return -1;
	}
	return worker_run(spool, options, &job_ops, &jobs, error);
}

/* Print what would be run. */
static int
preview(struct cli *cli, struct worker_options *options, const char *to,
    struct error *error)
{
	struct spool *spool;
	int rc;

	if (read_options(cli, options, error) == -1 ||
	    session_open(cli, options->rules.queue, SPOOL_WRITE, &spool,
		error) == -1)
		return -1;
	rc = preview_print(spool, options, to, error);
	spool_close(spool);
	return rc;
}

static int
run_run(struct cli *cli, struct error *error)
{
	struct worker_options options = {.rules.verb = "run"};
	const struct queue_settings *queue = NULL;
	long limit;

	if (!has_dashes(cli) && find_queue(cli, &queue, error) == -1)
		return -1;
	if (cli_number(cli, "limit", 1, LIMIT_MAX, 0, &limit, error) == -1)
		return -1;
	options.limit = (size_t)limit;
	options.rules.command = cli->operands;
	if (queue != NULL) {
		options.rules.queue = queue->name;
		options.rules.command = queue->command;
	}
	if (cli_value(cli, "dry-run") != NULL)
		return preview(cli, &options,
		    queue != NULL && queue->forward != NULL
			? queue->forward
			: options.rules.command[0],
		    error);
	if (queue != NULL && queue->kind == QUEUE_FORWARD)
		return forwarder_run(cli, queue->forward, &options, error);
	return run_commands(cli, &options, error);
}

const struct command command_run = {
    .name = "run",
    .arguments = "QUEUE | -- COMMAND…",
    .summary = "process a queue, or run a command for each waiting record",
    .details =
	"Takes the records of new/, and those of cur/ with an expired\n"
	"lease, in order, and runs COMMAND for each, without a shell, with\n"
	"the record as standard input. Its exit code decides:\n"
	"\n"
	"  0               the record goes to done/\n"
	"  65              it goes to dead/, if the last result of another "
	"alert\n"
	"                  was 0, less than two minutes ago\n"
	"  75              it waits in new/, and the queue rests\n"
	"  anything else   it waits in new/ and is tried again; also after a\n"
	"                  signal or --timeout\n"
	"\n"
	"Records of one alert are handled strictly one after another, in\n"
	"the order of their names, even by several \"alertspool run\"\n"
	"together. A record that fails delays only its own alert, until it\n"
	"is done or dead. The delay is --backoff after the first failure\n"
	"and doubles with each further one, 75 to 125 % of that at random,\n"
	"at most 1 h. After --max-attempts the record goes to dead/. An\n"
	"attempt counts from its start; a COMMAND that could not be started\n"
	"uses none, and \"alertspool requeue\" starts again with the first.\n"
	"\n"
	"A record may be handled again after a crash, so COMMAND must\n"
	"tolerate that: ALERTSPOOL_ID is the same each time. Commands that\n"
	"mail, post into a chat or fill a table are in\n"
	"  " PKGLIBEXECDIR "/handlers\n"
	"\n"
	"COMMAND gets\n"
	"\n"
	"  ALERTSPOOL_ID          name of the record\n"
	"  ALERTSPOOL_EVENT       open inform update acknowledge unknown "
	"close\n"
	"                         cancel\n"
	"  ALERTSPOOL_SOURCE      the source, like default\n"
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
	"(empty if the alert has no value; at most 4096 bytes; any\n"
	"character may occur) and of the environment PATH, HOME, LANG,\n"
	"LC_ALL, TZ, TMPDIR, USER and LOGNAME. Its output is passed on line\n"
	"by line with the record's id in front; the last line is kept in\n"
	"the history, which members of the spool's group can read. It runs\n"
	"in its own session. At --timeout it gets SIGTERM, and 5 s later\n"
	"SIGKILL (sooner if --timeout is shorter) with its whole process\n"
	"group. When alertspool dies, it is killed, but not the processes\n"
	"that it started.\n"
	"\n"
	"The lease is renewed while COMMAND runs: with a short one others\n"
	"take over sooner after a crash. If another process moves the\n"
	"record meanwhile, its COMMAND is stopped.\n"
	"\n"
	"Ends when nothing is due: 0 when the queue is empty, 75 when a\n"
	"record waits for its time or another process works on it (for\n"
	"systemd: SuccessExitStatus=75). --follow waits for more instead.\n"
	"After SIGTERM, SIGINT or SIGHUP it starts nothing new, and ends\n"
	"with 0 when the running commands have ended; a second signal stops\n"
	"them, gives their records back, and the exit code is 75 if there\n"
	"were any. 66: no settings or no spool. 69: COMMAND or its\n"
	"interpreter cannot be executed, or the spool is gone. 73: the lock\n"
	"file cannot be made. 74: the spool or standard output cannot be\n"
	"written. 75, without --follow: no memory or no process left to\n"
	"start COMMAND. 77: this user may not.\n",
    .options = run_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .runs_programs = true,
    .advise_option = advise_word,
    .run = run_run,
};
