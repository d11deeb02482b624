/* SPDX-License-Identifier: ISC */
/* encode: computes digits from ranges of ASCII, without tables. */
#include "config.h"

#include <stdint.h>
#include <string.h>

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
	/* the bits under the padding must be zero */
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
