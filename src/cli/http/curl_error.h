/* SPDX-License-Identifier: ISC */
/* curl_error: turns a failure of libcurl into an error. */
#ifndef ALERTSPOOL_HTTP_CURL_ERROR_H
#define ALERTSPOOL_HTTP_CURL_ERROR_H

#include <curl/curl.h>

struct error;

/* Record "no answer: …": ERROR_BUSY for a failure that may be over in a minute, else
 * ERROR_IO. The message is from CURLOPT_ERRORBUFFER, "" for none. Always -1. */
int curl_error_set(CURLcode, const char *message, struct error *);

/* libcurl cannot start: no memory. Always -1. */
int curl_error_init(struct error *);

#endif
