/* SPDX-License-Identifier: ISC */
/* utf8: a table has the well-formed sequences. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

/* The longer rows of Unicode's table 3-7, "well-formed UTF-8 byte sequences":
 * the bounds of the first two bytes; all others are 80..BF. */
static const struct {
	unsigned char first_low, first_high;
	unsigned char second_low, second_high;
	size_t len;
} sequences[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* The length of the sequence here, judged by its first two bytes and by the bytes left; 0
 * if it is malformed. */
static size_t
sequence_len(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
		if (p[0] < sequences[i].first_low ||
		    p[0] > sequences[i].first_high)
			continue;
		if (n < sequences[i].len || p[1] < sequences[i].second_low ||
		    p[1] > sequences[i].second_high)
			return 0;
		return sequences[i].len;
	}
	return 0;
}

size_t
utf8_next(const char *text, size_t n, unsigned int *codepoint)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len;

	if (n == 0)
		return 0;
	if (p[0] < 0x80) {
		*codepoint = p[0];
		return 1;
	}
	len = sequence_len(p, n);
	if (len == 0)
		return 0;
	*codepoint = p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*codepoint = *codepoint << 6 | (p[i] & 0x3fu);
	}
	return len;
}

/* The length of the run of ASCII at the beginning, eight bytes at a time: nearly all text
 * is ASCII. */
static size_t
ascii_run(const char *text, size_t n)
{
	uint64_t word;
	size_t i;

	for (i = 0; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, text + i, sizeof(word));
		if ((word & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (i < n && (text[i] & 0x80) == 0)
		i++;
	return i;
}

bool
utf8_valid(const void *bytes, size_t n, size_t *bad)
{
	const char *text = bytes;
	unsigned int codepoint;
	size_t i = 0, len;

	for (;;) {
		i += ascii_run(text + i, n - i);
		if (i == n)
			return true;
		len = utf8_next(text + i, n - i, &codepoint);
		if (len == 0)
			break;
		i += len;
	}
	if (bad != NULL)
		*bad = i;
	return false;
}

void
utf8_add(struct buf *b, unsigned int codepoint)
{
	unsigned int lead = 0x00, shift = 0;

	if (codepoint >= 0x10000) {
		lead = 0xf0;
		shift = 18;
	} else if (codepoint >= 0x800) {
		lead = 0xe0;
		shift = 12;
	} else if (codepoint >= 0x80) {
		lead = 0xc0;
		shift = 6;
	}
	buf_addc(b, (char)(lead | codepoint >> shift));
	while (shift > 0) {
		shift -= 6;
		buf_addc(b, (char)(0x80 | (codepoint >> shift & 0x3f)));
	}
}
