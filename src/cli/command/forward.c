/* SPDX-License-Identifier: ISC */
/* alertspool forward: each record of the queue to NATS JetStream. */
#include "config.h"

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/nats/options.h"
#include "cli/nats/publisher.h"

#define SECOND ((int64_t)1000)
#define HOUR (3600 * SECOND)
#define BATCH 256
#define BACKOFF SECOND
#define BACKOFF_MAX (60 * SECOND)
#define DESCRIPTORS 1 /* of a message: its record */

static const struct cli_option forward_options[] = {
    {"follow", 'f', NULL, "wait for more records, for ever"},
    {"stream", 's', "NAME", "the stream (ATLAS_ALERTS)"},
    {"subject", 'S', "TEMPLATE", "subject of a record"},
    {"batch", 'b', "N", "messages under way, 1 to 1024 (256)"},
    {"timeout", 't', "TIME", "how long to wait for an answer (5s)"},
    {"lease", 'l', "TIME", "how long a claim lasts, and is renewed (5m)"},
    {"max-attempts", 'm', "N", "refusals before a record is dead (10)"},
    {"create-stream", 'C', "N", "make the stream, with N replicas (1 to 5)"},
    {"auth", 'a', "FILE", "NATS_USER=, NATS_PASSWORD=, NATS_TOKEN="},
    {"creds", 0, "FILE", "credentials with a JWT and a seed"},
    {"nkey", 'k', "FILE", "seed and public key"},
    {"tls-ca", 'T', "FILE", "certificates that sign the broker's"},
    {"domain", 0, "NAME", "of JetStream, behind a leaf node"},
    {"inbox-prefix", 0, "SUBJECT", "where answers may come (_INBOX)"},
    {NULL, 0, NULL, NULL},
};

static const struct cli_time times[] = {
    {"timeout", 100, HOUR, 5 * SECOND, "100ms to 1h"},
    {"lease", SECOND, 24 * HOUR, 300 * SECOND, "1s to 24h"},
};

enum { TIME_TIMEOUT, TIME_LEASE };

static int
read_rules(const struct cli *cli, struct worker_options *o, struct error *error)
{
	long batch, attempts;

	if (cli_number(cli, "batch", 1, WORKER_JOBS_MAX, BATCH, &batch,
		error) == -1 ||
	    cli_number(cli, "max-attempts", 1, 1000, 10, &attempts, error) ==
		-1 ||
	    cli_time(cli, &times[TIME_TIMEOUT], &o->rules.timeout, error) ==
		-1 ||
	    cli_time(cli, &times[TIME_LEASE], &o->rules.lease, error) == -1)
		return -1;
	o->jobs = (size_t)batch;
	o->follow = cli_value(cli, "follow") != NULL;
	o->rules.verb = "forward";
	o->rules.backoff = BACKOFF;
	o->rules.backoff_max = BACKOFF_MAX;
	o->rules.max_attempts = (unsigned int)attempts;
	return 0;
}

static int
forward(struct cli *cli, struct nats_options *target,
    struct worker_options *options, struct error *error)
{
	const struct publisher_options to = {
	    .target = target,
	    .batch = options->jobs,
	    .follow = options->follow,
	};
	struct publisher *publisher;
	struct spool *spool;
	int rc;

	if (session_spool(cli, SPOOL_WRITE, &spool, error) == -1)
		return -1;
	options->directory = cli->settings.directory;
	if (nats_options_secrets(target, cli, error) == -1 ||
	    publisher_open(&publisher, &to, error) == -1) {
		spool_close(spool);
		return -1;
	}
	rc = worker_run(spool, options, &publisher_ops, publisher, error);
	if (rc == -1 && publisher_advice(publisher) != NULL)
		cli_advise(cli, "%s", publisher_advice(publisher));
	publisher_close(publisher);
	return rc;
}

static int
forward_run(struct cli *cli, struct error *error)
{
	struct worker_options options = {.directory = NULL};
	struct nats_options target = {.wish = {.replicas = 0}};
	int rc = -1;

	if (read_rules(cli, &options, error) == 0 &&
	    cli_descriptors(cli, "batch", options.jobs, DESCRIPTORS, error) ==
		0 &&
	    nats_options_read(&target, cli, cli->operands[0], error) == 0 &&
	    cli_number(cli, "create-stream", 1, STREAM_REPLICAS_MAX, 0,
		&target.wish.replicas, error) == 0)
		rc = forward(cli, &target, &options, error);
	nats_options_free(&target);
	return rc;
}

const struct command command_forward = {
    .name = "forward",
    .arguments = "URL",
    .summary = "send each record that waits to NATS JetStream",
    .details =
	"Takes records as \"alertspool run\" does, in order within each "
	"alert,\n"
	"and publishes them. A record goes to done/ when the stream says that\n"
	"it has it, or had it already. Whatever else happens, it stays: with\n"
	"no answer, or one that blames the broker, it waits in new/ and is\n"
	"tried again, however often. What the broker refuses for good (too\n"
	"large, no permission) goes to dead/; what it refuses without saying\n"
	"so, after --max-attempts.\n"
	"\n"
	"The message's id (Nats-Msg-Id) is the record's, the same at every\n"
	"receiver of the delivery, so that one message is stored of several\n"
	"within the stream's duplicate_window. The body is the record without\n"
	"delivery.signature and signature_sha256.\n"
	"TEMPLATE is atlas.alerts.{project}.{event} if\n"
	"not given, and may have {project} {project_id} {organization_id}\n"
	"{cluster} {event} {event_type} {category} {state} {severity}\n"
	"{source} {alert}.\n"
	"\n"
	"tls:// instead of nats:// asks for TLS, and so does --tls-ca. "
	"Secrets\n"
	"are in files that others cannot read, and never in the URL.\n"
	"\n"
	"Ends as \"alertspool run\" does: 0 when the queue is empty, 75 when\n"
	"something waits, or the broker has not answered for 30 s; --follow\n"
	"waits for either. 77: the broker knows no such user. 78: the stream\n"
	"does not fit. 69: no such stream, no JetStream, or TLS failed.\n",
    .options = forward_options,
    .min_operands = 1,
    .max_operands = 1,
    .run = forward_run,
};
