/* SPDX-License-Identifier: ISC */
/* nats: could records be forwarded there? Connects and asks; publishes nothing. */
#include "config.h"

#include "cli/check/check.h"
#include "cli/nats/client.h"
#include "cli/nats/options.h"

#define WHY "records would stay in the spool, or be lost behind it"

struct asked {
	struct check *check;
	const char *url, *stream;
	bool good;
};

static void
tell_error(struct asked *a, const char *fix, const struct error *why)
{
	a->good = false;
	if (!findings_no_memory(&a->check->findings, why))
		findings_add(&a->check->findings, FINDING_ERROR, "nats", a->url,
		    WHY, fix, "%s", why->text);
}

static void
tell_finding(void *context, const struct stream_finding *found)
{
	struct asked *a = context;

	findings_add(&a->check->findings,
	    found->bad ? FINDING_ERROR : FINDING_WARNING, "nats", a->url, WHY,
	    found->fix, "stream %s: %s", a->stream, found->what);
	a->good = false;
}

static const char *
fix_connection(const struct error *why)
{
	switch (why->kind) {
	case ERROR_DENIED:
		return "name the right --auth, --creds or --nkey";
	case ERROR_UNAVAILABLE:
#ifndef HAVE_NATS
		return "configure --with-nats, and build it again";
#endif
		return "tls:// and --tls-ca must fit the server";
	default:
		return "start the servers; check the URL";
	}
}

static void
inspect(struct asked *a, const struct nats_options *target)
{
	struct error why = ERROR_INIT;
	struct nats_client *broker;

	if (nats_client_open(&broker, &target->servers, &why) == -1) {
		tell_error(a, fix_connection(&why), &why);
		return;
	}
	if (stream_inspect(broker, &target->wish, tell_finding, a, &why) == -1)
		tell_error(a,
		    why.kind == ERROR_NOT_FOUND
			? "make it: alertspool forward --create-stream 1, or 3"
			: "look at the server's log; is JetStream on?",
		    &why);
	nats_client_close(broker);
	if (a->good)
		findings_ok(&a->check->findings, "nats", a->url,
		    "stream %s takes %s and keeps it", a->stream,
		    target->wish.subject);
}

int
check_nats(struct check *c, const char *url, struct error *error)
{
	struct nats_options target = {.wish = {.replicas = 0}};
	struct asked a = {.check = c, .url = url, .good = true};
	struct error why = ERROR_INIT;
	int rc = nats_options_read(&target, c->cli, url, error);

	a.stream = target.wish.name;
	if (rc == 0 && nats_options_secrets(&target, c->cli, &why) == -1)
		tell_error(&a,
		    "name a file that only the spool's owner can read", &why);
	else if (rc == 0)
		inspect(&a, &target);
	nats_options_free(&target);
	return rc;
}
