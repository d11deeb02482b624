/* SPDX-License-Identifier: ISC */
/* forward: alertspool forward publishes each record to NATS JetStream. */
#include "config.h"

#include "cli/frame/session.h"
#include "cli/nats/forwarder.h"

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

static int
forward_run(struct cli *cli, struct error *error)
{
	struct worker_options options = {.rules.verb = "forward"};

	return forwarder_run(cli, cli->operands[0], &options, error);
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
    .network = true,
    .run = forward_run,
};
