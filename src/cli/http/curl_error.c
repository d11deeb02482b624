/* SPDX-License-Identifier: ISC */
/* curl_error: decides which failures of libcurl are temporary, and escapes their text. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "cli/http/curl_error.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"

/* May the failure be over in a minute? */
static enum error_kind
failure_kind(CURLcode rc)
{
	static const CURLcode passing[] = {CURLE_COULDNT_RESOLVE_HOST,
	    CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT,
	    CURLE_OPERATION_TIMEDOUT, CURLE_SEND_ERROR, CURLE_RECV_ERROR,
	    CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SSL_CONNECT_ERROR,
	    CURLE_OUT_OF_MEMORY};

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (rc == passing[i])
			return ERROR_BUSY;
	return ERROR_IO;
}

int
curl_error_set(CURLcode rc, const char *message, struct error *error)
{
	struct buf text = BUF_INIT;

	if (rc == CURLE_OUT_OF_MEMORY) {
		errno = ENOMEM;
		return error_sys(error, failure_kind(rc), "no answer");
	}
	if (*message == '\0')
		message = curl_easy_strerror(rc);
	escape_terminal(&text, message, strlen(message));
	error_set(error, failure_kind(rc), "no answer: %s",
	    text.failed ? "out of memory" : text.data);
	buf_free(&text);
	return -1;
}

int
curl_error_init(struct error *error)
{
	errno = ENOMEM;
	return error_sys(error, ERROR_UNAVAILABLE,
	    "libcurl cannot be initialised");
}
