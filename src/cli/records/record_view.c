/* SPDX-License-Identifier: ISC */
/* record_view: reads records for show and list; spool(5) defines the meaning of mtimes. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/records/record_view.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/base/file.h"
#include "lib/base/timestamp.h"
#include "lib/base/utf8.h"
#include "lib/json/write.h"
#include "lib/record/record.h"
#include "lib/spool/queue.h"

#define KEY_MAX 64	       /* bytes of one key in a path */
#define FIRST_SURROGATE 0xd800 /* RFC 8259 section 7 */
#define LAST_SURROGATE_HALF 0xdc00

static int
begin(struct record_view *v, const struct spool_entry *entry,
    struct error *error)
{
	v->entry = *entry;
	if (!name_parse(v->entry.name, &v->name))
		return error_set(error, ERROR_INTERNAL, "%s is not a name",
		    entry->name);
	buf_reset(&v->text);
	json_decref(v->record);
	v->record = NULL;
	v->st = (struct stat){.st_size = 0};
	return 0;
}

static int
decode(struct record_view *v, struct error *error)
{
	v->record = record_decode(v->text.data, v->text.len, error);
	return v->record != NULL ? 0 : -1;
}

int
record_view_read(struct record_view *v, const struct spool *spool,
    const struct spool_entry *entry, struct error *error)
{
	if (begin(v, entry, error) == -1 ||
	    spool_read(spool, entry->state, entry->name, &v->text, &v->st,
		error) == -1)
		return -1;
	return decode(v, error);
}

int
record_view_read_open(struct record_view *v, int fd,
    const struct spool_entry *entry, struct error *error)
{
	if (begin(v, entry, error) == -1 ||
	    file_read_open(fd, entry->name, SPOOL_RECORD_MAX, &v->text, &v->st,
		error) == -1)
		return -1;
	return decode(v, error);
}

void
record_view_free(struct record_view *v)
{
	buf_free(&v->text);
	json_decref(v->record);
	v->record = NULL;
}

const json_t *
record_view_value(const struct record_view *v, const char *path)
{
	const json_t *value = v->record;
	char key[KEY_MAX];

	for (;;) {
		size_t n = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		value = json_object_get(value, key);
		if (path[n] == '\0')
			break;
		path += n + 1;
	}
	return json_is_null(value) ? NULL : value;
}

const char *
record_view_text(const struct record_view *v, const char *path)
{
	return json_string_value(record_view_value(v, path));
}

const char *
record_view_first(const struct record_view *v, const char *const *paths)
{
	for (; *paths != NULL; paths++) {
		const char *text = record_view_text(v, *paths);

		if (text != NULL && *text != '\0')
			return text;
	}
	return NULL;
}

/* The place: the larger thing, and the smaller one in it, whose name often begins with
 * the larger one's. */
void
record_view_where(const struct record_view *v, struct buf *out)
{
	static const char *const big[] = {"alert.cluster.name",
	    "alert.stream.instance", "alert.replica_set", "alert.cluster.id",
	    NULL};
	static const char *const small[] = {"alert.host.name",
	    "alert.host.alias", "alert.host.id", "alert.stream.processor",
	    NULL};
	const char *outer = record_view_first(v, big),
		   *inner = record_view_first(v, small);

	if (outer != NULL && inner != NULL &&
	    strncmp(inner, outer, strlen(outer)) == 0)
		outer = NULL;
	buf_reset(out);
	if (outer != NULL)
		buf_adds(out, outer);
	if (outer != NULL && inner != NULL)
		buf_addc(out, '/');
	if (inner != NULL)
		buf_adds(out, inner);
}

bool
record_view_not_before(const struct record_view *v, const struct spool *spool,
    time_t *t)
{
	struct error unused = ERROR_INIT;
	time_t now = time(NULL);

	if (v->entry.state != SPOOL_NEW || v->st.st_mtime <= now ||
	    v->st.st_mtime > now + QUEUE_AHEAD_MAX)
		return false;
	/* Without a history it was never deferred: the clock was wrong. */
	if (spool_has_history(spool, v->entry.name, &unused) == 0)
		return false;
	*t = v->st.st_mtime;
	return true;
}

bool
record_view_lease_until(const struct record_view *v, time_t *t)
{
	*t = v->st.st_mtime;
	return v->entry.state == SPOOL_CUR && *t != 0;
}

static void
add_second(struct buf *out, const char *key, bool set, time_t t)
{
	char text[TIMESTAMP_SIZE];

	if (set)
		timestamp_format(text, (struct timespec){.tv_sec = t}, 0);
	json_write_key(out, key);
	json_write_text(out, set ? text : NULL);
}

static void
add_spool_member(const struct record_view *v, const struct spool *spool,
    struct buf *out)
{
	const char *state = spool_state_word(v->entry.state);
	char path[16 + NAME_SIZE];
	time_t t = 0;
	bool set;

	snprintf(path, sizeof(path), "%s/%s", state, v->entry.name);
	buf_adds(out, "\"spool\":{");
	json_write_key(out, "state");
	json_write_text(out, state);
	json_write_key(out, "path");
	json_write_text(out, path);
	set = record_view_not_before(v, spool, &t);
	add_second(out, "not_before", set, t);
	set = record_view_lease_until(v, &t);
	add_second(out, "lease_until", set, t);
	buf_adds(out, "}}\n");
}

static void
add_escape(struct buf *out, unsigned int codepoint)
{
	if (codepoint < 0x10000) {
		buf_addf(out, "\\u%04x", codepoint);
		return;
	}
	codepoint -= 0x10000;
	buf_addf(out, "\\u%04x\\u%04x", FIRST_SURROGATE + (codepoint >> 10),
	    LAST_SURROGATE_HALF + (codepoint & 0x3ff));
}

/* JSON has such characters only in strings, where an escape is equivalent; but a control
 * between them is white space (RFC 8259 section 2), which a blank replaces. */
void
record_view_harmless(struct buf *out, const char *text, size_t n)
{
	struct buf shown = BUF_INIT;

	while (n > 0) {
		unsigned int codepoint;
		size_t len = utf8_next(text, n, &codepoint);

		if (len == 0)
			break; /* cannot happen: the record was decoded */
		buf_reset(&shown);
		escape_terminal(&shown, text, len);
		if (codepoint < ' ')
			buf_addc(out, ' ');
		else if (shown.len == len && memcmp(shown.data, text, len) == 0)
			buf_add(out, text, len);
		else
			add_escape(out, codepoint);
		text += len;
		n -= len;
	}
	out->failed = out->failed || shown.failed;
	buf_free(&shown);
}

void
record_view_json(const struct record_view *v, const struct spool *spool,
    bool terminal, struct buf *out)
{
	const char *end;

	if (v->record == NULL) {
		buf_adds(out, "{");
		json_write_key(out, "id");
		json_write_text(out, v->entry.name);
		buf_adds(out, ",");
		add_spool_member(v, spool, out);
		return;
	}
	/* A decoded record ends with its object's brace and white space. */
	end = memrchr(v->text.data, '}', v->text.len);
	if (terminal)
		record_view_harmless(out, v->text.data,
		    (size_t)(end - v->text.data));
	else
		buf_add(out, v->text.data, (size_t)(end - v->text.data));
	buf_adds(out, ",");
	add_spool_member(v, spool, out);
}
