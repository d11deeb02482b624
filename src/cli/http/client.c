/* SPDX-License-Identifier: ISC */
/* client: each request has its own handle of libcurl and leaves nothing behind. */
#include "config.h"
#include "installed.h"

#include <stdio.h>
#include <string.h>

#include "cli/http/client.h"
#include "cli/http/curl_error.h"
#include "lib/base/error.h"

#define BODY_SHOWN ((size_t)64 * 1024) /* of an answer; the rest is dropped */

static size_t
keep_body(char *bytes, size_t size, size_t n, void *context)
{
	struct buf *body = context;
	size_t room = BODY_SHOWN - body->len;

	buf_add(body, bytes, n * size < room ? n * size : room);
	return body->failed ? 0 : n * size;
}

/* No "Expect: 100-continue": the sender is not known to send it. */
static struct curl_slist *
header_list(const struct client_request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more;
	struct buf lines = BUF_INIT;
	char *line, *end;

	client_headers(&lines, request, "\n");
	if (lines.failed || list == NULL)
		goto fail;
	for (line = lines.data; line != NULL && *line != '\0'; line = end) {
		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		more = curl_slist_append(list, line);
		if (more == NULL)
			goto fail;
		list = more;
	}
	buf_free(&lines);
	return list;
fail:
	buf_free(&lines);
	curl_slist_free_all(list);
	return NULL;
}

static CURLcode
set_up(CURL *curl, const struct client_request *request,
    const struct curl_slist *headers, struct buf *body,
    char message[static CURL_ERROR_SIZE])
{
	CURLcode rc = CURLE_OK;

#define SET(option, value) \
	if (rc == CURLE_OK) \
	rc = curl_easy_setopt(curl, option, value)
	SET(CURLOPT_ERRORBUFFER, message);
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_TIMEOUT, (long)CLIENT_TIMEOUT);
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	if (!request->get) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len);
		SET(CURLOPT_POSTFIELDS, request->len > 0 ? request->body : "");
	}
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_WRITEFUNCTION, keep_body);
	SET(CURLOPT_WRITEDATA, body);
#undef SET
	return rc;
}

/* Copy libcurl's information about the exchange, besides the body. */
static CURLcode
look_up(CURL *curl, struct client_answer *answer)
{
	const char *location = NULL, *peer = NULL;
	long status = 0;
	CURLcode rc = curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);

	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &peer);
	answer->status = (int)status;
	if (location != NULL)
		buf_adds(&answer->location, location);
	if (answer->location.failed)
		rc = CURLE_OUT_OF_MEMORY;
	if (peer != NULL)
		snprintf(answer->peer, sizeof(answer->peer), "%s", peer);
	return rc;
}

int
client_send(const struct client_request *request, struct client_answer *answer,
    struct error *error)
{
	char message[CURL_ERROR_SIZE] = "";
	struct curl_slist *headers = NULL;
	CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);
	CURL *curl = rc == CURLE_OK ? curl_easy_init() : NULL;

	*answer = (struct client_answer){.status = 0};
	if (curl == NULL)
		return curl_error_init(error);
	headers = header_list(request);
	rc = headers == NULL
	    ? CURLE_OUT_OF_MEMORY
	    : set_up(curl, request, headers, &answer->body, message);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(curl);
	if (answer->body.failed)
		rc = CURLE_OUT_OF_MEMORY;
	if (rc == CURLE_OK)
		rc = look_up(curl, answer);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	return rc == CURLE_OK ? 0 : curl_error_set(rc, message, error);
}
