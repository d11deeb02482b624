/* SPDX-License-Identifier: ISC */
/*
 * name: TIME, ALERT, EVENT and DIGEST hold no dot, so the dots separate the parts without
 * doubt, and no name can be "..", hidden, or lead to another directory.
 */
#include "config.h"

#include <string.h>

#include "lib/base/encode.h"
#include "lib/base/timestamp.h"
#include "lib/record/name.h"

#define TIME_CHARACTERS (TIMESTAMP_COMPACT_SIZE - 1)
#define NO_TIME "00000000T000000Z"
#define NO_ALERT "-"

void
name_digest(unsigned char out[static DIGEST_SIZE], const char *source,
    enum transition transition, const void *body, size_t len)
{
	const char *word = transition_word(transition);
	const struct digest_part parts[] = {
	    {.bytes = source, .len = strlen(source) + 1}, /* with its NUL */
	    {.bytes = word, .len = strlen(word) + 1},
	    {.bytes = body, .len = len},
	};

	digest_sha256(out, parts, sizeof(parts) / sizeof(*parts));
}

bool
name_is_source(const char *text, size_t n)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	if (n < 1 || n > NAME_SOURCE_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (memchr(first, text[i], sizeof(first) - 1) == NULL &&
		    (i == 0 || (text[i] != '_' && text[i] != '-')))
			return false;
	return true;
}

/* ---- writing ------------------------------------------------------------- */

/* May this character stand in ALERT? Independent of the locale. */
static bool
is_plain(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Is it the second or a later byte of a character in UTF-8? */
static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* One '_' for each character that is not allowed, not for each byte. */
static char *
put_id(char *p, const char *id, size_t len)
{
	const char *begin = p;

	for (size_t i = 0; i < len && p - begin < NAME_ID_MAX; i++)
		if (is_plain(id[i]))
			*p++ = id[i];
		else if (!is_continuation(id[i]))
			*p++ = '_';
	return p == begin ? stpcpy(p, NO_ALERT) : p;
}

/* Is there no id, so that the record belongs to no alert? */
static bool
is_none(const char *id, size_t n)
{
	return n == strlen(NO_ALERT) && memcmp(id, NO_ALERT, n) == 0;
}

static bool
is_default(const char *source, size_t n)
{
	return n == strlen(NAME_SOURCE_DEFAULT) &&
	    memcmp(source, NAME_SOURCE_DEFAULT, n) == 0;
}

static char *
put_alert(char *p, const struct name_parts *parts)
{
	const char *id = p, *source = parts->source;

	p = put_id(p, parts->id, parts->id == NULL ? 0 : parts->id_len);
	if (source == NULL || is_default(source, strlen(source)) ||
	    is_none(id, (size_t)(p - id)))
		return p;
	*p++ = '+';
	return stpcpy(p, source);
}

void
name_make(char out[static NAME_SIZE], const struct name_parts *parts)
{
	char *p = out;

	if (parts->has_time)
		timestamp_compact(p, parts->time);
	else
		memcpy(p, NO_TIME, TIME_CHARACTERS);
	p += TIME_CHARACTERS;
	*p++ = '.';
	p = put_alert(p, parts);
	*p++ = '.';
	p = stpcpy(p, transition_word(parts->transition));
	*p++ = '.';
	encode_hex(p, parts->digest, NAME_DIGEST_DIGITS / 2);
}

/* ---- reading ------------------------------------------------------------- */

/* Each of these steps over one part and returns what follows, or NULL if the part is not
 * as name_make() spells it. */

static const char *
parse_time(const char *p, struct name_view *view)
{
	view->time = 0;
	view->has_time = timestamp_parse_compact(p, &view->time) == 0;
	if (!view->has_time && strncmp(p, NO_TIME, TIME_CHARACTERS) != 0)
		return NULL;
	return p + TIME_CHARACTERS;
}

static const char *
parse_alert(const char *p, struct name_view *view)
{
	size_t n;

	view->alert = p;
	while (is_plain(*p))
		p++;
	view->id_len = view->alert_len = (size_t)(p - view->alert);
	if (view->id_len < 1 || view->id_len > NAME_ID_MAX)
		return NULL;
	if (*p != '+')
		return p;
	n = strcspn(++p, ".");
	if (!name_is_source(p, n) || is_default(p, n) ||
	    is_none(view->alert, view->id_len))
		return NULL;
	view->alert_len += 1 + n;
	return p + n;
}

static const char *
parse_event(const char *p, struct name_view *view)
{
	const size_t n = strcspn(p, ".");

	return transition_parse(p, n, &view->transition) ? p + n : NULL;
}

static const char *
parse_digest(const char *p, struct name_view *view)
{
	view->digest = p;
	if (strspn(p, "0123456789abcdef") != NAME_DIGEST_DIGITS)
		return NULL;
	return p + NAME_DIGEST_DIGITS;
}

bool
name_parse(const char *text, struct name_view *view)
{
	static const struct {
		const char *(*parse)(const char *, struct name_view *);
		char end; /* what must follow the part */
	} parts[] = {
	    {parse_time, '.'},
	    {parse_alert, '.'},
	    {parse_event, '.'},
	    {parse_digest, '\0'},
	};
	struct name_view own;

	if (view == NULL)
		view = &own;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		text = parts[i].parse(text, view);
		if (text == NULL || *text++ != parts[i].end)
			return false;
	}
	return true;
}

void
name_copy(char out[static NAME_SIZE], const char *name)
{
	memcpy(out, name, strlen(name) + 1);
}

const char *
name_digits(const char *name)
{
	return name + strlen(name) - NAME_DIGEST_DIGITS;
}

/* ---- comparing ----------------------------------------------------------- */

int
name_compare(const char *a, const char *b)
{
	struct name_view left, right;
	int order;

	/* text order is time order, and no time sorts first */
	order = strncmp(a, b, TIME_CHARACTERS);
	if (order != 0 || !name_parse(a, &left) || !name_parse(b, &right))
		return order;
	if (left.transition != right.transition)
		return left.transition < right.transition ? -1 : 1;
	order = memcmp(left.digest, right.digest, NAME_DIGEST_DIGITS);
	return order != 0 ? order : strcmp(a, b);
}

bool
name_has_alert(const struct name_view *view)
{
	return view->alert_len != 1 || view->alert[0] != '-';
}
