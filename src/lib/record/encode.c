/* SPDX-License-Identifier: ISC */
/*
 * encode: tables spell the record, one row for each key, in the promised order. A row has
 * the function that writes its value and the offset of that value in the struct of the
 * table. The writer appends straight to the buffer, because every request passes here.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "lib/alert/alert.h"
#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/error.h"
#include "lib/base/timestamp.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"
#include "lib/record/record.h"

#define REPLACEMENT 0xFFFDu

/* What a record takes in addition to three times its body: the keys, the delivery. */
#define ROOM 3072

struct row {
	const char *key; /* as spelled by KEY() */
	size_t key_len;
	void (*put)(struct buf *, const void *at);
	size_t offset; /* of at, in the struct */
	const struct row *
	    rows; /* or: an object of these rows, of the same struct; the last row
				 * has no key */
};

/* ---- values -------------------------------------------------------------- */

static void
put_text(struct buf *b, const void *at)
{
	const char *const *text = at;

	json_write_text(b, *text);
}

/* Text of the program that needs no escape. */
static void
put_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	buf_adds(b, text);
	buf_addc(b, '"');
}

/* Text from a header: any bytes. */
static void
put_bytes(struct buf *b, const void *at)
{
	const char *text = *(const char *const *)at;
	struct buf clean = BUF_INIT;
	size_t n, bad;

	if (text == NULL || utf8_valid(text, strlen(text), NULL)) {
		json_write_text(b, text);
		return;
	}
	for (n = strlen(text); !utf8_valid(text, n, &bad); n -= bad + 1) {
		buf_add(&clean, text, bad);
		utf8_add(&clean, REPLACEMENT);
		text += bad + 1;
	}
	buf_add(&clean, text, n);
	if (clean.failed)
		b->failed = true;
	else
		json_write_string(b, clean.data, clean.len);
	buf_free(&clean);
}

static void
put_buf(struct buf *b, const void *at)
{
	const struct buf *text = at;

	if (text->data == NULL)
		json_write_text(b, NULL);
	else
		json_write_string(b, text->data, text->len);
}

static void
put_json(struct buf *b, const void *at)
{
	const json_t *const *value = at;

	json_write_value(b, *value);
}

static void
put_list(struct buf *b, const void *at)
{
	const json_t *const *list = at;

	if (*list != NULL)
		json_write_value(b, *list);
	else
		buf_adds(b, "[]");
}

static void
put_size(struct buf *b, const void *at)
{
	const size_t *n = at;

	buf_addi(b, (intmax_t)*n);
}

static void
put_digest(struct buf *b, const void *at)
{
	char text[ENCODE_HEX_SIZE(DIGEST_SIZE)];

	encode_hex(text, at, DIGEST_SIZE);
	put_quoted(b, text);
}

/* A key that is kept for readers, always null. */
static void
put_null(struct buf *b, const void *at)
{
	(void)at;
	json_write_text(b, NULL);
}

static void
put_time(struct buf *b, const void *at)
{
	const struct alert_time *time = at;
	char text[TIMESTAMP_SIZE];

	if (!time->set) {
		json_write_text(b, NULL);
		return;
	}
	timestamp_format(text, time->at, TIMESTAMP_SHORTEST);
	put_quoted(b, text);
}

static void
put_port(struct buf *b, const void *at)
{
	const int *port = at;

	if (*port == 0)
		json_write_text(b, NULL);
	else
		buf_addi(b, *port);
}

static void
put_state(struct buf *b, const void *at)
{
	const enum alert_state *state = at;

	put_quoted(b, alert_state_word(*state));
}

static void
put_transition(struct buf *b, const void *at)
{
	const enum transition *transition = at;

	put_quoted(b, transition_word(*transition));
}

static void
put_transition_source(struct buf *b, const void *at)
{
	const enum transition_source *source = at;

	put_quoted(b, *source == TRANSITION_FROM_HEADER ? "header" : "body");
}

/* at is the whole alert. */
static void
put_canonical_value(struct buf *b, const void *at)
{
	const struct alert *a = at;

	if (a->metric_canonical)
		json_write_real(b, a->metric_canonical_value);
	else
		json_write_text(b, NULL);
}

/* ---- tables -------------------------------------------------------------- */

/* A key as it is written between others, and the length of that. */
#define KEY(key) ",\"" key "\":", sizeof(",\"" key "\":") - 1

#define AT(member) offsetof(struct delivery, member)

static const struct row delivery_rows[] = {
    {KEY("receiver"), put_bytes, AT(receiver), NULL},
    {KEY("remote_addr"), put_bytes, AT(remote_addr), NULL},
    {KEY("event"), put_bytes, AT(event), NULL},
    {KEY("request_id"), put_bytes, AT(request_id), NULL},
    {KEY("user_agent"), put_bytes, AT(user_agent), NULL},
    {KEY("content_type"), put_bytes, AT(content_type), NULL},
    {KEY("content_encoding"), put_bytes, AT(content_encoding), NULL},
    {KEY("body_bytes"), put_size, AT(body_len), NULL},
    {KEY("body_sha256"), put_digest, AT(body_sha256), NULL},
    {KEY("signature"), put_null, 0, NULL},
    {KEY("signature_verdict"), put_text, AT(signature_verdict), NULL},
    {KEY("key"), put_bytes, AT(key), NULL},
    {KEY("token_verdict"), put_text, AT(token_verdict), NULL},
    {KEY("signature_sha256"), put_text, AT(signature_sha256), NULL},
    {KEY("method"), put_text, AT(method), NULL},
    {NULL, 0, NULL, 0, NULL},
};

#undef AT
#define AT(member) offsetof(struct alert, member)

static const struct row organization_rows[] = {
    {KEY("id"), put_json, AT(organization_id), NULL},
    {KEY("name"), put_buf, AT(organization_name), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row project_rows[] = {
    {KEY("id"), put_json, AT(project_id), NULL},
    {KEY("name"), put_buf, AT(project_name), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row cluster_rows[] = {
    {KEY("id"), put_json, AT(cluster_id), NULL},
    {KEY("name"), put_json, AT(cluster_name), NULL},
    {KEY("parent_id"), put_json, AT(cluster_parent_id), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row host_rows[] = {
    {KEY("id"), put_json, AT(host_id), NULL},
    {KEY("name"), put_buf, AT(host_name), NULL},
    {KEY("port"), put_port, AT(host_port), NULL},
    {KEY("alias"), put_json, AT(host_alias), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row metric_rows[] = {
    {KEY("name"), put_json, AT(metric_name), NULL},
    {KEY("value"), put_json, AT(metric_value), NULL},
    {KEY("unit"), put_json, AT(metric_unit), NULL},
    {KEY("canonical_value"), put_canonical_value, 0, NULL},
    {KEY("canonical_unit"), put_text, AT(metric_canonical_unit), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row stream_rows[] = {
    {KEY("instance"), put_json, AT(stream_instance), NULL},
    {KEY("processor"), put_json, AT(stream_processor), NULL},
    {KEY("state"), put_json, AT(stream_state), NULL},
    {KEY("error"), put_json, AT(stream_error), NULL},
    {NULL, 0, NULL, 0, NULL},
};

static const struct row alert_rows[] = {
    {KEY("id"), put_json, AT(id), NULL},
    {KEY("state"), put_state, AT(state), NULL},
    {KEY("transition"), put_transition, AT(transition), NULL},
    {KEY("transition_source"), put_transition_source, AT(transition_source),
	NULL},
    {KEY("event_type"), put_json, AT(event_type), NULL},
    {KEY("category"), put_text, AT(category), NULL},
    {KEY("severity"), put_text, AT(severity), NULL},
    {KEY("severity_source"), put_text, AT(severity_source), NULL},
    {KEY("summary"), put_buf, AT(summary), NULL},
    {KEY("text"), put_buf, AT(text), NULL},
    {KEY("created_at"), put_time, AT(created), NULL},
    {KEY("updated_at"), put_time, AT(updated), NULL},
    {KEY("last_notified_at"), put_time, AT(last_notified), NULL},
    {KEY("resolved_at"), put_time, AT(resolved), NULL},
    {KEY("acknowledged_until"), put_time, AT(acknowledged_until), NULL},
    {KEY("acknowledged_by"), put_json, AT(acknowledged_by), NULL},
    {KEY("acknowledgement_comment"), put_json, AT(acknowledgement_comment),
	NULL},
    {KEY("organization"), NULL, 0, organization_rows},
    {KEY("project"), NULL, 0, project_rows},
    {KEY("config_id"), put_json, AT(config_id), NULL},
    {KEY("cluster"), NULL, 0, cluster_rows},
    {KEY("host"), NULL, 0, host_rows},
    {KEY("replica_set"), put_json, AT(replica_set), NULL},
    {KEY("non_running_hosts"), put_list, AT(non_running_hosts), NULL},
    {KEY("metric"), NULL, 0, metric_rows},
    {KEY("stream"), NULL, 0, stream_rows},
    {KEY("link"), put_json, AT(link), NULL},
    {NULL, 0, NULL, 0, NULL},
};

#undef AT

/* Objects within objects of the tables: at most two levels. */
static void
put_rows(struct buf *b, const struct row *row, const void *base)
{
	size_t no_comma = 1; /* before the first key */

	buf_addc(b, '{');
	for (; row->key != NULL; row++, no_comma = 0) {
		buf_add(b, row->key + no_comma, row->key_len - no_comma);
		if (row->rows != NULL)
			put_rows(b, row->rows, base);
		else
			row->put(b, (const char *)base + row->offset);
	}
	buf_addc(b, '}');
}

/* ---- the rest of the record ---------------------------------------------- */

static void
put_error(struct buf *b, const struct alert_error *e)
{
	if (e->code == ALERT_OK) {
		json_write_text(b, NULL);
		return;
	}
	buf_addf(b, "{\"code\":\"%s\",\"line\":%d,\"column\":%d,\"message\":",
	    alert_error_word(e->code), e->line, e->column);
	json_write_text(b, e->message);
	buf_addc(b, '}');
}

static void
put_warnings(struct buf *b, uint32_t warnings)
{
	const char *comma = "";

	buf_addc(b, '[');
	for (int i = 0; i < ALERT_WARNINGS; i++) {
		if ((warnings & (1u << i)) == 0)
			continue;
		buf_adds(b, comma);
		put_quoted(b, alert_warning_word((enum alert_warning)i));
		comma = ",";
	}
	buf_addc(b, ']');
}

/* A body that is valid UTF-8 without NUL goes as JSON text, any other as Base64: many
 * readers of JSON cannot keep a NUL. */
static void
put_raw(struct buf *b, const char *body, size_t len)
{
	bool text = utf8_valid(body, len, NULL) &&
	    (len == 0 || memchr(body, '\0', len) == NULL);

	buf_add(b, KEY("raw"));
	if (text)
		json_write_string(b, body, len);
	else
		json_write_text(b, NULL);
	buf_add(b, KEY("raw_base64"));
	if (text) {
		json_write_text(b, NULL);
		return;
	}
	buf_addc(b, '"');
	if (buf_reserve(b, ENCODE_BASE64_SIZE(len)) == 0) {
		encode_base64(b->data + b->len, body, len);
		b->len += ENCODE_BASE64_SIZE(len) - 1;
	}
	buf_addc(b, '"');
}

static void
put_head(struct buf *b, const char *id, const struct delivery *d)
{
	char received[TIMESTAMP_SIZE];

	timestamp_format(received, d->received_at, 6);
	buf_adds(b, "{\"record_version\":");
	buf_addi(b, RECORD_VERSION);
	buf_add(b, KEY("id"));
	json_write_text(b, id);
	buf_add(b, KEY("received_at"));
	put_quoted(b, received);
	buf_add(b, KEY("source"));
	json_write_text(b, d->source);
	buf_add(b, KEY("delivery"));
	put_rows(b, delivery_rows, d);
}

int
record_encode(struct buf *b, const char *id, const struct delivery *d,
    const struct alert *a, struct error *error)
{
	buf_reserve(b, d->body_len * 3 + ROOM);
	put_head(b, id, d);
	buf_add(b, KEY("alert"));
	if (a->error.code == ALERT_OK)
		put_rows(b, alert_rows, a);
	else
		json_write_text(b, NULL);
	buf_add(b, KEY("error"));
	put_error(b, &a->error);
	buf_add(b, KEY("warnings"));
	put_warnings(b, a->warnings);
	buf_add(b, KEY("extra"));
	if (a->extra != NULL)
		json_write_value(b, a->extra);
	else
		buf_adds(b, "{}");
	put_raw(b, d->body, d->body_len);
	buf_adds(b, "}\n");
	return buf_check(b, error);
}
