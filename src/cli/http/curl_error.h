/* SPDX-License-Identifier: ISC */
/*
 * curl_error: what libcurl reports, as one of our errors.
 */
#ifndef ALERTSPOOL_HTTP_CURL_ERROR_H
#define ALERTSPOOL_HTTP_CURL_ERROR_H

#include <curl/curl.h>

struct error;

/* Record "no answer: …": ERROR_BUSY for a failure that may be over in a minute, else
 * ERROR_IO. The message is what libcurl left in CURLOPT_ERRORBUFFER, "" for
 * nothing. Always -1. */
int curl_error_set(CURLcode, const char *message, struct error *);

/* libcurl was built in and linked but cannot begin: no memory. Always -1. */
int curl_error_init(struct error *);

#endif
