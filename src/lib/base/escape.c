/* SPDX-License-Identifier: ISC */
/* escape: finds characters that a terminal must not get, by ranges of Unicode. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"
#include "lib/base/escape.h"
#include "lib/base/ignorable.h"
#include "lib/base/utf8.h"

static void
add_hex_escape(struct buf *b, unsigned char byte)
{
	char text[ENCODE_HEX_SIZE(1)];

	encode_hex(text, &byte, 1);
	buf_adds(b, "\\x");
	buf_adds(b, text);
}

/* Two digits at least. By hand: a command may print megabytes of zeros. */
static void
add_codepoint_escape(struct buf *b, unsigned int codepoint)
{
	const unsigned char bytes[] = {(unsigned char)(codepoint >> 16),
	    (unsigned char)(codepoint >> 8), (unsigned char)codepoint};
	char text[ENCODE_HEX_SIZE(sizeof(bytes))], *digits = text;

	encode_hex(text, bytes, sizeof(bytes));
	while (*digits == '0' && digits < text + sizeof(text) - 3)
		digits++;
	buf_adds(b, "\\u{");
	buf_adds(b, digits);
	buf_addc(b, '}');
}

void
escape_log(struct buf *b, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] >= ' ' && p[i] <= '~' && p[i] != '"' && p[i] != '\\')
			continue;
		buf_add(b, p + start, i - start);
		start = i;
		if (p[i] == '"' || p[i] == '\\') {
			buf_addc(b, '\\');
		} else {
			add_hex_escape(b, p[i]);
			start++;
		}
	}
	if (start < n)
		buf_add(b, p + start, n - start);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* These move the cursor, break the line, or look different everywhere. */
static const struct range unprintable[] = {
    {0x00, 0x1f},	  /* C0 */
    {0x7f, 0x9f},	  /* DEL, C1 */
    {0x2028, 0x2029},	  /* line and paragraph separator */
    {0xe000, 0xf8ff},	  /* private use */
    {0xfdd0, 0xfdef},	  /* noncharacters */
    {0xfff9, 0xfffb},	  /* interlinear annotation */
    {0xf0000, 0xffffd},	  /* private use */
    {0x100000, 0x10fffd}, /* private use */
};

/* Is it in one of the ranges, which are sorted? */
static bool
is_in(const struct range *ranges, size_t n, unsigned int codepoint)
{
	size_t i = 0;

	while (i < n && ranges[i].high < codepoint)
		i++;
	return i < n && ranges[i].low <= codepoint;
}

static bool
is_printable(unsigned int codepoint)
{
	if (codepoint >= ' ' && codepoint <= '~')
		return true;
	if ((codepoint & 0xfffe) == 0xfffe) /* the last two of each plane */
		return false;
	return !is_in(unprintable, COUNT(unprintable), codepoint) &&
	    !is_in(ignorable, COUNT(ignorable), codepoint);
}

void
escape_terminal(struct buf *b, const void *bytes, size_t n)
{
	const char *text = bytes;
	unsigned int codepoint;
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = utf8_next(text + i, n - i, &codepoint);
		if (len == 0) {
			len = 1;
			add_hex_escape(b, (unsigned char)text[i]);
		} else if (is_printable(codepoint)) {
			buf_add(b, text + i, len);
		} else {
			add_codepoint_escape(b, codepoint);
		}
	}
}

void
escape_page(struct buf *b, const void *bytes, size_t n)
{
	static const char marks[] = "&<>\"'";
	static const char *const references[] = {"&amp;", "&lt;", "&gt;",
	    "&quot;", "&#39;"};
	const char *text = bytes, *mark;
	size_t start = 0;

	for (size_t i = 0; i < n; i++) {
		mark = memchr(marks, text[i], sizeof(marks) - 1);
		if (mark == NULL)
			continue;
		escape_terminal(b, text + start, i - start);
		buf_adds(b, references[mark - marks]);
		start = i + 1;
	}
	if (start < n)
		escape_terminal(b, text + start, n - start);
}
