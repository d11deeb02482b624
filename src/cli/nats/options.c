/* SPDX-License-Identifier: ISC */
/* options: the options for a broker and a stream. */
#include "config.h"

#include <string.h>

#include "cli/frame/cli.h"
#include "cli/nats/options.h"
#include "cli/nats/subject.h"

static const char *
value_or(const struct cli *cli, const char *option, const char *fallback)
{
	const char *text = cli_value(cli, option);

	return text == NULL ? fallback : text;
}

static int
read_servers(struct servers *s, struct cli *cli, const char *url,
    struct error *error)
{
	s->tls_ca = cli_value(cli, "tls-ca");
	s->creds = cli_value(cli, "creds");
	s->nkey = cli_value(cli, "nkey");
	if ((s->creds != NULL) + (s->nkey != NULL) +
		(cli_value(cli, "auth") != NULL) >
	    1)
		return error_set(error, ERROR_USAGE,
		    "one of --auth, --creds and --nkey is enough");
	if (servers_parse(s, url, error) == 0)
		return 0;
	if (strchr(url, '@') != NULL)
		return cli_advise(cli,
		    "put NATS_USER= and NATS_PASSWORD=, or NATS_TOKEN=, into a "
		    "file and name it with --auth FILE");
	return -1;
}

int
nats_options_read(struct nats_options *t, struct cli *cli, const char *url,
    struct error *error)
{
	t->wish.name = value_or(cli, "stream", STREAM_DEFAULT);
	t->wish.subject = value_or(cli, "subject", SUBJECT_DEFAULT);
	t->wish.domain = cli_value(cli, "domain");
	t->servers.inbox_prefix =
	    value_or(cli, "inbox-prefix", SERVERS_INBOX_DEFAULT);
	if (read_servers(&t->servers, cli, url, error) == -1 ||
	    stream_check_name(t->wish.name, "a stream", error) == -1 ||
	    (t->wish.domain != NULL &&
		stream_check_name(t->wish.domain, "a domain", error) == -1) ||
	    servers_check_inbox(t->servers.inbox_prefix, error) == -1)
		return -1;
	return subject_check(t->wish.subject, error);
}

int
nats_options_secrets(struct nats_options *t, const struct cli *cli,
    struct error *error)
{
	const char *path = cli_value(cli, "auth");

	t->wish.retain_done = cli->settings.retain_done;
	if (path != NULL && servers_read_auth(&t->servers, path, error) == -1)
		return -1;
	return servers_check_files(&t->servers, error);
}

void
nats_options_free(struct nats_options *t)
{
	servers_free(&t->servers);
}
