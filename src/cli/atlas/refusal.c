/* SPDX-License-Identifier: ISC */
/* refusal: a table of statuses; the words of an error are the server's. */
#include "config.h"

#include <string.h>

#include "cli/atlas/api.h"
#include "cli/atlas/refusal.h"
#include "cli/http/transfer.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"
#include "lib/json/read.h"

#define WORDS_MAX 200 /* bytes of each of the server's texts */

static const struct {
	int from, to;
	enum error_kind kind;
	const char *meaning, *fix;
} refusals[] = {
    {300, 399, ERROR_INPUT, "a redirect, which is not followed",
	"give the API's own address as url"},
    {401, 401, ERROR_DENIED,
	"the key is wrong, or that of another organization",
	"make a key of the project's organization and put ID:SECRET into "
	"key_file"},
    {403, 403, ERROR_DENIED,
	"the key is right, but this address is not on its access list, or "
	"its role is too small",
	"add this machine's address to the access list of the key, or give "
	"the key the role Project Read Only (to acknowledge: Project Alerts "
	"Manager)"},
    {404, 404, ERROR_NOT_FOUND, "not there", NULL},
    {429, 429, ERROR_BUSY, "too many requests", NULL},
    {500, 599, ERROR_BUSY, "not now", NULL},
};

/* The texts of an error object, one after the other. */
static void
add_words(struct buf *out, const struct transfer_answer *answer)
{
	static const char *const keys[] = {"errorCode", "detail",
	    "error_description", "reason"};
	struct error unused = ERROR_INIT;
	struct json_read_error why;
	uint32_t repairs = 0;
	json_t *root = NULL;

	if (answer->body.len == 0 ||
	    json_read(&root, &repairs, &why, answer->body.data,
		answer->body.len, &unused) == -1)
		return;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *text = api_text(root, keys[i]);

		if (text == NULL)
			continue;
		buf_adds(out, ": ");
		escape_terminal(out, text, strnlen(text, WORDS_MAX));
		if (i > 0)
			break;
	}
	json_decref(root);
}

const char *
refusal_set(const struct transfer_answer *answer, const char *what,
    struct error *error)
{
	const char *meaning = "not an answer of the API";
	enum error_kind kind = ERROR_INPUT;
	const char *fix = "is this the API's address?";
	struct buf words = BUF_INIT;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++)
		if (answer->status >= refusals[i].from &&
		    answer->status <= refusals[i].to) {
			meaning = refusals[i].meaning;
			kind = refusals[i].kind;
			fix = refusals[i].fix;
		}
	buf_adds(&words, "");
	add_words(&words, answer);
	error_set(error, kind, "%s: %d, %s%s", what, answer->status, meaning,
	    words.failed ? "" : words.data);
	buf_free(&words);
	return fix;
}
