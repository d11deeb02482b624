/* SPDX-License-Identifier: ISC */
/* message: writes the body again from the parsed record with the code that wrote it
 * first, so that all other bytes stay the same. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/nats/message.h"
#include "cli/records/record_view.h"
#include "lib/base/error.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"

#define VALUE_MAX 128

/* Headers from the record; left out if it has no text. */
static const struct {
	const char *name, *path;
} from_record[] = {
    {"Alertspool-Event-Type", "alert.event_type"},
    {"Alertspool-State", "alert.state"},
    {"Alertspool-Severity", "alert.severity"},
    {"Alertspool-Source", "source"},
};

#define FROM_RECORD (sizeof(from_record) / sizeof(from_record[0]))
#define OTHERS 4 /* message id, expected stream, id, version */

_Static_assert(FROM_RECORD + OTHERS <= MESSAGE_HEADERS, "there is room");

/* Printable ASCII only, so that no text can end a header and begin another. */
static void
copy_value(char out[static MESSAGE_HEADER_SIZE], const char *text)
{
	size_t left = strlen(text), n = 0;

	while (left > 0 && n < VALUE_MAX) {
		unsigned int c = 0;
		size_t len = utf8_next(text, left, &c);

		out[n++] = c >= ' ' && c < 0x7f ? (char)c : '_';
		len = len > 0 ? len : 1;
		text += len;
		left -= len;
	}
	out[n] = '\0';
}

static void
make_headers(struct message *m, const struct record_view *v, const char *stream)
{
	size_t n = 0;

	m->headers[n++] = (struct nats_client_header){"Nats-Msg-Id", m->id};
	m->headers[n++] =
	    (struct nats_client_header){"Nats-Expected-Stream", stream};
	m->headers[n++] =
	    (struct nats_client_header){"Alertspool-Id", v->entry.name};
	snprintf(m->value[n], MESSAGE_HEADER_SIZE, "%" JSON_INTEGER_FORMAT,
	    json_integer_value(record_view_value(v, "record_version")));
	m->headers[n] = (struct nats_client_header){"Alertspool-Record-Version",
	    m->value[n]};
	n++;
	for (size_t i = 0; i < FROM_RECORD; i++) {
		const char *text = record_view_text(v, from_record[i].path);

		if (text == NULL || *text == '\0')
			continue;
		copy_value(m->value[n], text);
		m->headers[n] = (struct nats_client_header){from_record[i].name,
		    m->value[n]};
		n++;
	}
	m->headers[n] = (struct nats_client_header){NULL, NULL};
}

int
message_make(struct message *m, const struct record_view *v,
    unsigned int requeues, const char *template, const char *stream,
    struct error *error)
{
	json_t *delivery = json_object_get(v->record, "delivery");

	m->body = (struct buf)BUF_INIT;
	subject_make(template, v, m->subject);
	if (requeues == 0)
		snprintf(m->id, sizeof(m->id), "%s", v->entry.name);
	else
		snprintf(m->id, sizeof(m->id), "%s+%u", v->entry.name,
		    requeues);
	make_headers(m, v, stream);
	/* The view is used only for this; it need not stay complete. */
	(void)json_object_del(delivery, "signature");
	(void)json_object_del(delivery, "signature_sha256");
	json_write_value(&m->body, v->record);
	buf_addc(&m->body, '\n');
	return buf_check(&m->body, error);
}

void
message_free(struct message *m)
{
	buf_free(&m->body);
}
