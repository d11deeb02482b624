/* SPDX-License-Identifier: ISC */
/*
 * api: one request after the other. An expired token is fetched again once; limits (429,
 * 503) are waited for; every other answer except 200 is an error with the server's own
 * words.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/atlas/api.h"
#include "cli/atlas/key.h"
#include "cli/atlas/refusal.h"
#include "cli/atlas/token.h"
#include "cli/http/transfer.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/json/read.h"

#define BASE "/api/atlas/v2/"
#define TOKEN_PATH "/api/oauth/token"
#define ACCEPT_GET "Accept: application/vnd.atlas.2025-03-12+json"
#define PATCH_TYPE "application/vnd.atlas.2024-05-30+json"

#define WAIT_FIRST 10 /* seconds; doubles */
#define WAIT_MOST 120 /* in all */
#define WAITS 3
#define PAGES_MOST 200 /* a hundred thousand objects: the list does not end */

struct api {
	const struct atlas_section *section;
	struct key key;
	struct transfer *transfer;
	struct buf bearer; /* "Authorization: Bearer TOKEN"; empty: none yet */
	long waited;	   /* seconds */
	int status;
	const char *fix;
};

/* ---- one answer ---------------------------------------------------------- */

static int
wait_as_told(struct api *api, long seconds)
{
	struct timespec left = {.tv_sec = seconds};

	if (seconds > WAIT_MOST - api->waited)
		return -1;
	api->waited += seconds;
	while (nanosleep(&left, &left) == -1 && errno == EINTR)
		;
	return 0;
}

static bool
is_limit(int status)
{
	return status == 429 || status == 503;
}

/* Send it, and again while the server answers "not now"; the last answer is kept. */
static int
send_patiently(struct api *api, const struct transfer_request *request,
    struct transfer_answer *answer, struct error *error)
{
	long wait = WAIT_FIRST;

	for (int i = 0;; i++, wait *= 2) {
		if (transfer_send(api->transfer, request, answer, error) == -1)
			return -1;
		if (!is_limit(answer->status) || i == WAITS)
			return 0;
		if (wait_as_told(api,
			answer->retry_after > 0 ? answer->retry_after : wait) ==
		    -1)
			return 0;
		transfer_answer_free(answer);
	}
}

/* ---- authentication ------------------------------------------------------ */

static int
fetch_token(struct api *api, struct error *error)
{
	static const char form[] = "grant_type=client_credentials";
	static const char *const headers[] = {"Accept: application/json",
	    "Content-Type: application/x-www-form-urlencoded", NULL};
	struct buf url = BUF_INIT;
	struct transfer_request request = {
	    .method = "POST",
	    .headers = headers,
	    .body = form,
	    .len = strlen(form),
	    .proof = TRANSFER_BASIC,
	    .user = api->key.id.data,
	    .password = api->key.secret.data,
	};
	struct transfer_answer answer = {.status = 0};
	int rc = -1;

	buf_addf(&url, "%s%s", api->section->url, TOKEN_PATH);
	buf_wipe(&api->bearer);
	buf_adds(&api->bearer, "Authorization: Bearer ");
	request.url = url.data;
	if (buf_check(&url, error) == -1 ||
	    buf_check(&api->bearer, error) == -1 ||
	    send_patiently(api, &request, &answer, error) == -1)
		goto out;
	api->status = answer.status;
	if (answer.status != 200)
		api->fix = refusal_set(&answer, "access token", error);
	else if (token_find(&api->bearer, answer.body.data, answer.body.len) ==
	    -1)
		error_set(error, ERROR_INPUT,
		    "access token: the answer has none");
	else
		rc = 0;
out:
	if (rc == -1)
		buf_wipe(&api->bearer);
	transfer_answer_free(&answer);
	buf_free(&url);
	return rc;
}

/* Fill in the credentials; a header goes to the end of the headers. */
static int
prove(struct api *api, struct transfer_request *request, const char **last,
    struct error *error)
{
	if (!api->key.service_account) {
		request->proof = TRANSFER_DIGEST;
		request->user = api->key.id.data;
		request->password = api->key.secret.data;
		return 0;
	}
	if (api->bearer.len == 0 && fetch_token(api, error) == -1)
		return -1;
	*last = api->bearer.data;
	return 0;
}

/* ---- one request --------------------------------------------------------- */

/* Get the answer to a request with room for one more header at the end. */
static int
ask_once(struct api *api, struct transfer_request *request,
    const char *headers[static 4], struct transfer_answer *answer,
    struct error *error)
{
	const char **last = headers;

	while (*last != NULL)
		last++;
	if (prove(api, request, last, error) == -1 ||
	    send_patiently(api, request, answer, error) == -1)
		return -1;
	/* The token was valid for an hour, and the run took longer: get another one. */
	if (answer->status != 401 || *last == NULL)
		return 0;
	transfer_answer_free(answer);
	*last = NULL;
	buf_wipe(&api->bearer);
	if (prove(api, request, last, error) == -1)
		return -1;
	return send_patiently(api, request, answer, error);
}

static json_t *
read_answer(struct api *api, const char *what,
    const struct transfer_answer *answer, struct error *error)
{
	struct json_read_error why;
	uint32_t repairs = 0;
	json_t *root = NULL;

	if (answer->status != 200) {
		api->fix = refusal_set(answer, what, error);
		return NULL;
	}
	if (json_read(&root, &repairs, &why,
		answer->body.len > 0 ? answer->body.data : "", answer->body.len,
		error) == -1)
		return NULL;
	if (root == NULL)
		error_set(error, ERROR_INPUT,
		    "%s: the answer is not a JSON object: %s in line %d, "
		    "column "
		    "%d",
		    what, why.message, why.line, why.column);
	return root;
}

static json_t *
ask(struct api *api, const char *method, const char *path, const char *body,
    struct error *error)
{
	const char *get[4] = {ACCEPT_GET},
		   *patch[4] = {"Accept: " PATCH_TYPE,
		       "Content-Type: " PATCH_TYPE};
	struct buf url = BUF_INIT;
	struct transfer_request request = {
	    .method = method,
	    .headers = body == NULL ? get : patch,
	    .body = body,
	    .len = body == NULL ? 0 : strlen(body),
	};
	struct transfer_answer answer = {.status = 0};
	json_t *root = NULL;

	api->status = 0;
	api->fix = NULL;
	buf_addf(&url, "%s" BASE "%s", api->section->url, path);
	request.url = url.data;
	if (buf_check(&url, error) == 0) {
		if (ask_once(api, &request, body == NULL ? get : patch, &answer,
			error) == 0) {
			api->status = answer.status;
			root = read_answer(api, path, &answer, error);
		} else {
			error_prefix(error, "%s: ", path);
		}
	}
	transfer_answer_free(&answer);
	buf_free(&url);
	return root;
}

json_t *
api_get(struct api *api, const char *path, struct error *error)
{
	return ask(api, "GET", path, NULL, error);
}

json_t *
api_patch(struct api *api, const char *path, const char *body,
    struct error *error)
{
	return ask(api, "PATCH", path, body, error);
}

/* ---- pages ------------------------------------------------------------------ */

/* Is there another page? The total number of objects is an estimate and not reliable. */
static bool
has_next(const json_t *page)
{
	const json_t *link;
	size_t i;

	json_array_foreach(json_object_get(page, "links"), i, link)
	{
		const char *rel = api_text(link, "rel");

		if (rel != NULL && strcmp(rel, "next") == 0)
			return true;
	}
	return false;
}

/* 1 if there is another page, 0 if this was the last, -1. */
static int
visit_page(const json_t *page, const char *path, api_visitor *visit,
    void *context, struct error *error)
{
	const json_t *results = json_object_get(page, "results");
	json_t *object;
	size_t i;
	int rc = 0;

	if (!json_is_array(results))
		return error_set(error, ERROR_INPUT,
		    "%s: the answer is not a list", path);
	json_array_foreach(results, i, object)
	{
		if (!json_is_object(object))
			return error_set(error, ERROR_INPUT,
			    "%s: the list has something that is not an object",
			    path);
		rc = visit(context, object, error);
		if (rc != 0)
			return rc == -1 ? -1 : 0;
	}
	return json_array_size(results) > 0 && has_next(page);
}

int
api_list(struct api *api, const char *path, api_visitor *visit, void *context,
    struct error *error)
{
	struct buf url = BUF_INIT;
	json_t *page;
	int rc = 1;

	for (int i = 1; rc == 1 && i <= PAGES_MOST; i++) {
		buf_reset(&url);
		buf_addf(&url, "%s%citemsPerPage=%d&pageNum=%d", path,
		    strchr(path, '?') == NULL ? '?' : '&', API_PAGE_SIZE, i);
		rc = buf_check(&url, error);
		if (rc == -1)
			break;
		page = api_get(api, url.data, error);
		rc = page == NULL
		    ? -1
		    : visit_page(page, path, visit, context, error);
		json_decref(page);
	}
	buf_free(&url);
	if (rc == 1)
		return error_set(error, ERROR_INPUT,
		    "%s: the list does not end", path);
	return rc;
}

/* ---- open and close --------------------------------------------------------- */

int
api_open(struct api **out, const struct settings *settings,
    const struct atlas_section *section, struct error *error)
{
	struct api *api = calloc(1, sizeof(*api));

	*out = NULL;
	if (api == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "[atlas %s]",
		    section->name);
	api->section = section;
	if (key_read(&api->key, settings, section, error) == -1 ||
	    transfer_open(&api->transfer, section->ca_file, error) == -1) {
		api_close(api);
		return -1;
	}
	*out = api;
	return 0;
}

void
api_close(struct api *api)
{
	if (api == NULL)
		return;
	transfer_close(api->transfer);
	key_free(&api->key);
	buf_wipe(&api->bearer);
	free(api);
}

bool
api_is_service_account(const struct api *api)
{
	return api->key.service_account;
}

const char *
api_fix(const struct api *api)
{
	return api->fix;
}

int
api_status(const struct api *api)
{
	return api->status;
}

const char *
api_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *
api_id(const json_t *object, const char *key)
{
	const char *text = api_text(object, key);

	return text != NULL && atlas_is_id(text, strlen(text)) ? text : NULL;
}
