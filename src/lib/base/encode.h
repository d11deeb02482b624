/* SPDX-License-Identifier: ISC */
/*
 * encode: text forms of bytes, and bytes made harmless as text.
 *
 * Pure functions over memory. Decoders accept the canonical form and nothing
 * else; they never guess, skip or cut.
 */
#ifndef ALERTSPOOL_BASE_ENCODE
#define ALERTSPOOL_BASE_ENCODE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

/* Bytes that the text of n bytes takes, terminating NUL included. */
#define ENCODE_BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
#define ENCODE_HEX_SIZE(n) ((n)*2 + 1)

/* Room for any number in decimal digits, sign and NUL included. */
#define ENCODE_DECIMAL_SIZE 21

/* Write a number in decimal digits and a NUL; where that NUL is. */
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

/* Is this well-formed UTF-8 (RFC 3629: no overlong form, no surrogate, at most
 * U+10FFFF)? When not and bad is not NULL, *bad is the offset of the first
 * byte of the first sequence that is not. */
bool utf8_valid(const void *bytes, size_t n, size_t *bad);

/* Decode the first character of well-formed UTF-8 text (n > 0) into *codepoint;
 * the number of bytes it takes, or 0 when it is not well-formed. */
size_t utf8_next(const char *text, size_t n, unsigned int *codepoint);

/* Append one codepoint (at most U+10FFFF, no surrogate) as UTF-8. */
void utf8_add(struct buf *, unsigned int codepoint);

/* Append text for a log: printable ASCII as it is, '"' and '\' with a '\'
 * before them, every other byte as \xNN. One line, whatever the input. */
void escape_log(struct buf *, const void *bytes, size_t n);

/*
 * Append text for a terminal: printable characters of any script as they are.
 * Controls (C0, DEL, C1, line separators), format characters that reorder or
 * hide text (bidirectional, zero-width, tags), noncharacters and private use
 * as \u{NN}, bytes that are no UTF-8 as \xNN, '\' as it is. One line.
 */
void escape_terminal(struct buf *, const void *bytes, size_t n);

#endif
