/* SPDX-License-Identifier: ISC */
/* list: alertspool source list prints the sources, and the names of their secrets. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "cli/frame/cli.h"
#include "cli/frame/session.h"
#include "cli/output/format.h"
#include "cli/output/table.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"
#include "lib/spool/heard.h"
#include "lib/spool/spool.h"

enum { NAME, PATH, KEYS, TOKENS, HEARD, COLUMNS };

static const struct table_column columns[COLUMNS] = {
    [NAME] = {"SOURCE", 8, 0},
    [PATH] = {"PATH", 6, 1},
    [KEYS] = {"SECRETS", 8, 2},
    [TOKENS] = {"TOKENS", 8, 4},
    [HEARD] = {"HEARD", 5, 3},
};

static const struct cli_option list_options[] = {
    {"json", 'j', NULL, "one JSON object a line"},
    {NULL, 0, NULL, NULL},
};

struct list {
	const struct spool *spool; /* NULL: it cannot be opened */
	struct table *table;
	bool people; /* it is a table for people */
};

/* The source's path, after the responder's own path. */
static void
add_path(struct buf *path, const struct settings_source *s)
{
	buf_addc(path, '/');
	if (strcmp(s->name, "default") != 0)
		buf_adds(path, s->name);
}

/* The key name of a secret is its file's, as in records and logs. */
static const char *
key_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static void
add_keys(struct buf *text, const struct settings_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		buf_addf(text, "%s%s", i > 0 ? " " : "",
		    key_name(paths->path[i]));
}

static void
add_key_array(struct buf *line, const char *key,
    const struct settings_paths *paths)
{
	json_write_key(line, key);
	buf_addc(line, '[');
	for (size_t i = 0; i < paths->n; i++) {
		if (i > 0)
			buf_addc(line, ',');
		json_write_text(line, key_name(paths->path[i]));
	}
	buf_addc(line, ']');
}

/* When the source had its last delivery; "" for never. */
static void
format_heard(const struct list *l, const struct settings_source *s, bool people,
    char out[static FORMAT_SIZE])
{
	time_t t;

	out[0] = '\0';
	if (l->spool == NULL || !heard_last(spool_root(l->spool), s->name, &t))
		return;
	if (people)
		format_age(out, time(NULL) - t);
	else
		timestamp_format(out, (struct timespec){.tv_sec = t}, 0);
}

static int
print_json(const struct list *l, const struct settings_source *s,
    struct error *error)
{
	struct buf line = BUF_INIT, path = BUF_INIT;
	char heard[FORMAT_SIZE];
	int rc;

	add_path(&path, s);
	buf_addc(&line, '{');
	json_write_key(&line, "source");
	json_write_text(&line, s->name);
	json_write_key(&line, "path");
	json_write_text(&line, path.data);
	add_key_array(&line, "secrets", &s->secrets);
	add_key_array(&line, "tokens", &s->tokens);
	format_heard(l, s, false, heard);
	json_write_key(&line, "last_heard");
	json_write_text(&line, heard[0] != '\0' ? heard : NULL);
	buf_adds(&line, "}\n");
	rc = buf_check(&line, error) == -1 ? -1 : buf_check(&path, error);
	if (rc == 0)
		fwrite(line.data, 1, line.len, stdout);
	buf_free(&line);
	buf_free(&path);
	return rc;
}

static int
add_row(const struct list *l, const struct settings_source *s,
    struct error *error)
{
	struct buf path = BUF_INIT, keys = BUF_INIT, tokens = BUF_INIT;
	char heard[FORMAT_SIZE];
	int rc = -1;

	add_path(&path, s);
	add_keys(&keys, &s->secrets);
	add_keys(&tokens, &s->tokens);
	format_heard(l, s, l->people, heard);
	if (buf_check(&path, error) == 0 && buf_check(&keys, error) == 0 &&
	    buf_check(&tokens, error) == 0) {
		const struct table_cell cells[COLUMNS] = {
		    [NAME] = {.text = s->name},
		    [PATH] = {.text = path.data},
		    [KEYS] = {.text = keys.data},
		    [TOKENS] = {.text = tokens.data},
		    [HEARD] = {.text = heard},
		};

		rc = table_add(l->table, cells, error);
	}
	buf_free(&path);
	buf_free(&keys);
	buf_free(&tokens);
	return rc;
}

static int
print_table(struct list *l, const struct settings *s, struct error *error)
{
	const int width = table_width();
	int rc = 0;

	if (table_open(&l->table, stdout, columns, COLUMNS, width,
		table_colours(), error) == -1)
		return -1;
	l->people = width > 0;
	for (size_t i = 0; i < s->nsources && rc == 0; i++)
		rc = add_row(l, &s->sources[i], error);
	table_end(l->table);
	table_close(l->table);
	return rc;
}

/* Only the last column needs the spool: without it all else is listed. */
static int
list_run(struct cli *cli, struct error *error)
{
	const struct settings *s = &cli->settings;
	struct error why = ERROR_INIT;
	struct list l = {.spool = NULL};
	struct spool *spool = NULL;
	int rc = 0, code = EX_OK;

	if (session_settings(cli, error) == -1)
		return -1;
	if (session_spool(cli, SPOOL_READ, &spool, &why) == -1)
		code = cli_tell(cli, &why);
	l.spool = spool;
	if (cli_value(cli, "json") == NULL)
		rc = print_table(&l, s, error);
	else
		for (size_t i = 0; i < s->nsources && rc == 0; i++)
			rc = print_json(&l, &s->sources[i], error);
	spool_close(spool);
	return rc == -1 ? -1 : code;
}

const struct command command_source_list = {
    .name = "source list",
    .arguments = "",
    .summary = "list the sources, their paths and their key names",
    .details =
	"PATH is the end of the webhook's URL, after the responder's own\n"
	"path. SECRETS and TOKENS are names of files, which records and\n"
	"logs show as \"key\"; the files are not read. HEARD is when the last\n"
	"delivery was stored that was less than a day old; \"-\" means never.\n"
	"If the spool cannot be opened, that is reported, and decides the\n"
	"exit code.\n"
	"\n"
	"Example:\n"
	"  alertspool source list --json | jq -r 'select(.last_heard == "
	"null).source'\n",
    .options = list_options,
    .min_operands = 0,
    .max_operands = 0,
    .run = list_run,
};
