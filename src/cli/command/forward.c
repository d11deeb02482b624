/* SPDX-License-Identifier: ISC */
/* forward: alertspool forward publishes each record to NATS JetStream. */
#include "config.h"

#include "cli/frame/session.h"
#include "cli/nats/forwarder.h"

static const struct cli_option forward_options[] = {
    {"follow", 'f', NULL, "wait for more records, without end"},
    {"stream", 's', "NAME", "the stream (ATLAS_ALERTS)"},
    {"subject", 'S', "TEMPLATE", "subject of a record"},
    {"batch", 'b', "N", "messages in flight, 1 to 1024 (256)"},
    {"timeout", 't', "TIME", "how long to wait for an answer (5s)"},
    {"lease", 'l', "TIME", "how long a claim lasts before renewal (5m)"},
    {"max-attempts", 'm', "N", "refusals before a record is dead (10)"},
    {"create-stream", 'C', "N", "make the stream, with N replicas (1 to 5)"},
    {"auth", 'a', "FILE", "NATS_USER=, NATS_PASSWORD=, NATS_TOKEN="},
    {"creds", 0, "FILE", "credentials with a JWT and a seed"},
    {"nkey", 'k', "FILE", "seed and public key"},
    {"tls-ca", 'T', "FILE", "certificates of the broker's authorities"},
    {"domain", 0, "NAME", "the JetStream domain, behind a leaf node"},
    {"inbox-prefix", 0, "SUBJECT", "beginning of answers' subjects (_INBOX)"},
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
    .summary = "publish each waiting record to NATS JetStream",
    .details =
	"Takes records as \"alertspool run\" does, in order within each\n"
	"alert, and publishes them. A record goes to done/ when the stream\n"
	"has stored it, now or before. With no answer, or a fault of the\n"
	"broker, it waits in new/ and is tried again, however often. If the\n"
	"broker refuses it for good (too large, no permission), it goes to\n"
	"dead/; if the broker refuses it otherwise, after --max-attempts.\n"
	"\n"
	"The message's id (Nats-Msg-Id) is the record's, the same at every\n"
	"receiver of the delivery, so the stream stores one message of\n"
	"several within its duplicate_window. The body is the record\n"
	"without delivery.signature and signature_sha256. TEMPLATE is\n"
	"atlas.alerts.{project}.{event} if not given, and may have\n"
	"{project} {project_id} {organization_id} {cluster} {event}\n"
	"{event_type} {category} {state} {severity} {source} {alert}.\n"
	"\n"
	"tls:// instead of nats:// asks for TLS, and so does --tls-ca.\n"
	"Secrets are in files that others cannot read, and never in the\n"
	"URL.\n"
	"\n"
	"Ends as \"alertspool run\" does: 0 when the queue is empty, 75 when\n"
	"a record waits, or the broker has not answered for 30 s; with\n"
	"--follow it goes on waiting. 77: the broker refuses our\n"
	"credentials. 78: the stream does not fit. 69: no such stream, no\n"
	"JetStream, or TLS failed.\n",
    .options = forward_options,
    .min_operands = 1,
    .max_operands = 1,
    .network = true,
    .run = forward_run,
};
