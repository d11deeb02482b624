/* SPDX-License-Identifier: ISC */
/*
 * read: a reader of JSON texts (RFC 8259) without recursion. Open objects and arrays are
 * on a stack, and one of a few expectations says what may come next.
 *
 * It makes Jansson's values without Jansson's parser, which fetches, checks and stores
 * each byte through three calls: 144 000 of the 421 000 instructions for an alert of 1
 * KB, and half as many in the C library to copy single bytes. And a text that Jansson
 * refuses had to be judged here anyway, because Jansson gives no reason that can be
 * shown. tests/fuzz/json.c compares the two.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/utf8.h"
#include "lib/json/read.h"
#include "lib/json/token.h"

#define BOM "\xEF\xBB\xBF"

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END,  /* after '[' */
	EXPECT_MEMBER_OR_END, /* after '{' */
	EXPECT_MEMBER,	      /* after ',' in an object */
	EXPECT_NEXT,	      /* ',' or the closing bracket */
	EXPECT_NOTHING
};

struct scan {
	struct reader r;
	enum expect expect;
	struct span key; /* key of the next value */
	json_t *root;	 /* owned; the outermost value */
	size_t depth, deepest;
	json_t *open[JSON_READ_DEPTH_MAX + 1]; /* borrowed from root */
};

/* Put a value where it belongs; takes its reference. */
static int
scan_place(struct scan *s, json_t *value)
{
	json_t *into;
	size_t had;

	if (s->depth == 0) {
		s->root = value;
		return 0;
	}
	into = s->open[s->depth - 1];
	if (json_is_array(into))
		return json_array_append_new(into, value);
	had = json_object_size(into);
	if (json_object_setn_new_nocheck(into, s->key.at, s->key.n, value) ==
	    -1)
		return -1;
	if (json_object_size(into) == had)
		s->r.repairs |= 1u << JSON_READ_DUPLICATE_KEY;
	return 0;
}

/* A value ended; what comes next depends on what contains it. */
static void
value_done(struct scan *s)
{
	s->expect = s->depth > 0 ? EXPECT_NEXT : EXPECT_NOTHING;
}

/* Placed when it is opened, so that freeing the root frees everything. */
static int
scan_open(struct scan *s, json_t *value, enum expect expect)
{
	s->r.pos++;
	if (value == NULL || scan_place(s, value) == -1)
		return -1;
	s->open[s->depth++] = value;
	s->expect = expect;
	return 0;
}

static json_t *
scan_word(struct scan *s, const char *word, json_t *value)
{
	return token_word(&s->r, word) == 0 ? value : NULL;
}

/* A new reference; NULL when reading stopped or there is no memory. */
static json_t *
scan_scalar(struct scan *s, int c)
{
	struct span string;

	switch (c) {
	case '"':
		if (token_string(&s->r, &string) == -1)
			return NULL;
		return json_stringn_nocheck(string.at, string.n);
	case 't':
		return scan_word(s, "true", json_true());
	case 'f':
		return scan_word(s, "false", json_false());
	case 'n':
		return scan_word(s, "null", json_null());
	default:
		if (c == '-' || (c >= '0' && c <= '9'))
			return token_number(&s->r);
		token_unexpected(&s->r, "expected a value");
		return NULL;
	}
}

/* Too deep is said only of values; a byte that can stand nowhere makes it not JSON. */
static bool
begins_value(int c)
{
	return c > 0 && strchr("{[\"-0123456789tfn", c) != NULL;
}

static int
scan_value(struct scan *s)
{
	int c = token_peek(&s->r);
	json_t *value;

	if (s->depth == s->deepest && begins_value(c))
		return token_fail(&s->r, s->r.pos, JSON_READ_TOO_DEEP,
		    "values are nested too deeply");
	if (c == '{')
		return scan_open(s, json_object(), EXPECT_MEMBER_OR_END);
	if (c == '[')
		return scan_open(s, json_array(), EXPECT_VALUE_OR_END);
	value = scan_scalar(s, c);
	if (value == NULL || scan_place(s, value) == -1)
		return -1;
	value_done(s);
	return 0;
}

/* A key, a colon and the value. */
static int
scan_member(struct scan *s)
{
	if (token_peek(&s->r) != '"')
		return token_unexpected(&s->r, "expected a key in quotes");
	if (token_key(&s->r, &s->key) == -1)
		return -1;
	token_skip_blanks(&s->r);
	if (!token_accept(&s->r, ':'))
		return token_unexpected(&s->r, "expected ':' after a key");
	token_skip_blanks(&s->r);
	return scan_value(s);
}

static bool
in_object(const struct scan *s)
{
	return json_is_object(s->open[s->depth - 1]);
}

/* Read the bracket that closes the innermost object or array, if it is here. */
static bool
scan_close(struct scan *s)
{
	if (!token_accept(&s->r, in_object(s) ? '}' : ']'))
		return false;
	s->depth--;
	value_done(s);
	return true;
}

static int
scan_next(struct scan *s)
{
	if (scan_close(s))
		return 0;
	if (!token_accept(&s->r, ','))
		return token_unexpected(&s->r,
		    in_object(s) ? "expected ',' or '}'"
				 : "expected ',' or ']'");
	s->expect = in_object(s) ? EXPECT_MEMBER : EXPECT_VALUE;
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
	case EXPECT_MEMBER_OR_END:
		return scan_close(s) ? 0 : scan_member(s);
	case EXPECT_MEMBER:
		return scan_member(s);
	case EXPECT_NEXT:
		return scan_next(s);
	case EXPECT_NOTHING:
		break;
	}
	return 0;
}

static void
skip_bom(struct reader *r)
{
	if (r->len < 3 || memcmp(r->text, BOM, 3) != 0)
		return;
	r->pos = 3;
	r->repairs |= 1u << JSON_READ_BOM;
}

static int
scan_text(struct scan *s)
{
	size_t start, bad;

	if (!utf8_valid(s->r.text, s->r.len, &bad))
		return token_fail(&s->r, bad, JSON_READ_NOT_UTF8,
		    "this byte is not UTF-8");
	skip_bom(&s->r);
	token_skip_blanks(&s->r);
	start = s->r.pos;
	if (start == s->r.len)
		return token_fail(&s->r, 0, JSON_READ_EMPTY,
		    "the body is empty");
	while (s->expect != EXPECT_NOTHING) {
		if (scan_step(s) == -1)
			return -1;
		token_skip_blanks(&s->r);
	}
	if (s->r.pos < s->r.len)
		return token_unexpected(&s->r,
		    "expected nothing after the JSON text");
	if (!json_is_object(s->root))
		return token_fail(&s->r, start, JSON_READ_NOT_AN_OBJECT,
		    "this is JSON, but not an object");
	return 0;
}

/* Line and column of the position; the bytes before it are UTF-8. */
static void
tell_position(struct json_read_error *why, const struct reader *r)
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

static int
parse_text(json_t **root, uint32_t *repairs, struct json_read_error *why,
    const char *body, size_t len, size_t deepest, struct error *error)
{
	struct scan s; /* the stack is not cleared: it is larger than a body */
	int rc;

	s.r = (struct reader){.text = body, .len = len};
	s.expect = EXPECT_VALUE;
	s.key = (struct span){.n = 0};
	s.root = NULL;
	s.depth = 0;
	s.deepest = deepest;
	*root = NULL;
	*why = (struct json_read_error){.code = JSON_READ_OK};
	rc = scan_text(&s);
	buf_free(&s.r.key);
	buf_free(&s.r.value);
	if (rc == 0) {
		*root = s.root;
		*repairs |= s.r.repairs;
		return 0;
	}
	json_decref(s.root);
	if (s.r.code != JSON_READ_OK) {
		tell_position(why, &s.r);
		return 0;
	}
	errno = ENOMEM;
	return error_sys(error, ERROR_IO, "cannot parse JSON");
}

int
json_read(json_t **root, uint32_t *repairs, struct json_read_error *why,
    const char *body, size_t len, struct error *error)
{
	return parse_text(root, repairs, why, body, len, JSON_READ_DEPTH_MAX,
	    error);
}

json_t *
json_read_strict(const char *text, size_t len, struct error *error)
{
	struct json_read_error why;
	uint32_t repairs = 0;
	json_t *root;

	if (parse_text(&root, &repairs, &why, text, len,
		JSON_READ_DEPTH_MAX + 1, error) == -1)
		return NULL;
	if (root == NULL) {
		error_set(error, ERROR_INPUT, "at character %d of line %d: %s",
		    why.column, why.line, why.message);
	} else if (repairs != 0) {
		error_set(error, ERROR_INPUT,
		    "a doubled key, a raw control character, a byte order "
		    "mark, or a number out of range");
		json_decref(root);
		root = NULL;
	}
	return root;
}
