/* SPDX-License-Identifier: ISC */
/* sign: alertspool sign prints the signature of a body. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/frame/cli.h"
#include "cli/sender/signer.h"

static const struct cli_option sign_options[] = {
    {"secret-file", 'f', "FILE", "sign with this secret; no settings needed"},
    {"hmac-sha256", 0, NULL, "HMAC-SHA-256 in Base64, for Standard Webhooks"},
    {"source", 0, "SOURCE", "sign as this source does; \"default\" if absent"},
    {NULL, 0, NULL, NULL},
};

static int
sign_run(struct cli *cli, struct error *error)
{
	const char *file = cli_value(cli, "secret-file");
	const char *source = cli_value(cli, "source");
	const bool sha256 = cli_value(cli, "hmac-sha256") != NULL;
	char signature[AUTH_WEBHOOK_SIZE];
	struct signer signer = SIGNER_INIT;
	struct buf body = BUF_INIT;
	int rc = -1;

	if (file != NULL && source != NULL) {
		error_set(error, ERROR_USAGE,
		    "--secret-file and --source exclude each other");
		return -1;
	}
	if (sha256 && file == NULL) {
		error_set(error, ERROR_USAGE,
		    "--hmac-sha256 needs --secret-file FILE");
		return -1;
	}
	if ((file != NULL
		    ? signer_from_file(&signer, file, error)
		    : signer_from_source(&signer, cli, source, error)) == -1)
		goto out;
	if (cli_read_stdin(&body, CLI_BODY_MAX, error) == -1 ||
	    (sha256 ? signer_sign_webhook : signer_sign)(&signer, body.data,
		body.len, signature, error) == -1)
		goto out;
	printf("%s\n", signature);
	rc = 0;
out:
	buf_free(&body);
	signer_free(&signer);
	return rc;
}

const struct command command_sign = {
    .name = "sign",
    .arguments = "< BODY",
    .summary = "print the signature of a body read from standard input",
    .details =
	"Prints the value of X-MMS-Signature for this body: HMAC-SHA-1 with\n"
	"the source's first secret, in its signature_encoding (Base64 with\n"
	"--secret-file).\n"
	"\n"
	"With --hmac-sha256, prints the HMAC-SHA-256 of Standard Webhooks,\n"
	"in Base64: \"v1,\" and this is the webhook-signature of\n"
	"\"ID.TIMESTAMP.BODY\". If the secret begins with whsec_, the rest is\n"
	"decoded and used as the key.\n",
    .options = sign_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = sign_run,
};
