/* SPDX-License-Identifier: ISC */
/* alert_json: the members of an alert, most of them from its newest record. */
#include "config.h"

#include <stdio.h>

#include <string.h>

#include "cli/alerts/alert_json.h"
#include "cli/alerts/queue_marks.h"
#include "cli/records/web_link.h"
#include "lib/base/timestamp.h"
#include "lib/json/write.h"

/* A member with a value of the record. */
struct member {
	const char *key, *path;
};

static const struct member rated[] = {
    {"severity", "alert.severity"},
    {"severity_source", "alert.severity_source"},
    {"organization", "alert.organization"},
    {"project", "alert.project"},
    {"cluster", "alert.cluster"},
    {"host", "alert.host"},
    {NULL, NULL},
};

static const struct member told[] = {
    {"event_type", "alert.event_type"},
    {"category", "alert.category"},
    {"summary", "alert.summary"},
    {NULL, NULL},
};

static const struct member canonical[] = {
    {"value", "alert.metric.canonical_value"},
    {"unit", "alert.metric.canonical_unit"},
    {NULL, NULL},
};

static const struct member as_sent[] = {
    {"value", "alert.metric.value"},
    {"unit", "alert.metric.unit"},
    {NULL, NULL},
};

static const struct member answered[] = {
    {"acknowledged_until", "alert.acknowledged_until"},
    {"acknowledged_by", "alert.acknowledged_by"},
    {"comment", "alert.acknowledgement_comment"},
    {"source", "source"},
    {NULL, NULL},
};

static void
add_members(struct buf *out, const struct member *m,
    const struct record_view *v)
{
	for (; m->key != NULL; m++) {
		json_write_key(out, m->key);
		json_write_value(out, record_view_value(v, m->path));
	}
}

void
alert_json_time(struct buf *out, const char *key, struct fold_time t)
{
	char text[TIMESTAMP_SIZE];

	if (t.set)
		timestamp_format(text, (struct timespec){.tv_sec = t.at}, 0);
	json_write_key(out, key);
	json_write_text(out, t.set ? text : NULL);
}

/* Add text, null if it is empty. */
static void
add_text(struct buf *out, const char *key, struct buf *text)
{
	out->failed = out->failed || text->failed;
	json_write_key(out, key);
	if (text->len > 0)
		json_write_string(out, text->data, text->len);
	else
		json_write_text(out, NULL);
	buf_free(text);
}

static void
add_state(struct buf *out, const struct fold *f, const struct alert_fold *names,
    const struct record_view *v)
{
	json_write_key(out, "alert");
	json_write_string(out, v->name.alert, v->name.alert_len);
	json_write_key(out, "state");
	json_write_text(out, fold_state_word(f->state));
	json_write_key(out, "silent");
	buf_adds(out, f->silent ? "true" : "false");
	json_write_key(out, "since");
	json_write_value(out, record_view_value(v, "alert.created_at"));
	alert_json_time(out, "last", f->last);
	alert_json_time(out, "ended", f->ended);
	json_write_key(out, "deliveries");
	buf_addi(out, (intmax_t)names->records);
}

void
alert_json(struct buf *out, const struct fold *f,
    const struct alert_fold *names, const struct record_view *v,
    const struct queue_marks *marks, size_t number)
{
	struct buf where = BUF_INIT, link = BUF_INIT;

	record_view_where(v, &where);
	web_link(&link, v);
	buf_addc(out, '{');
	add_state(out, f, names, v);
	add_members(out, rated, v);
	add_text(out, "where", &where);
	add_members(out, told, v);
	add_members(out,
	    record_view_value(v, canonical[0].path) != NULL ? canonical
							    : as_sent,
	    v);
	add_members(out, answered, v);
	add_text(out, "web_link", &link);
	json_write_key(out, "newest");
	json_write_text(out, v->entry.name);
	json_write_key(out, "queues");
	queue_marks_json(marks, number, out);
	buf_adds(out, "}\n");
}

int
alert_json_print(const struct buf *line, bool terminal, struct error *error)
{
	struct buf shown = BUF_INIT;
	int rc;

	if (buf_check(line, error) == -1)
		return -1;
	if (!terminal) {
		fwrite(line->data, 1, line->len, stdout);
		return 0;
	}
	record_view_harmless(&shown, line->data, line->len - 1);
	buf_addc(&shown, '\n');
	rc = buf_check(&shown, error);
	if (rc == 0)
		fwrite(shown.data, 1, shown.len, stdout);
	buf_free(&shown);
	return rc;
}
