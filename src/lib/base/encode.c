/* SPDX-License-Identifier: ISC */
/*
 * Hexadecimal and Base64 are computed from ranges of ASCII instead of looked up
 * in tables; what a terminal must not see is a table of ranges of Unicode.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/encode.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- decimal ------------------------------------------------------------- */

char *
encode_decimal(char out[static ENCODE_DECIMAL_SIZE], intmax_t number)
{
	uintmax_t rest = number < 0 ? -(uintmax_t)number : (uintmax_t)number;
	char digits[ENCODE_DECIMAL_SIZE], *p = digits + sizeof(digits);
	size_t n;

	*--p = '\0';
	do
		*--p = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--p = '-';
	n = (size_t)(digits + sizeof(digits) - p);
	memcpy(out, p, n);
	return out + n - 1;
}

/* ---- hexadecimal --------------------------------------------------------- */

int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that two digits spell, or -1. */
static int
hex_byte(const char digits[static 2])
{
	int high = hex_value(digits[0]), low = hex_value(digits[1]);

	return high == -1 || low == -1 ? -1 : high * 16 + low;
}

void
encode_hex(char *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		*out++ = hex_digits[p[i] >> 4];
		*out++ = hex_digits[p[i] & 15];
	}
	*out = '\0';
}

ssize_t
decode_hex(void *out, size_t size, const char *text, size_t n)
{
	unsigned char *p = out;
	int byte;

	if (n % 2 != 0 || n / 2 > size)
		return -1;
	for (size_t i = 0; i < n; i += 2) {
		byte = hex_byte(text + i);
		if (byte == -1)
			return -1;
		*p++ = (unsigned char)byte;
	}
	return (ssize_t)(n / 2);
}

/* ---- percent ------------------------------------------------------------- */

ssize_t
decode_percent(void *out, size_t size, const char *text, size_t n)
{
	unsigned char *p = out;
	size_t used = 0;
	int byte;

	for (size_t i = 0; i < n; i++) {
		byte = (unsigned char)text[i];
		if (byte == '%') {
			if (n - i < 3 || (byte = hex_byte(text + i + 1)) == -1)
				return -1;
			i += 2;
		}
		if (used == size)
			return -1;
		p[used++] = (unsigned char)byte;
	}
	return (ssize_t)used;
}

/* ---- Base64 -------------------------------------------------------------- */

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

void
encode_base64(char *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint32_t group;

	for (size_t i = 0; i < n; i += 3) {
		group = (uint32_t)p[i] << 16;
		if (i + 1 < n)
			group |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			group |= p[i + 2];
		*out++ = base64_digits[group >> 18];
		*out++ = base64_digits[group >> 12 & 63];
		*out++ = i + 1 < n ? base64_digits[group >> 6 & 63] : '=';
		*out++ = i + 2 < n ? base64_digits[group & 63] : '=';
	}
	*out = '\0';
}

/* Decode one group of four characters, the last "padding" of which are '='.
 * The number of bytes, or -1. */
static int
base64_group(unsigned char bytes[static 3], const char text[static 4],
    int padding)
{
	uint32_t group = 0;
	int value;

	for (int i = 0; i < 4; i++) {
		value = i < 4 - padding ? base64_value(text[i]) : 0;
		if (value == -1)
			return -1;
		group = group << 6 | (uint32_t)value;
	}
	/* what padding stands for is not only unsaid but zero */
	if ((group & ((UINT32_C(1) << 8 * padding) - 1)) != 0)
		return -1;
	bytes[0] = (unsigned char)(group >> 16);
	bytes[1] = (unsigned char)(group >> 8);
	bytes[2] = (unsigned char)group;
	return 3 - padding;
}

ssize_t
decode_base64(void *out, size_t size, const char *text, size_t n)
{
	unsigned char *p = out, bytes[3];
	size_t used = 0;
	int padding = 0, got;

	if (n == 0)
		return 0;
	if (n % 4 != 0)
		return -1;
	while (padding < 2 && text[n - 1 - (size_t)padding] == '=')
		padding++;
	if (n / 4 * 3 - (size_t)padding > size)
		return -1;
	for (size_t i = 0; i < n; i += 4) {
		got = base64_group(bytes, text + i, i + 4 == n ? padding : 0);
		if (got == -1)
			return -1;
		memcpy(p + used, bytes, (size_t)got);
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* ---- UTF-8 --------------------------------------------------------------- */

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

/* How many bytes the sequence that begins here has, judged by its first two
 * bytes and by what is left; 0 for none. */
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

/* The length of the run of ASCII at the front, eight bytes at a time: nearly
 * all that is sent is ASCII. */
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

/* ---- escaping ------------------------------------------------------------ */

static void
add_hex_escape(struct buf *b, unsigned char byte)
{
	const char text[] = {'\\', 'x', hex_digits[byte >> 4],
	    hex_digits[byte & 15]};

	buf_add(b, text, sizeof(text));
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

/* What moves the cursor, reorders, hides, or looks different everywhere. */
static const struct {
	unsigned int low, high;
} unprintable[] = {
    {0x00, 0x1f},	  /* C0 */
    {0x7f, 0x9f},	  /* DEL, C1 */
    {0xad, 0xad},	  /* soft hyphen */
    {0x61c, 0x61c},	  /* Arabic letter mark */
    {0x180e, 0x180e},	  /* Mongolian vowel separator */
    {0x200b, 0x200f},	  /* zero width, directional marks */
    {0x2028, 0x202e},	  /* line separators, bidirectional embeddings */
    {0x2060, 0x206f},	  /* word joiner, isolates, deprecated formats */
    {0xe000, 0xf8ff},	  /* private use */
    {0xfdd0, 0xfdef},	  /* noncharacters */
    {0xfeff, 0xfeff},	  /* byte order mark */
    {0xfff9, 0xfffb},	  /* interlinear annotation */
    {0xe0000, 0xe007f},	  /* tags */
    {0xf0000, 0xffffd},	  /* private use */
    {0x100000, 0x10fffd}, /* private use */
};

static bool
is_printable(unsigned int codepoint)
{
	if ((codepoint & 0xfffe) == 0xfffe) /* the last two of each plane */
		return false;
	for (size_t i = 0; i < sizeof(unprintable) / sizeof(*unprintable);
	     i++) {
		if (codepoint < unprintable[i].low)
			return true;
		if (codepoint <= unprintable[i].high)
			return false;
	}
	return true;
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
			buf_addf(b, "\\u{%02x}", codepoint);
		}
	}
}
