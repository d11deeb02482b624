/* SPDX-License-Identifier: ISC */
/*
 * fcgi_stream: parses records as they arrive, and keeps no more than a request may have,
 * whatever the headers announce.
 */
#include "config.h"

#include <string.h>

#include "responder/fcgi_stream.h"
#include "responder/http.h"

#define PROTOCOL_VERSION 1
#define RESPONDER 1
#define KEEP_CONN 1
#define CANT_MPX_CONN 1
#define UNKNOWN_ROLE 3
#define BEGIN_SIZE 8
#define STEP 32768    /* bytes of parameters in a record of ours */
#define LENGTH_MAX 64 /* characters of CONTENT_LENGTH */

enum { AT_VERSION, AT_TYPE, AT_ID, AT_CONTENT = 4, AT_PADDING = 6 };

struct pair {
	const unsigned char *name, *value;
	size_t name_len, value_len;
};

static unsigned int
get16(const unsigned char *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

/* ---- names and values --------------------------------------------------- */

/* One byte, or four if the highest bit is set. 0, or -1: cut off. */
static int
next_length(const unsigned char **p, const unsigned char *end, size_t *length)
{
	const unsigned char *at = *p;

	if (at == end)
		return -1;
	if (at[0] < 0x80) {
		*length = at[0];
		*p = at + 1;
		return 0;
	}
	if (end - at < 4)
		return -1;
	*length = (size_t)(at[0] & 0x7f) << 24 | (size_t)at[1] << 16 |
	    (size_t)at[2] << 8 | at[3];
	*p = at + 4;
	return 0;
}

/* 1 and the next pair; 0 if it is incomplete; -1 if it is longer than allowed. */
static int
next_pair(const unsigned char **p, const unsigned char *end, struct pair *pair)
{
	const unsigned char *at = *p;

	if (next_length(&at, end, &pair->name_len) == -1 ||
	    next_length(&at, end, &pair->value_len) == -1)
		return 0;
	if (pair->name_len > FCGI_PARAMS_MAX ||
	    pair->value_len > FCGI_PARAMS_MAX)
		return -1;
	if (pair->name_len + pair->value_len > (size_t)(end - at))
		return 0;
	pair->name = at;
	pair->value = pair->name + pair->name_len;
	*p = pair->value + pair->value_len;
	return 1;
}

static bool
has_name(const struct pair *pair, const char *name)
{
	return pair->name_len == strlen(name) &&
	    memcmp(pair->name, name, pair->name_len) == 0;
}

static int64_t
length_of(const struct pair *pair)
{
	char text[LENGTH_MAX + 1];

	if (pair->value_len > LENGTH_MAX)
		return -2;
	memcpy(text, pair->value, pair->value_len);
	text[pair->value_len] = '\0';
	return http_announced_length(text);
}

/* Check the new parameters: is one too long, and how long is the body? Two lengths count
 * as none. */
static void
check_params(struct fcgi_stream *s)
{
	const unsigned char *begin = (const unsigned char *)s->params.data;
	const unsigned char *p, *end;
	struct pair pair;
	int rc;

	if (s->params_over || begin == NULL || s->params.failed)
		return;
	p = begin + s->checked;
	end = begin + s->params.len;
	while ((rc = next_pair(&p, end, &pair)) == 1)
		if (has_name(&pair, "CONTENT_LENGTH"))
			s->length = s->lengths++ == 0 ? length_of(&pair) : -2;
	s->checked = (size_t)(p - begin);
	s->failed = s->failed || rc == -1;
}

static void
end_params(struct fcgi_stream *s)
{
	s->params_end = true;
	if (!s->params_over && s->checked != s->params.len)
		s->failed = true; /* the last one is cut off */
}

/* ---- answers of the protocol -------------------------------------------- */

void
fcgi_put_header(struct buf *b, enum fcgi_type type, unsigned int id, size_t n)
{
	const unsigned char header[FCGI_HEADER_SIZE] = {
	    [AT_VERSION] = PROTOCOL_VERSION,
	    [AT_TYPE] = (unsigned char)type,
	    [AT_ID] = (unsigned char)(id >> 8),
	    [AT_ID + 1] = (unsigned char)id,
	    [AT_CONTENT] = (unsigned char)(n >> 8),
	    [AT_CONTENT + 1] = (unsigned char)n,
	};

	buf_add(b, header, sizeof(header));
}

static void
refuse(struct fcgi_stream *s, unsigned int id, unsigned char status)
{
	const unsigned char body[BEGIN_SIZE] = {[4] = status};

	fcgi_put_header(&s->reply, FCGI_END_REQUEST, id, sizeof(body));
	buf_add(&s->reply, body, sizeof(body));
}

static void
unknown_type(struct fcgi_stream *s, unsigned char type)
{
	const unsigned char body[BEGIN_SIZE] = {type};

	fcgi_put_header(&s->reply, FCGI_UNKNOWN_TYPE, 0, sizeof(body));
	buf_add(&s->reply, body, sizeof(body));
}

/* One request a connection, and the peer has this one. */
static void
get_values(struct fcgi_stream *s)
{
	static const struct {
		const char *name;
		char value;
	} known[] = {{"FCGI_MPXS_CONNS", '0'}, {"FCGI_MAX_CONNS", '1'},
	    {"FCGI_MAX_REQS", '1'}};
	const unsigned char *p = s->small, *end = p + s->small_len;
	struct buf values = BUF_INIT;
	struct pair pair;

	while (next_pair(&p, end, &pair) == 1)
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (has_name(&pair, known[i].name)) {
				buf_addc(&values, (char)pair.name_len);
				buf_addc(&values, 1);
				buf_adds(&values, known[i].name);
				buf_addc(&values, known[i].value);
			}
	fcgi_put_header(&s->reply, FCGI_GET_VALUES_RESULT, 0, values.len);
	buf_add(&s->reply, values.data, values.len);
	s->failed = s->failed || values.failed;
	buf_free(&values);
}

/* ---- records ------------------------------------------------------------ */

static void
begin_request(struct fcgi_stream *s, unsigned int id)
{
	if (s->id != 0) {
		refuse(s, id, CANT_MPX_CONN);
	} else if (s->small_len < BEGIN_SIZE || id == 0) {
		s->failed = true;
	} else if (get16(s->small) != RESPONDER) {
		refuse(s, id, UNKNOWN_ROLE);
		s->failed = true;
	} else {
		s->id = id;
	}
}

static void
begin_record(struct fcgi_stream *s)
{
	s->content = get16(s->header + AT_CONTENT);
	s->padding = s->header[AT_PADDING];
	s->small_len = 0;
	if (s->header[AT_VERSION] != PROTOCOL_VERSION)
		s->failed = true;
}

static void
take_params(struct fcgi_stream *s, const unsigned char *p, size_t n)
{
	if (s->params.len + n > FCGI_PARAMS_MAX) {
		s->params_over = true;
		buf_wipe(&s->params);
	}
	if (!s->params_over)
		buf_add(&s->params, p, n);
}

/* One byte more than allowed is enough to detect too much. */
static void
take_body(struct fcgi_stream *s, const unsigned char *p, size_t n)
{
	size_t room = (size_t)s->max_body + 1 - s->body.len;

	buf_add(&s->body, p, n < room ? n : room);
}

static void
take_content(struct fcgi_stream *s, const unsigned char *p, size_t n)
{
	const unsigned int id = get16(s->header + AT_ID);
	const unsigned char type = s->header[AT_TYPE];

	if (type == FCGI_PARAMS && id == s->id && !s->params_end) {
		take_params(s, p, n);
	} else if (type == FCGI_STDIN && id == s->id && s->params_end) {
		take_body(s, p, n);
	} else if (type != FCGI_PARAMS && type != FCGI_STDIN) {
		if (n > FCGI_SMALL_MAX - s->small_len)
			n = FCGI_SMALL_MAX - s->small_len;
		memcpy(s->small + s->small_len, p, n);
		s->small_len += n;
	}
}

static void
end_record(struct fcgi_stream *s)
{
	const unsigned int id = get16(s->header + AT_ID);
	const bool empty = get16(s->header + AT_CONTENT) == 0;
	const unsigned char type = s->header[AT_TYPE];

	if (type == FCGI_BEGIN_REQUEST)
		begin_request(s, id);
	else if (type == FCGI_GET_VALUES && id == 0)
		get_values(s);
	else if (id == 0)
		unknown_type(s, type);
	else if (s->id == 0)
		s->failed = true; /* no request was begun */
	else if (id != s->id)
		return;
	else if (type == FCGI_ABORT_REQUEST)
		s->failed = true;
	else if (type == FCGI_PARAMS && empty && !s->params_end)
		end_params(s);
	else if (type == FCGI_PARAMS && !s->params_end)
		check_params(s);
	else if (type == FCGI_STDIN && !s->params_end)
		s->failed = true;
	else if (type == FCGI_STDIN && empty)
		s->body_end = true;
}

/* Take the bytes that the current record needs; returns their number. */
static size_t
take(struct fcgi_stream *s, const unsigned char *p, size_t n)
{
	size_t *left = s->content > 0 ? &s->content : &s->padding;

	if (s->have < FCGI_HEADER_SIZE) {
		s->header[s->have++] = *p;
		if (s->have == FCGI_HEADER_SIZE)
			begin_record(s);
		return 1;
	}
	if (n > *left)
		n = *left;
	if (left == &s->content)
		take_content(s, p, n);
	*left -= n;
	return n;
}

void
fcgi_stream_feed(struct fcgi_stream *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t taken;

	for (; n > 0 && !s->failed; p += taken, n -= taken) {
		taken = take(s, p, n);
		if (s->have == FCGI_HEADER_SIZE && s->content == 0 &&
		    s->padding == 0 && !s->failed) {
			end_record(s);
			s->have = 0;
		}
	}
}

/* ---- the whole ---------------------------------------------------------- */

void
fcgi_stream_init(struct fcgi_stream *s, int64_t max_body)
{
	*s = (struct fcgi_stream){.max_body = max_body, .length = -1};
}

void
fcgi_stream_free(struct fcgi_stream *s)
{
	buf_wipe(&s->params); /* a token is among them */
	buf_free(&s->body);
	buf_free(&s->reply);
}

enum fcgi_progress
fcgi_stream_progress(const struct fcgi_stream *s)
{
	const int64_t got = (int64_t)s->body.len;

	if (s->failed || s->params.failed || s->body.failed || s->reply.failed)
		return FCGI_FAILED;
	if (!s->params_end)
		return FCGI_MORE;
	if (s->params_over || s->length == -2 || s->length > s->max_body ||
	    got > s->max_body)
		return FCGI_EARLY;
	if (s->body_end || (s->length != -1 && got >= s->length))
		return FCGI_WHOLE;
	return FCGI_MORE;
}

void
fcgi_stream_put_request(const struct fcgi_stream *s, struct buf *b)
{
	const unsigned char begin[BEGIN_SIZE] = {0, RESPONDER, KEEP_CONN};
	size_t n;

	fcgi_put_header(b, FCGI_BEGIN_REQUEST, s->id, sizeof(begin));
	buf_add(b, begin, sizeof(begin));
	for (size_t at = 0; at < s->params.len; at += n) {
		n = s->params.len - at < STEP ? s->params.len - at : STEP;
		fcgi_put_header(b, FCGI_PARAMS, s->id, n);
		buf_add(b, s->params.data + at, n);
	}
	fcgi_put_header(b, FCGI_PARAMS, s->id, 0);
	fcgi_put_header(b, FCGI_STDIN, s->id, 0);
}
