/* SPDX-License-Identifier: ISC */
/* forwarder: combines options, spool and publisher. */
#include "config.h"

#include "cli/frame/session.h"
#include "cli/nats/forwarder.h"
#include "cli/nats/options.h"
#include "cli/nats/publisher.h"
#include "cli/worker/rules.h"

#define SECOND ((int64_t)1000)
#define HOUR (3600 * SECOND)
#define BATCH 256
#define DESCRIPTORS 1 /* for a message: its record */

static int
read_options(struct cli *cli, struct worker_options *o, struct error *error)
{
	static const struct rules_defaults defaults = {
	    .timeout = 5 * SECOND,
	    .timeout_min = 100,
	    .timeout_max = HOUR,
	    .timeout_range = "100ms to 1h",
	    .backoff = SECOND,
	    .backoff_max = 60 * SECOND,
	};
	long batch;

	if (cli_number(cli, "batch", 1, WORKER_JOBS_MAX, BATCH, &batch,
		error) == -1 ||
	    rules_read(&o->rules, cli, &defaults, error) == -1)
		return -1;
	o->jobs = (size_t)batch;
	o->follow = cli_value(cli, "follow") != NULL;
	return cli_descriptors(cli, "batch", o->jobs, DESCRIPTORS, error);
}

static int
forward_spool(struct cli *cli, struct nats_options *target,
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

	if (options->rules.queue == NULL &&
	    session_unrouted(cli, "forward URL", error) == -1)
		return -1;
	if (session_open(cli, options->rules.queue, SPOOL_WRITE, &spool,
		error) == -1)
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

int
forwarder_run(struct cli *cli, const char *url, struct worker_options *options,
    struct error *error)
{
	struct nats_options target = {.wish = {.replicas = 0}};
	int rc = -1;

	if (read_options(cli, options, error) == 0 &&
	    nats_options_read(&target, cli, url, error) == 0 &&
	    cli_number(cli, "create-stream", 1, STREAM_REPLICAS_MAX, 0,
		&target.wish.replicas, error) == 0)
		rc = forward_spool(cli, &target, options, error);
	nats_options_free(&target);
	return rc;
}
