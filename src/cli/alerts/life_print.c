/* SPDX-License-Identifier: ISC */
/* life_print: prints a delivery and its result, in one of three forms. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/alerts/alert_json.h"
#include "cli/alerts/life.h"
#include "cli/output/table.h"
#include "lib/base/escape.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

#define INDENT "    "

/* A delivery's parts, "" if unknown. */
struct parts {
	char time[TIMESTAMP_SIZE];
	const char *event, *severity, *summary, *method, *place, *received;
};

static const char *
text_of(const struct record_view *v, const char *path)
{
	const char *text = record_view_text(v, path);

	return text != NULL ? text : "";
}

static struct parts
parts_of(const struct record_view *v)
{
	struct parts p = {
	    .event = transition_word(v->name.transition),
	    .severity = text_of(v, "alert.severity"),
	    .summary = text_of(v, "alert.summary"),
	    .method = text_of(v, "delivery.method"),
	    .place = spool_state_word(v->entry.state),
	    .received = text_of(v, "received_at"),
	};

	if (v->name.has_time)
		timestamp_format(p.time,
		    (struct timespec){.tv_sec = v->name.time}, 0);
	return p;
}

/* ---- for people ------------------------------------------------------ */

/* A line of harmless text within the width. */
static void
add_line(struct buf *out, const struct buf *line, int width)
{
	struct buf shown = BUF_INIT;
	size_t n;

	escape_terminal(&shown, line->data != NULL ? line->data : "",
	    line->len);
	if (shown.data != NULL && table_text_width(shown.data) > width) {
		n = table_text_fit(shown.data, width - 1);
		buf_add(out, shown.data, n);
		buf_adds(out, "…");
	} else {
		buf_add(out, shown.data, shown.len);
	}
	buf_addc(out, '\n');
	out->failed = out->failed || shown.failed || line->failed;
	buf_free(&shown);
}

static void
print_people(struct buf *out, const struct parts *p,
    const struct life_result *r, int width)
{
	struct buf line = BUF_INIT;

	buf_addf(&line, "%-20s  %-11s  %-8s  %s",
	    p->time[0] != '\0' ? p->time : "-", p->event,
	    p->severity[0] != '\0' ? p->severity : "-", p->summary);
	add_line(out, &line, width);
	buf_reset(&line);
	buf_addf(&line, INDENT "%s", p->place);
	if (r->tries > 0)
		buf_addf(&line, ", %u %s", r->tries,
		    r->tries == 1 ? "try" : "tries");
	if (r->what.len > 0)
		buf_addf(&line, ", %s", r->what.data);
	if (r->when.len > 0)
		buf_addf(&line, " %s", r->when.data);
	if (strcmp(p->method, "operator") == 0)
		buf_adds(&line, ", by an operator");
	if (r->why.len > 0)
		buf_addf(&line, ": %s", r->why.data);
	add_line(out, &line, width);
	buf_free(&line);
}

void
life_print_under(struct buf *out, const struct buf *text, int width)
{
	struct buf line = BUF_INIT;

	buf_adds(&line, INDENT);
	buf_add(&line, text->data, text->len);
	add_line(out, &line, width);
	buf_free(&line);
}

/* ---- for programs ---------------------------------------------------- */

/* One column; the first of a line has no TAB before it. */
static void
add_column(struct buf *out, const char *text, bool first)
{
	if (!first)
		buf_addc(out, '\t');
	if (text[0] == '\0')
		buf_addc(out, '-');
	else
		escape_terminal(out, text, strlen(text));
}

static const char *
data_of(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

static void
print_columns(struct buf *out, const struct record_view *v,
    const struct parts *p, const struct life_result *r)
{
	char tries[16], alert[NAME_ALERT_MAX + 1];
	const char *const columns[] = {v->entry.name, alert, p->time, p->event,
	    p->severity, p->received, p->method, p->place, tries,
	    data_of(&r->what), data_of(&r->when), data_of(&r->why), p->summary};

	snprintf(tries, sizeof(tries), "%u", r->tries);
	snprintf(alert, sizeof(alert), "%.*s", (int)v->name.alert_len,
	    v->name.alert);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		add_column(out, columns[i], i == 0);
	buf_addc(out, '\n');
}

static void
add_member(struct buf *out, const char *key, const char *text)
{
	json_write_key(out, key);
	json_write_text(out, text[0] != '\0' ? text : NULL);
}

static void
print_json(struct buf *out, const struct record_view *v, const struct parts *p,
    const struct life_result *r, const struct buf *queues)
{
	buf_addc(out, '{');
	add_member(out, "id", v->entry.name);
	json_write_key(out, "alert");
	json_write_string(out, v->name.alert, v->name.alert_len);
	alert_json_time(out, "time",
	    (struct fold_time){v->name.has_time, v->name.time});
	add_member(out, "event", p->event);
	add_member(out, "status", text_of(v, "alert.state"));
	add_member(out, "severity", p->severity);
	add_member(out, "summary", p->summary);
	add_member(out, "received_at", p->received);
	add_member(out, "method", p->method);
	add_member(out, "state", p->place);
	json_write_key(out, "tries");
	buf_addi(out, r->tries);
	add_member(out, "result", data_of(&r->what));
	add_member(out, "when", data_of(&r->when));
	add_member(out, "reason", data_of(&r->why));
	json_write_key(out, "queues");
	buf_add(out, queues->data, queues->len);
	buf_adds(out, "}\n");
}

void
life_print(struct buf *out, const struct record_view *v,
    const struct life_result *r, enum life_form form, int width,
    const struct buf *queues)
{
	const struct parts p = parts_of(v);

	if (form == LIFE_JSON)
		print_json(out, v, &p, r, queues);
	else if (form == LIFE_LINES)
		print_columns(out, v, &p, r);
	else
		print_people(out, &p, r, width);
}
