/* SPDX-License-Identifier: ISC */
/*
 * verify: alertspool verify checks a record's digest, its name, and its signature with
 * today's secrets; or a given signature and body.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "cli/frame/cli.h"
#include "cli/frame/operands.h"
#include "cli/frame/owner.h"
#include "cli/frame/session.h"
#include "cli/output/table.h"
#include "cli/records/record_view.h"
#include "cli/sender/signer.h"
#include "lib/base/encode.h"
#include "lib/record/record.h"

static const struct cli_option verify_options[] = {
    {"signature", 's', "SIGNATURE", "check this one, of standard input"},
    {"secret-file", 'f', "FILE", "with this secret; no settings needed"},
    {"source", 0, "SOURCE", "with its secrets; \"default\" if absent"},
    {NULL, 0, NULL, NULL},
};

static const struct table_column columns[] = {
    {"ID", NAME_DIGEST_DIGITS, 0},
    {"SIGNATURE", 9, 1},
    {"KEY", 6, 2},
    {"BODY", 5, 3},
    {"NAME", 5, 3},
};

struct verify {
	const struct settings *settings;
	struct auth *auth;
	struct spool *spool;
	struct table *table;
	struct record_view view;
	struct buf body;
	bool terminal;
	bool wrong; /* a record was wrong */
};

/* ---- one record ----------------------------------------------------- */

/* Do body_bytes and body_sha256 fit the body? */
static bool
body_is_right(const struct verify *v)
{
	unsigned char digest[DIGEST_SIZE];
	char hex[ENCODE_HEX_SIZE(DIGEST_SIZE)];
	const char *told = record_view_text(&v->view, "delivery.body_sha256");
	const json_t *bytes =
	    record_view_value(&v->view, "delivery.body_bytes");

	digest_sha256(digest, &(struct digest_part){v->body.data, v->body.len},
	    1);
	encode_hex(hex, digest, sizeof(digest));
	return told != NULL && strcmp(told, hex) == 0 &&
	    json_is_integer(bytes) &&
	    json_integer_value(bytes) == (json_int_t)v->body.len;
}

static bool
digest_is(const struct verify *v, const char *source, enum transition event)
{
	unsigned char digest[DIGEST_SIZE];
	char hex[ENCODE_HEX_SIZE(DIGEST_SIZE)];

	name_digest(digest, source, event, v->body.data, v->body.len);
	encode_hex(hex, digest, sizeof(digest));
	return strncmp(hex, v->view.name.digest, NAME_DIGEST_DIGITS) == 0;
}

/* Is the id the name, and does its DIGEST fit? A record that was requeued from bad/ has
 * kept the DIGEST it had there, where EVENT is unknown. */
static bool
name_is_right(const struct verify *v)
{
	const char *source = record_view_text(&v->view, "source");
	const char *id = record_view_text(&v->view, "id");

	return source != NULL && id != NULL &&
	    strcmp(id, v->view.entry.name) == 0 &&
	    (digest_is(v, source, v->view.name.transition) ||
		digest_is(v, source, TRANSITION_UNKNOWN));
}

/*
 * The verdict of today's secrets: a word, and the key that matched. If a source required
 * no signature then, and got none, the record is right.
 */
static int
check_signature(const struct verify *v, const char **word, const char **key,
    bool *right, struct error *error)
{
	const char *source = record_view_text(&v->view, "source");
	const char *then =
	    record_view_text(&v->view, "delivery.signature_verdict");
	const struct settings_source *known = source == NULL
	    ? NULL
	    : settings_source(v->settings, source, strlen(source));
	const char *kept =
	    record_view_text(&v->view, "delivery.signature_sha256");
	char of_old[AUTH_KEPT_SIZE];
	struct auth_result result;

	/* A record of version 0.1.0 has the signature itself. */
	if (kept == NULL &&
	    auth_keep(record_view_text(&v->view, "delivery.signature"), of_old))
		kept = of_old;
	*key = NULL;
	*right =
	    then != NULL && strcmp(then, auth_word(AUTH_NOT_REQUIRED)) == 0;
	*word = *right ? then : "unknown-source";
	if (known == NULL)
		return 0;
	if (auth_check_kept(v->auth, known, v->body.data, v->body.len, kept,
		&result, error) == -1)
		return -1;
	if (*right && result.signature != AUTH_VALID)
		return 0;
	*word = auth_word(result.signature);
	*key = result.key;
	/* It was signed, and no secret is left. */
	*right = result.signature == AUTH_VALID;
	return 0;
}

static int
verify_record(void *context, const struct spool_entry *entry,
    struct error *error)
{
	struct verify *v = context;
	const char *word, *key;
	bool signature, body, name;

	buf_reset(&v->body);
	if (record_view_read(&v->view, v->spool, entry, error) == -1 ||
	    record_body(v->view.record, &v->body, error) == -1 ||
	    check_signature(v, &word, &key, &signature, error) == -1)
		return -1;
	body = body_is_right(v);
	name = name_is_right(v);
	v->wrong = v->wrong || !signature || !body || !name;
	return table_add(v->table,
	    (struct table_cell[]){
		{v->terminal ? v->view.name.digest : entry->name, TABLE_PLAIN},
		{word, signature ? TABLE_GREEN : TABLE_RED},
		{key, TABLE_PLAIN},
		{body ? "right" : "wrong", body ? TABLE_GREEN : TABLE_RED},
		{name ? "right" : "wrong", name ? TABLE_GREEN : TABLE_RED},
	    },
	    error);
}

/* ---- records, or one signature -------------------------------------- */

static int
load_secrets(struct cli *cli, struct auth **auth, struct error *error)
{
	if (auth_load(auth, &cli->settings, NULL, NULL, error) == 0)
		return auth_start(*auth, error);
	return error->kind == ERROR_DENIED
	    ? owner_advise(cli, cli->settings.directory)
	    : -1;
}

static int
verify_records(struct cli *cli, struct error *error)
{
	struct verify v = {.view = RECORD_VIEW_INIT,
	    .terminal = table_width() > 0};
	int rc = -1;

	if (cli_value(cli, "secret-file") != NULL ||
	    cli_value(cli, "source") != NULL)
		return error_set(error, ERROR_USAGE,
		    "--secret-file and --source go with --signature: a "
		    "record tells its source");
	if (session_spool(cli, SPOOL_READ, &v.spool, error) == -1)
		return -1;
	v.settings = &cli->settings;
	if (load_secrets(cli, &v.auth, error) == -1 ||
	    table_open(&v.table, stdout, columns,
		sizeof(columns) / sizeof(columns[0]), table_width(),
		table_colours(), error) == -1)
		goto out;
	rc = operands_each(cli, v.spool, verify_record, &v);
	table_end(v.table);
	if (rc == EX_OK && v.wrong)
		rc = EX_DATAERR;
out:
	table_close(v.table);
	buf_free(&v.body);
	record_view_free(&v.view);
	auth_free(v.auth);
	spool_close(v.spool);
	return rc;
}

static int
open_signer(struct signer *signer, struct cli *cli, const char *signature,
    struct error *error)
{
	const char *file = cli_value(cli, "secret-file");
	const char *source = cli_value(cli, "source");

	if (file != NULL && source != NULL)
		return error_set(error, ERROR_USAGE,
		    "--secret-file and --source exclude each other");
	if (file == NULL) {
		if (signer_from_source(signer, cli, source, error) == -1)
			return -1;
		if (signer->source->secrets.n == 0)
			return error_set(error, ERROR_SETTINGS,
			    "[source %s] has no secret_file to verify with",
			    signer->source->name);
		return 0;
	}
	if (signer_from_file(signer, file, error) == -1)
		return -1;
	/* The encoding is not given: the two have different lengths. */
	signer->file_source.hex = strlen(signature) == 2 * AUTH_SIGNATURE_BYTES;
	return 0;
}

static int
verify_signature(struct cli *cli, const char *signature, struct error *error)
{
	struct signer signer = SIGNER_INIT;
	struct auth_claim claim = {.signature = signature};
	struct auth_result result;
	struct buf body = BUF_INIT;
	int rc = -1;

	if (cli->noperands > 0)
		return error_set(error, ERROR_USAGE,
		    "--signature takes a body from standard input, no ID");
	if (open_signer(&signer, cli, signature, error) == -1 ||
	    cli_read_stdin(&body, CLI_BODY_MAX, error) == -1)
		goto out;
	claim.body = body.data;
	claim.body_len = body.len;
	if (auth_check(signer.auth, signer.source, &claim, &result, error) ==
	    -1)
		goto out;
	printf("%s\t%s\n", auth_word(result.signature),
	    result.key != NULL ? result.key : "-");
	rc = result.signature == AUTH_VALID ? EX_OK : EX_DATAERR;
out:
	buf_free(&body);
	signer_free(&signer);
	return rc;
}

static int
verify_run(struct cli *cli, struct error *error)
{
	const char *signature = cli_value(cli, "signature");

	if (signature != NULL)
		return verify_signature(cli, signature, error);
	if (cli->noperands == 0)
		return error_set(error, ERROR_USAGE,
		    "ID… or --signature is missing");
	return verify_records(cli, error);
}

const struct command command_verify = {
    .name = "verify",
    .arguments = "ID… | --signature S < BODY",
    .summary = "check the signatures and digests of records again",
    .details =
	"Prints a line for each record, of columns separated by TAB (on a\n"
	"terminal a table with short ids): id; the verdict of today's\n"
	"secrets on its signature; the secret that matched, \"-\" if none;\n"
	"whether the body fits body_sha256 and body_bytes; and whether the\n"
	"name fits source, event and body. The verdict is\n"
	"\n"
	"  valid           one of the source's secrets matches\n"
	"  not-required    the source required none when it came in\n"
	"  wrong           no secret matches, for example because the one "
	"that\n"
	"                  signed it was replaced\n"
	"  missing, malformed, repeated\n"
	"                  the record has none, a malformed one, or several\n"
	"  unknown-source  the settings no longer have this source\n"
	"\n"
	"An ID is a record's name or its beginning, or 8 or more digits of\n"
	"its DIGEST; \"-\" reads IDs from standard input.\n"
	"\n"
	"With --signature, the same words and the secret's name for a body\n"
	"read from standard input, signed with a secret of the source or\n"
	"with that in FILE (Base64, or hexadecimal if it has 40 digits).\n"
	"\n"
	"Exit code: 0 when all is right, 65 when something is not; 66 when\n"
	"there is no such record.\n",
    .options = verify_options,
    .min_operands = 0,
    .max_operands = CLI_ANY,
    .run = verify_run,
};
