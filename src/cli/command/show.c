/* SPDX-License-Identifier: ISC */
/* show: alertspool show prints one record, for a person, a program, or byte for byte. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/frame/cli.h"
#include "cli/alerts/queue_results.h"
#include "cli/frame/operands.h"
#include "cli/frame/session.h"
#include "cli/output/format.h"
#include "cli/output/table.h"
#include "cli/records/record_view.h"
#include "cli/records/web_link.h"
#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"
#include "lib/record/record.h"

#define LABEL_WIDTH 14

static const struct cli_option show_options[] = {
    {"json", 'j', NULL, "the record itself, an object a line"},
    {"raw", 'r', NULL, "the body exactly as it came"},
    {"path", 0, NULL, "the path of the record's file"},
    SESSION_QUEUE_OPTION,
    {NULL, 0, NULL, NULL},
};

struct show {
	struct queue_list queues; /* of the spool */
	struct spool *spool;
	const char *directory;
	bool terminal, colours;
	bool failed; /* no memory for a part of it */
	time_t now;
	size_t shown;
	struct record_view view;
	struct buf text;
	int (*print)(struct show *, struct error *); /* NULL: the path */
};

/* ---- for a person --------------------------------------------------- */

/* The fields for a person, in this order; empty ones are left out. A value of two paths
 * is "first / second". */
static const struct field {
	const char *label;
	const char *path;
	const char *second; /* or NULL */
	enum { PLAIN, TIME, SEVERITY } kind;
} fields[] = {
    {"received", "received_at", NULL, TIME},
    {"source", "source", "delivery.key", PLAIN},
    {"signature", "delivery.signature_verdict", NULL, PLAIN},
    {"token", "delivery.token_verdict", NULL, PLAIN},
    {"sent from", "delivery.remote_addr", NULL, PLAIN},
    {"event", "alert.transition", "delivery.event", PLAIN},
    {"status", "alert.state", NULL, PLAIN},
    {"event type", "alert.event_type", "alert.category", PLAIN},
    {"severity", "alert.severity", "alert.severity_source", SEVERITY},
    {"summary", "alert.summary", NULL, PLAIN},
    {"organization", "alert.organization.name", "alert.organization.id", PLAIN},
    {"project", "alert.project.name", "alert.project.id", PLAIN},
    {"cluster", "alert.cluster.name", "alert.cluster.id", PLAIN},
    {"host", "alert.host.name", "alert.host.port", PLAIN},
    {"replica set", "alert.replica_set", NULL, PLAIN},
    {"metric", "alert.metric.name", NULL, PLAIN},
    {"value", "alert.metric.value", "alert.metric.unit", PLAIN},
    {"stream", "alert.stream.instance", "alert.stream.processor", PLAIN},
    {"stream state", "alert.stream.state", "alert.stream.error", PLAIN},
    {"created", "alert.created_at", NULL, TIME},
    {"updated", "alert.updated_at", NULL, TIME},
    {"last notified", "alert.last_notified_at", NULL, TIME},
    {"resolved", "alert.resolved_at", NULL, TIME},
    {"acknowledged", "alert.acknowledged_by", "alert.acknowledged_until",
	PLAIN},
    {"comment", "alert.acknowledgement_comment", NULL, PLAIN},
    {"alert id", "alert.id", NULL, PLAIN},
    {"config id", "alert.config_id", NULL, PLAIN},
    {"link", "alert.link", NULL, PLAIN},
    {"error", "error.code", "error.message", PLAIN},
};

static void
print_coloured(struct show *s, const char *label, const char *text, size_t n,
    enum table_colour colour)
{
	struct buf shown = BUF_INIT;

	escape_terminal(&shown, text, n);
	if (shown.len > 0) {
		printf("%-*s ", LABEL_WIDTH, label);
		table_paint(stdout, shown.data, colour, s->colours);
		putchar('\n');
	} else {
		printf("%s\n", label);
	}
	s->failed |= shown.failed;
	buf_free(&shown);
}

/* Print the text in s->text, if it is not empty. */
static void
print_text(struct show *s, const char *label, enum table_colour colour)
{
	s->failed |= s->text.failed;
	if (s->text.len > 0)
		print_coloured(s, label, s->text.data, s->text.len, colour);
}

static void
print_field(struct show *s, const char *label, const char *text, size_t n)
{
	print_coloured(s, label, text, n, TABLE_PLAIN);
}

/* On a terminal, append the age of a time. */
static void
add_age(const struct show *s, const json_t *value, struct buf *out)
{
	const char *text = json_string_value(value);
	char age[FORMAT_SIZE];
	struct timespec t;

	if (!s->terminal || text == NULL ||
	    timestamp_parse(text, strlen(text), &t) == -1)
		return;
	format_age(age,
	    t.tv_sec > s->now ? t.tv_sec - s->now : s->now - t.tv_sec);
	buf_addf(out, t.tv_sec > s->now ? " (in %s)" : " (%s ago)", age);
}

/* Strings without quotes, anything else as JSON. */
static void
add_value(struct buf *out, const json_t *value)
{
	if (json_is_string(value))
		buf_add(out, json_string_value(value),
		    json_string_length(value));
	else
		json_write_value(out, value);
}

static void
print_record_field(struct show *s, const struct field *field)
{
	const json_t *first = record_view_value(&s->view, field->path);
	const json_t *second = field->second == NULL
	    ? NULL
	    : record_view_value(&s->view, field->second);
	enum table_colour colour = TABLE_PLAIN;

	buf_reset(&s->text);
	if (first != NULL)
		add_value(&s->text, first);
	if (first != NULL && second != NULL)
		buf_adds(&s->text, " / ");
	if (second != NULL)
		add_value(&s->text, second);
	if (field->kind == TIME)
		add_age(s, first, &s->text);
	if (field->kind == SEVERITY)
		colour = format_severity(json_string_value(first));
	print_text(s, field->label, colour);
}

/* Lines below each other, the label before the first. */
static void
print_lines(struct show *s, const char *label, const char *text, size_t n)
{
	while (n > 0 && text[n - 1] == '\n')
		n--;
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		size_t len = end != NULL ? (size_t)(end - text) : n;

		print_field(s, label, text, len);
		label = "";
		len += end != NULL;
		text += len;
		n -= len;
	}
}

static void
print_place(struct show *s)
{
	char line[16 + TIMESTAMP_SIZE + 32], when[TIMESTAMP_SIZE];
	const char *state = spool_state_word(s->view.entry.state);
	const char *words = NULL;
	time_t t = 0;

	if (record_view_not_before(&s->view, s->spool, &t))
		words = "not before";
	else if (record_view_lease_until(&s->view, &t))
		words = "leased until";
	if (words != NULL)
		timestamp_format(when, (struct timespec){.tv_sec = t}, 0);
	snprintf(line, sizeof(line), "%s%s%s%s%s", state,
	    words != NULL ? ", " : "", words != NULL ? words : "",
	    words != NULL ? " " : "", words != NULL ? when : "");
	print_field(s, "id", s->view.entry.name, strlen(s->view.entry.name));
	print_coloured(s, "state", line, strlen(line),
	    format_state(s->view.entry.state));
}

static void
print_warnings(struct show *s)
{
	const json_t *list = record_view_value(&s->view, "warnings");

	buf_reset(&s->text);
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			buf_addc(&s->text, ' ');
		add_value(&s->text, json_array_get(list, i));
	}
	print_text(s, "warnings", TABLE_PLAIN);
}

/* history/ID has a JSON object a line; print its time and its other members. */
static void
print_history_line(struct show *s, const char *line, size_t n)
{
	const char *key;
	json_t *entry, *value;

	errno =
	    0; /* Jansson has the same text for missing memory and for malformed JSON */
	entry = json_loadb(line, n, 0, NULL);
	s->failed |= entry == NULL && errno == ENOMEM;
	buf_reset(&s->text);
	json_object_foreach(entry, key, value)
	{
		if (json_is_null(value))
			continue;
		if (s->text.len > 0)
			buf_addc(&s->text, ' ');
		if (strcmp(key, "time") != 0)
			buf_addf(&s->text, "%s=", key);
		add_value(&s->text, value);
	}
	if (json_is_object(entry))
		print_text(s, "history", TABLE_PLAIN);
	else
		print_field(s, "history", line, n);
	json_decref(entry);
}

static int
print_history(struct show *s, struct error *error)
{
	static const char large[] = "too large, counts as empty";
	struct buf lines = BUF_INIT;
	int rc = spool_history(s->spool, s->view.entry.name, &lines, error);
	const char *p = lines.data;
	size_t left = lines.len, n;

	if (rc == 1)
		print_field(s, "history", large, sizeof(large) - 1);
	for (; rc == 0 && left > 0; p += n, left -= n) {
		const char *end = memchr(p, '\n', left);

		n = end != NULL ? (size_t)(end - p) : left;
		print_history_line(s, p, n);
		n += end != NULL;
	}
	buf_free(&lines);
	return rc == -1 ? -1 : 0;
}

/* The result in a queue. */
static int
print_queue(void *show, const struct buf *line, struct error *error)
{
	(void)error;
	print_field(show, "queue", line->data, line->len);
	return 0;
}

static int
print_person(struct show *s, struct error *error)
{
	const json_t *text = record_view_value(&s->view, "alert.text");

	s->failed = false;
	if (s->shown++ > 0)
		putchar('\n');
	print_place(s);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		print_record_field(s, &fields[i]);
	print_warnings(s);
	if (json_is_string(text))
		print_lines(s, "text", json_string_value(text),
		    json_string_length(text));
	if (queue_results_each(&s->queues, s->view.entry.name, print_queue, s,
		error) == -1 ||
	    print_history(s, error) == -1)
		return -1;
	return s->failed ? error_set(error, ERROR_IO, "no memory for all of %s",
			       s->view.entry.name)
			 : 0;
}

/* ---- other forms ---------------------------------------------------- */

/* One more member, after those of every record. */
static void
add_web_link(struct show *s)
{
	static const char end[] = "}\n";
	struct buf link = BUF_INIT;

	web_link(&link, &s->view);
	s->text.failed = s->text.failed || link.failed;
	if (!s->text.failed) {
		s->text.len -= sizeof(end) - 1;
		json_write_key(&s->text, "web_link");
		json_write_text(&s->text, link.len > 0 ? link.data : NULL);
		buf_adds(&s->text, end);
	}
	buf_free(&link);
}

static int
print_json(struct show *s, struct error *error)
{
	buf_reset(&s->text);
	record_view_json(&s->view, s->spool, s->terminal, &s->text);
	add_web_link(s);
	if (buf_check(&s->text, error) == -1)
		return -1;
	fwrite(s->text.data, 1, s->text.len, stdout);
	return 0;
}

static int
print_raw(struct show *s, struct error *error)
{
	buf_reset(&s->text);
	if (record_body(s->view.record, &s->text, error) == -1)
		return -1;
	if (s->text.len > 0)
		fwrite(s->text.data, 1, s->text.len, stdout);
	return 0;
}

/* Does not read the record, so it works for a torn one, too. */
static int
print_path(struct show *s, const struct spool_entry *entry)
{
	printf("%s/%s/%s\n", s->directory, spool_state_word(entry->state),
	    entry->name);
	return 0;
}

static int
show_one(void *context, const struct spool_entry *entry, struct error *error)
{
	struct show *s = context;

	if (s->print == NULL)
		return print_path(s, entry);
	if (record_view_read(&s->view, s->spool, entry, error) == -1)
		return -1;
	return s->print(s, error);
}

static int
choose_form(struct show *s, const struct cli *cli, struct error *error)
{
	static const struct {
		const char *option;
		int (*print)(struct show *, struct error *);
	} forms[] = {{"json", print_json}, {"raw", print_raw}, {"path", NULL}};
	int given = 0;

	s->print = print_person;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (cli_value(cli, forms[i].option) != NULL) {
			s->print = forms[i].print;
			given++;
		}
	if (given > 1)
		return error_set(error, ERROR_USAGE,
		    "--json, --raw and --path exclude each other");
	return 0;
}

static int
show_run(struct cli *cli, struct error *error)
{
	struct show s = {
	    .terminal = isatty(STDOUT_FILENO) == 1,
	    .colours = table_colours(),
	    .now = time(NULL),
	    .view = RECORD_VIEW_INIT,
	};
	int rc;

	if (choose_form(&s, cli, error) == -1 ||
	    session_spool(cli, SPOOL_READ, &s.spool, error) == -1)
		return -1;
	s.directory = cli->settings.directory;
	rc = session_queue(cli) != NULL
	    ? 0
	    : queue_list_open(&s.queues, s.spool, s.directory, &cli->queues,
		  SPOOL_READ, error);
	if (rc == 0)
		rc = operands_each(cli, s.spool, show_one, &s);
	queue_list_close(&s.queues);
	buf_free(&s.text);
	record_view_free(&s.view);
	spool_close(s.spool);
	return rc;
}

const struct command command_show = {
    .name = "show",
    .arguments = "ID…",
    .summary = "show records and their history",
    .details =
	"An ID is a record's name or its beginning, or 8 or more digits of\n"
	"its DIGEST, the last part of the name; \"-\" reads IDs from standard\n"
	"input, the first word of each line. With several, all are tried,\n"
	"and the exit code is that of the first failure: 66 for an unknown\n"
	"ID.\n"
	"\n"
	"On a terminal, times have their age behind them, and state and\n"
	"severity a colour (not with NO_COLOR in the environment). With\n"
	"--json, each record as it is stored, with a member \"spool\": its\n"
	"state, its path below the spool directory, not_before of a waiting\n"
	"record and lease_until of a claimed one.\n",
    .options = show_options,
    .min_operands = 1,
    .max_operands = CLI_ANY,
    .run = show_run,
};
