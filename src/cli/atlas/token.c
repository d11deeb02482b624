/* SPDX-License-Identifier: ISC */
/* token: finds it by its key; RFC 6750 section 2.1 has no character that JSON escapes. */
#include "config.h"

#include <string.h>

#include "cli/atlas/token.h"
#include "lib/base/buf.h"

#define KEY "\"access_token\""
#define BLANKS " \t\r\n"
#define TOKEN_MAX 8192

static const char token_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-._~+/=";

int
token_find(struct buf *token, const char *text, size_t len)
{
	/* A buf ends with a NUL, and a NUL within ends the search. */
	const char *p =
	    text == NULL ? NULL : memmem(text, len, KEY, strlen(KEY));
	size_t n;

	if (p == NULL)
		return -1;
	p += strlen(KEY);
	p += strspn(p, BLANKS);
	if (*p++ != ':')
		return -1;
	p += strspn(p, BLANKS);
	if (*p++ != '"')
		return -1;
	n = strspn(p, token_characters);
	if (n == 0 || n > TOKEN_MAX || p[n] != '"')
		return -1;
	buf_add(token, p, n);
	return token->failed ? -1 : 0;
}
