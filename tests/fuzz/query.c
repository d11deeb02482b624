/* SPDX-License-Identifier: ISC */
/*
 * A query string: the token that is found is found again in another spelling, and a
 * second token is always reported as repeated.
 */
#include "config.h"

#include "lib/auth/query.h"
#include "lib/base/buf.h"

#include "tests/fuzz/fuzz.h"

static enum auth_verdict
token_of(const struct buf *query, unsigned char *token, size_t *len)
{
	enum auth_verdict verdict;

	if (query->failed)
		abort();
	verdict = auth_query_token(query->data, token, len);
	INVARIANT(verdict == AUTH_VALID || verdict == AUTH_MISSING ||
	    verdict == AUTH_REPEATED || verdict == AUTH_MALFORMED);
	INVARIANT((verdict == AUTH_VALID) == (*len > 0));
	INVARIANT(*len <= AUTH_SECRET_MAX);
	return verdict;
}

/* The same token with every byte escaped, among other parameters. */
static void
escaped(const unsigned char *token, size_t len)
{
	unsigned char again[AUTH_SECRET_MAX];
	struct buf query = BUF_INIT;
	size_t n;

	buf_adds(&query, "a=%zz&%74oken=");
	for (size_t i = 0; i < len; i++)
		buf_addf(&query, "%%%02x", token[i]);
	buf_adds(&query, "&token%00=&b");
	INVARIANT(token_of(&query, again, &n) == AUTH_VALID);
	INVARIANT(n == len && memcmp(token, again, n) == 0);
	buf_free(&query);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char token[AUTH_SECRET_MAX], other[AUTH_SECRET_MAX];
	char *text = fuzz_string(data, size);
	struct buf query = BUF_INIT;
	enum auth_verdict verdict;
	size_t len, n;

	buf_adds(&query, text);
	if (query.data == NULL)
		buf_adds(&query, "");
	verdict = token_of(&query, token, &len);
	if (verdict == AUTH_VALID)
		escaped(token, len);

	buf_adds(&query, "&a=b&");
	INVARIANT(token_of(&query, other, &n) == verdict && n == len);
	INVARIANT(memcmp(token, other, n) == 0);

	buf_adds(&query, "token=x");
	switch (verdict) {
	case AUTH_MISSING:
		INVARIANT(token_of(&query, other, &n) == AUTH_VALID);
		INVARIANT(n == 1 && other[0] == 'x');
		break;
	case AUTH_MALFORMED:
		INVARIANT(token_of(&query, other, &n) != AUTH_VALID);
		break;
	default:
		INVARIANT(token_of(&query, other, &n) == AUTH_REPEATED);
		break;
	}
	buf_free(&query);
	free(text);
	return 0;
}
