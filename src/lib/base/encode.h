/* SPDX-License-Identifier: ISC */
/*
 * encode: text forms of bytes and numbers, written and read.
 *
 * Pure functions over memory. Decoders accept the canonical form and nothing
 * else; they never guess, skip or cut.
 */
#ifndef ALERTSPOOL_BASE_ENCODE_H
#define ALERTSPOOL_BASE_ENCODE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes that the text of n bytes takes, terminating NUL included. */
#define ENCODE_BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
#define ENCODE_HEX_SIZE(n) ((n) * 2 + 1)

/* Room for any number in decimal digits, sign and NUL included. */
#define ENCODE_DECIMAL_SIZE 21

/* Write a number in decimal digits and a NUL. Returns a pointer to that NUL. */
char *encode_decimal(char out[static ENCODE_DECIMAL_SIZE], intmax_t number);

/* The value of a hexadecimal digit in either case, -1 for any other character. */
int hex_value(char c);

/* Write the Base64 (RFC 4648 section 4, padded) or lower-case hexadecimal text
 * of n bytes and a NUL to out, which has the size named above. */
void encode_base64(char *out, const void *bytes, size_t n);
void encode_hex(char *out, const void *bytes, size_t n);

/*
 * Decode exactly n characters of text. The result is the number of bytes
 * written, or -1 when the text is not canonical or gives more than size bytes.
 * Base64: standard alphabet, padded, no white space, unused bits zero (RFC
 * 4648 section 3.5). Hexadecimal: an even number of digits in either case.
 */
ssize_t decode_base64(void *out, size_t size, const char *text, size_t n);
ssize_t decode_hex(void *out, size_t size, const char *text, size_t n);

/*
 * Percent-decoding (RFC 3986 section 2.1): every '%' is followed by two
 * hexadecimal digits, and '+' is itself. The result may hold any byte, NUL
 * included. The number of bytes written (never more than n), or -1.
 */
ssize_t decode_percent(void *out, size_t size, const char *text, size_t n);

#endif
