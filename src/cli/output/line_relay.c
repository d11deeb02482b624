/* SPDX-License-Identifier: ISC */
/* line_relay: splits bytes into lines. A line that is too long is cut between two
 * characters. */
#include "config.h"

#include <string.h>

#include "cli/output/line_relay.h"
#include "lib/base/buf.h"
#include "lib/base/escape.h"
#include "lib/base/utf8.h"

#define UTF8_MAX 4 /* bytes of a character */

void
line_relay_init(struct line_relay *r, struct buf *sink, const char *prefix,
    char *last)
{
	r->sink = sink;
	r->prefix = prefix;
	r->last = last;
	r->n = 0;
}

static void
keep_last(char *last, const char *line, size_t n)
{
	static const char blanks[] = " \t\r\v\f";

	while (n > 0 && (line[n - 1] == '\0' || strchr(blanks, line[n - 1])))
		n--;
	if (n == 0)
		return;
	if (n >= LINE_RELAY_LAST_SIZE)
		n = LINE_RELAY_LAST_SIZE - 1;
	memcpy(last, line, n);
	last[n] = '\0';
}

static void
pass_on(struct line_relay *r, const char *line, size_t n)
{
	keep_last(r->last, line, n);
	if (n > 0 && line[n - 1] == '\r')
		n--;
	buf_adds(r->sink, r->prefix);
	buf_adds(r->sink, ": ");
	escape_terminal(r->sink, line, n);
	buf_addc(r->sink, '\n');
}

/* How much of an incomplete line can be passed on: a character that may be incomplete
 * stays. */
static size_t
whole_characters(const char *line, size_t n)
{
	unsigned int codepoint;
	size_t start = n;

	for (int i = 0; i < UTF8_MAX && start > 0; i++) {
		unsigned char c = (unsigned char)line[--start];

		if ((c & 0xc0) == 0x80)
			continue;
		if (c >= 0xc0 &&
		    utf8_next(line + start, n - start, &codepoint) == 0)
			return start;
		break;
	}
	return n;
}

static void
cut(struct line_relay *r)
{
	size_t n = whole_characters(r->line, r->n);

	if (n == 0)
		n = r->n;
	pass_on(r, r->line, n);
	r->n -= n;
	memmove(r->line, r->line + n, r->n);
}

void
line_relay_add(struct line_relay *r, const char *bytes, size_t n)
{
	while (n > 0) {
		const char *newline = memchr(bytes, '\n', n);
		size_t take = newline != NULL ? (size_t)(newline - bytes) : n;

		if (take > LINE_RELAY_LINE_MAX - r->n) {
			take = LINE_RELAY_LINE_MAX - r->n;
			newline = NULL;
		}
		memcpy(r->line + r->n, bytes, take);
		r->n += take;
		bytes += take;
		n -= take;
		if (newline != NULL) {
			pass_on(r, r->line, r->n);
			r->n = 0;
			bytes++;
			n--;
		} else if (r->n == LINE_RELAY_LINE_MAX && n > 0) {
			cut(r);
		}
	}
}

void
line_relay_end(struct line_relay *r)
{
	if (r->n > 0)
		pass_on(r, r->line, r->n);
	r->n = 0;
}
