/* SPDX-License-Identifier: ISC */
/*
 * query: walks the query once. Names are decoded and compared, because a "%74oken" that
 * another program reads as the token must not be a second one here; the value is decoded
 * only if there is exactly one.
 */
#include "config.h"

#include <string.h>

#include "lib/auth/query.h"
#include "lib/base/encode.h"

static const char token_parameter[] = "token";

/* The token in the query. */
struct token_claim {
	unsigned int times; /* number of token parameters */
	bool malformed;	    /* without '=', or a name is badly escaped */
	const char *value;  /* after the '=', still escaped */
	size_t len;
};

/* Is the decoded name "token"? 1, 0, or -1 for a bad escape. */
static int
is_token(const char *name, size_t n)
{
	const size_t want = strlen(token_parameter);
	bool same = true;
	size_t i, step;
	char c;

	for (i = 0; n > 0; i++, name += step, n -= step) {
		step = *name == '%' ? 3 : 1;
		if (step > n || decode_percent(&c, 1, name, step) != 1)
			return -1;
		if (i >= want || c != token_parameter[i])
			same = false;
	}
	return same && i == want;
}

/*
 * Find the token in "name=value&…". A name that cannot be decoded might be meant as the
 * token, or another program might read it as the token, so it makes the claim malformed;
 * values of other parameters are not checked.
 */
static void
find_token(const char *query, struct token_claim *claim)
{
	size_t n;

	for (; *query != '\0'; query += n + (query[n] == '&')) {
		size_t name = strcspn(query, "=&");

		n = strcspn(query, "&");
		switch (is_token(query, name)) {
		case -1:
			claim->malformed = true;
			break;
		case 1:
			claim->times++;
			if (name == n) {
				claim->malformed = true;
				break;
			}
			claim->value = query + name + 1;
			claim->len = n - name - 1;
			break;
		default:
			break;
		}
	}
}

enum auth_verdict
auth_query_token(const char *query, unsigned char out[static AUTH_SECRET_MAX],
    size_t *len)
{
	struct token_claim claim = {.times = 0};
	ssize_t decoded;

	*len = 0;
	if (query != NULL)
		find_token(query, &claim);
	if (claim.times > 1)
		return AUTH_REPEATED;
	if (claim.malformed)
		return AUTH_MALFORMED;
	if (claim.times == 0)
		return AUTH_MISSING;
	decoded = decode_percent(out, AUTH_SECRET_MAX, claim.value, claim.len);
	if (decoded <= 0)
		return AUTH_MALFORMED;
	*len = (size_t)decoded;
	return AUTH_VALID;
}
