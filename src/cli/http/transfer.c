/* SPDX-License-Identifier: ISC */
/*
 * transfer: one handle of libcurl for all requests, so that TLS and the nonce of Digest
 * are negotiated once. Every request sets every option: a reset would forget the nonce.
 */
#include "config.h"
#include "installed.h"

#include <limits.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/http/curl_error.h"
#include "cli/http/transfer.h"
#include "lib/base/error.h"

struct transfer {
	CURL *curl;
	const char *ca_file; /* borrowed; NULL: the system's */
	char message[CURL_ERROR_SIZE];
};

/* The body of an answer while it is received. */
struct incoming {
	struct buf *body;
	bool too_large;
};

/* ---- memory that is wiped ---------------------------------------------- */

static void
wiping_free(void *memory)
{
	if (memory != NULL)
		explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

/* realloc(3) itself may leave the old bytes behind. */
static void *
wiping_realloc(void *memory, size_t n)
{
	size_t old = memory == NULL ? 0 : malloc_usable_size(memory);
	void *moved = malloc(n);

	if (moved == NULL)
		return NULL;
	if (memory != NULL)
		memcpy(moved, memory, old < n ? old : n);
	wiping_free(memory);
	return moved;
}

/* ---- one request --------------------------------------------------------- */

static size_t
keep_body(char *bytes, size_t size, size_t n, void *context)
{
	struct incoming *in = context;

	in->too_large = n * size > TRANSFER_MOST - in->body->len;
	if (in->too_large)
		return 0;
	buf_add(in->body, bytes, n * size);
	return in->body->failed ? 0 : n * size;
}

/* No "Expect: 100-continue", because some proxies wait a second for it. */
static struct curl_slist *
header_list(const char *const *headers)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more;

	for (; list != NULL && *headers != NULL; headers++) {
		more = curl_slist_append(list, *headers);
		if (more == NULL)
			curl_slist_free_all(list);
		list = more;
	}
	return list;
}

#define SET(option, value) \
	if (rc == CURLE_OK) \
	rc = curl_easy_setopt(curl, option, value)

static CURLcode
set_method(CURL *curl, const struct transfer_request *request)
{
	const bool get = strcmp(request->method, "GET") == 0;
	CURLcode rc = CURLE_OK;

	if (get) {
		SET(CURLOPT_HTTPGET, 1L);
	} else {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len);
		SET(CURLOPT_POSTFIELDS, request->body);
	}
	SET(CURLOPT_CUSTOMREQUEST, get ? NULL : request->method);
	return rc;
}

static CURLcode
set_proof(CURL *curl, const struct transfer_request *request)
{
	static const unsigned long methods[] = {
	    [TRANSFER_NO_PROOF] = CURLAUTH_NONE,
	    [TRANSFER_BASIC] = CURLAUTH_BASIC,
	    [TRANSFER_DIGEST] = CURLAUTH_DIGEST,
	};
	const bool proves = request->proof != TRANSFER_NO_PROOF;
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_HTTPAUTH, methods[request->proof]);
	SET(CURLOPT_USERNAME, proves ? request->user : NULL);
	SET(CURLOPT_PASSWORD, proves ? request->password : NULL);
	return rc;
}

static CURLcode
set_up(struct transfer *t, const struct transfer_request *request,
    const struct curl_slist *headers, struct incoming *in)
{
	CURL *curl = t->curl;
	CURLcode rc = CURLE_OK;

	SET(CURLOPT_ERRORBUFFER, t->message);
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_TIMEOUT, (long)TRANSFER_TIMEOUT);
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	if (strncmp(request->url, "http:", strlen("http:")) == 0)
		SET(CURLOPT_NOPROXY, "*");
	if (t->ca_file != NULL)
		SET(CURLOPT_CAINFO, t->ca_file);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_WRITEFUNCTION, keep_body);
	SET(CURLOPT_WRITEDATA, in);
	if (rc == CURLE_OK)
		rc = set_method(curl, request);
	return rc == CURLE_OK ? set_proof(curl, request) : rc;
}

#undef SET

/* Copy libcurl's information about the exchange, besides the body. */
static CURLcode
look_up(CURL *curl, struct transfer_answer *answer)
{
	curl_off_t retry_after = 0;
	long status = 0;
	CURLcode rc = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);

	if (rc == CURLE_OK)
		rc =
		    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
	answer->status = (int)status;
	answer->retry_after =
	    retry_after > INT_MAX ? INT_MAX : (long)retry_after;
	return rc;
}

int
transfer_send(struct transfer *t, const struct transfer_request *request,
    struct transfer_answer *answer, struct error *error)
{
	struct incoming in = {.body = &answer->body};
	struct curl_slist *headers = header_list(request->headers);
	CURLcode rc = CURLE_OUT_OF_MEMORY;

	*answer = (struct transfer_answer){.status = 0};
	t->message[0] = '\0';
	if (headers != NULL)
		rc = set_up(t, request, headers, &in);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(t->curl);
	if (answer->body.failed)
		rc = CURLE_OUT_OF_MEMORY;
	if (rc == CURLE_OK)
		rc = look_up(t->curl, answer);
	curl_slist_free_all(headers);
	if (in.too_large)
		return error_set(error, ERROR_INPUT,
		    "the answer has over %zu bytes", TRANSFER_MOST);
	return rc == CURLE_OK ? 0 : curl_error_set(rc, t->message, error);
}

/* ---- the handle ------------------------------------------------------------ */

int
transfer_open(struct transfer **transfer, const char *ca_file,
    struct error *error)
{
	struct transfer *t = calloc(1, sizeof(*t));

	*transfer = NULL;
	if (t == NULL)
		return error_sys(error, ERROR_UNAVAILABLE, "libcurl");
	t->ca_file = ca_file;
	if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free,
		wiping_realloc, strdup, calloc) == CURLE_OK) {
		t->curl = curl_easy_init();
		if (t->curl != NULL) {
			*transfer = t;
			return 0;
		}
		curl_global_cleanup();
	}
	free(t);
	return curl_error_init(error);
}

void
transfer_close(struct transfer *t)
{
	if (t == NULL)
		return;
	curl_easy_cleanup(t->curl);
	curl_global_cleanup();
	free(t);
}
