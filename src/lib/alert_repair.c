/* SPDX-License-Identifier: ISC */
/*
 * A reader of JSON texts (RFC 8259) that is not recursive: what is open is a
 * stack of brackets, and what may come next is one of a handful of
 * expectations.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/alert_repair.h"
#include "lib/alert_token.h"
#include "lib/buf.h"
#include "lib/encode.h"

#define BOM "\xEF\xBB\xBF"

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* after '[' */
	EXPECT_KEY_OR_END,   /* after '{' */
	EXPECT_KEY,	     /* after ',' in an object */
	EXPECT_COLON,
	EXPECT_NEXT, /* ',' or the closing bracket */
	EXPECT_NOTHING
};

struct scan {
	struct reader r;
	enum expect expect;
	char open[ALERT_DEPTH_MAX]; /* '{' and '[' */
	size_t depth;
	bool object; /* the outermost value is one */
};

static void
scan_open(struct scan *s)
{
	char bracket = s->r.text[s->r.pos++];

	s->open[s->depth++] = bracket;
	s->expect = bracket == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
}

/* A value ended; what comes now is up to what it lies in. */
static void
value_done(struct scan *s)
{
	s->expect = s->depth > 0 ? EXPECT_NEXT : EXPECT_NOTHING;
}

static int
scan_scalar(struct scan *s, int c)
{
	value_done(s);
	switch (c) {
	case '"':
		return token_string(&s->r, false);
	case 't':
		return token_word(&s->r, "true");
	case 'f':
		return token_word(&s->r, "false");
	case 'n':
		return token_word(&s->r, "null");
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return token_number(&s->r);
		return token_unexpected(&s->r, "expected a value");
	}
}

static int
scan_value(struct scan *s)
{
	int c = token_peek(&s->r);

	if (c != -1 && s->depth == ALERT_DEPTH_MAX)
		return token_fail(&s->r, s->r.pos, ALERT_TOO_DEEP,
		    "values are nested too deeply");
	if (s->depth == 0)
		s->object = c == '{';
	if (c != '{' && c != '[')
		return scan_scalar(s, c);
	scan_open(s);
	return 0;
}

static int
scan_key(struct scan *s)
{
	if (token_peek(&s->r) != '"')
		return token_unexpected(&s->r, "expected a key in quotes");
	s->expect = EXPECT_COLON;
	return token_string(&s->r, true);
}

static int
scan_colon(struct scan *s)
{
	if (!token_accept(&s->r, ':'))
		return token_unexpected(&s->r, "expected ':' after a key");
	s->expect = EXPECT_VALUE;
	return 0;
}

/* The bracket that closes what is open, if it is here. */
static bool
scan_close(struct scan *s)
{
	if (!token_accept(&s->r, s->open[s->depth - 1] == '{' ? '}' : ']'))
		return false;
	s->depth--;
	value_done(s);
	return true;
}

static int
scan_next(struct scan *s)
{
	bool object = s->open[s->depth - 1] == '{';

	if (scan_close(s))
		return 0;
	if (!token_accept(&s->r, ','))
		return token_unexpected(&s->r,
		    object ? "expected ',' or '}'" : "expected ',' or ']'");
	s->expect = object ? EXPECT_KEY : EXPECT_VALUE;
	return 0;
}

static int
scan_step(struct scan *s)
{
	switch (s->expect) {
	case EXPECT_VALUE_OR_END:
		return scan_close(s) ? 0 : scan_value(s);
	case EXPECT_VALUE:
		return scan_value(s);
	case EXPECT_KEY_OR_END:
		return scan_close(s) ? 0 : scan_key(s);
	case EXPECT_KEY:
		return scan_key(s);
	case EXPECT_COLON:
		return scan_colon(s);
	case EXPECT_NEXT:
		return scan_next(s);
	case EXPECT_NOTHING:
		break;
	}
	return 0;
}

static int
scan_text(struct scan *s)
{
	size_t start;

	if (s->r.len >= 3 && memcmp(s->r.text, BOM, 3) == 0) {
		s->r.pos = 3;
		token_replace(&s->r, 0, "", WARN_BOM_DROPPED);
	}
	token_skip_blanks(&s->r);
	start = s->r.pos;
	if (start == s->r.len)
		return token_fail(&s->r, 0, ALERT_EMPTY, "the body is empty");
	while (s->expect != EXPECT_NOTHING) {
		if (scan_step(s) == -1)
			return -1;
		token_skip_blanks(&s->r);
	}
	if (s->r.pos < s->r.len)
		return token_unexpected(&s->r,
		    "expected nothing after the JSON text");
	if (!s->object)
		return token_fail(&s->r, start, ALERT_NOT_AN_OBJECT,
		    "this is JSON, but not an object");
	return 0;
}

/* Line and column of the position; the bytes before it are UTF-8. */
static void
tell(struct alert_error *why, const struct reader *r)
{
	bool end = r->pos == r->len && r->len > 0;

	why->code = r->code;
	why->line = 1;
	why->column = 1;
	for (size_t i = 0; i < r->pos; i++) {
		if (r->text[i] == '\n') {
			why->line++;
			why->column = 1;
		} else if (((unsigned char)r->text[i] & 0xC0) != 0x80)
			why->column++;
	}
	snprintf(why->message, sizeof(why->message), "%s%s",
	    end ? "the text ends too early: " : "", r->why);
}

int
alert_repair(struct buf *copy, uint32_t *warnings, struct alert_error *why,
    const char *body, size_t len, struct error *error)
{
	struct scan s = {.r = {.text = body, .len = len, .copy = copy}};
	size_t bad;
	int rc;

	if (!utf8_valid(body, len, &bad))
		rc = token_fail(&s.r, bad, ALERT_NOT_UTF8,
		    "this byte is not UTF-8");
	else
		rc = scan_text(&s);
	if (rc == -1) {
		tell(why, &s.r);
		return 0;
	}
	buf_add(copy, body + s.r.from, len - s.r.from);
	*warnings |= s.r.warnings;
	return buf_check(copy, error);
}
