/* SPDX-License-Identifier: ISC */
/* shell_quote: within single quotes only the quote itself is special. */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "cli/output/shell_quote.h"
#include "lib/base/buf.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz"
			    "0123456789_./:=@%+,-";

static bool
is_plain_word(const char *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memchr(plain, word[i], sizeof(plain) - 1) == NULL)
			return false;
	return n > 0;
}

void
shell_quote(struct buf *out, const char *word, size_t n)
{
	if (is_plain_word(word, n)) {
		buf_add(out, word, n);
		return;
	}
	buf_addc(out, '\'');
	for (size_t i = 0; i < n; i++)
		if (word[i] == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, word[i]);
	buf_addc(out, '\'');
}
