/* SPDX-License-Identifier: ISC */
/* subject: a table of fields, and one walk over the template for each purpose. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/nats/subject.h"
#include "cli/records/record_view.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/utf8.h"

#define TEXT_MAX 64
#define TOKEN_MAX NAME_ALERT_MAX /* {alert} has the longest token */
#define FIELDS_MAX 8 /* in one template; limits the subject's length */

/* The first path of the record that has a text; no path: ALERT of its name. */
static const struct field {
	const char *name;
	const char *path;
	const char *second; /* or NULL */
} fields[] = {
    {"project", "alert.project.name", "alert.project.id"},
    {"project_id", "alert.project.id", NULL},
    {"organization_id", "alert.organization.id", NULL},
    {"cluster", "alert.cluster.name", NULL},
    {"event", "alert.transition", NULL},
    {"event_type", "alert.event_type", NULL},
    {"category", "alert.category", NULL},
    {"state", "alert.state", NULL},
    {"severity", "alert.severity", NULL},
    {"source", "source", NULL},
    {"alert", NULL, NULL},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(SUBJECT_TEMPLATE_MAX + FIELDS_MAX * TOKEN_MAX < SUBJECT_SIZE,
    "every subject fits");

/* The field for the "{name}" at the beginning of text, and its length. */
static const struct field *
find_field(const char *text, size_t *len)
{
	for (size_t i = 0; i < COUNT(fields); i++) {
		size_t n = strlen(fields[i].name);

		if (strncmp(text + 1, fields[i].name, n) == 0 &&
		    text[n + 1] == '}') {
			*len = n + 2;
			return &fields[i];
		}
	}
	return NULL;
}

const char *
subject_fields(void)
{
	return "{project} {project_id} {organization_id} {cluster} {event} "
	       "{event_type} {category} {state} {severity} {source} {alert}";
}

static int
check_character(const char *template, char c, bool first, struct error *error)
{
	if (c <= ' ' || c >= 0x7f || strchr("*>{}", c) != NULL ||
	    (c == '$' && first))
		return error_set(error, ERROR_USAGE,
		    "subject \"%.80s\": a token cannot have '%c' there",
		    template, c > ' ' && c < 0x7f ? c : '?');
	return 0;
}

int
subject_check(const char *template, struct error *error)
{
	const char *p = template;
	size_t len, n = 0;
	bool empty = true;

	if (strlen(template) > SUBJECT_TEMPLATE_MAX)
		return error_set(error, ERROR_USAGE,
		    "a subject has at most %d characters",
		    SUBJECT_TEMPLATE_MAX);
	for (; *p != '\0'; p += len) {
		len = 1;
		if (*p == '.' && empty)
			break;
		if (*p == '{' && find_field(p, &len) == NULL)
			return error_set(error, ERROR_USAGE,
			    "subject \"%.80s\": unknown field at \"%.24s\"; "
			    "the fields are %s",
			    template, p, subject_fields());
		if (*p == '{' && ++n > FIELDS_MAX)
			return error_set(error, ERROR_USAGE,
			    "a subject has at most %d fields", FIELDS_MAX);
		if (*p != '{' && *p != '.' &&
		    check_character(template, *p, p == template, error) == -1)
			return -1;
		empty = *p == '.';
	}
	if (!empty)
		return 0;
	return error_set(error, ERROR_USAGE,
	    "subject \"%.80s\" has an empty token", template);
}

static void
add_token(struct buf *out, const char *text)
{
	size_t left = text == NULL ? 0 : strlen(text), capacity = TEXT_MAX;

	if (left == 0)
		buf_addc(out, '-');
	while (left > 0 && capacity-- > 0) {
		unsigned int c = 0;
		size_t n = utf8_next(text, left, &c);
		bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_';

		buf_addc(out, safe ? (char)c : '_');
		n = n > 0 ? n : 1;
		text += n;
		left -= n;
	}
}

static void
add_field(struct buf *out, const struct field *field,
    const struct record_view *v)
{
	const char *text;

	if (field->path == NULL) {
		buf_add(out, v->name.alert, v->name.alert_len);
		return;
	}
	text = record_view_text(v, field->path);
	if ((text == NULL || *text == '\0') && field->second != NULL)
		text = record_view_text(v, field->second);
	add_token(out, text);
}

void
subject_make(const char *template, const struct record_view *v,
    char out[static SUBJECT_SIZE])
{
	struct buf text = BUF_INIT;
	const struct field *field;
	size_t len;

	for (; *template != '\0'; template += len) {
		len = 1;
		field = *template == '{' ? find_field(template, &len) : NULL;
		if (field == NULL)
			buf_addc(&text, *template);
		else
			add_field(&text, field, v);
	}
	/* Without memory it is not a subject, and publishing will fail. */
	snprintf(out, SUBJECT_SIZE, "%s", text.failed ? "" : text.data);
	buf_free(&text);
}

void
subject_pattern(const char *template, struct buf *out)
{
	while (*template != '\0') {
		size_t n = strcspn(template, ".");

		if (memchr(template, '{', n) != NULL)
			buf_addc(out, '*');
		else
			buf_add(out, template, n);
		template += n;
		if (*template == '.')
			buf_addc(out, *template ++);
	}
}

bool
subject_covers(const char *pattern, const char *other)
{
	for (;;) {
		size_t n = strcspn(pattern, "."), m = strcspn(other, ".");

		if (n == 1 && *pattern == '>')
			return m > 0;
		if (m == 1 && *other == '>')
			return false;
		if (!(n == 1 && *pattern == '*') &&
		    (n != m || strncmp(pattern, other, n) != 0))
			return false;
		if (pattern[n] == '\0' || other[m] == '\0')
			return pattern[n] == other[m];
		pattern += n + 1;
		other += m + 1;
	}
}
