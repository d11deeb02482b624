/* SPDX-License-Identifier: ISC */
/*
 * endpoint: the resources below "-/", which cannot be a source's name: readiness for load
 * balancers, counters for Prometheus.
 */
#ifndef ALERTSPOOL_RESPONDER_ENDPOINT_H
#define ALERTSPOOL_RESPONDER_ENDPOINT_H

struct http_request;
struct http_response;
struct receipt;
struct receiver;

/* Answer a request for this path ("-/ready"): 200, 503 while nothing could be stored,
 * 405, or 404, also for metrics asked for by another machine. Writes nothing. */
void endpoint_receive(const struct receiver *, const struct http_request *,
    const char *path, struct http_response *, struct receipt *);

#endif
