/* SPDX-License-Identifier: ISC */
/*
 * endpoint: what is asked below "-/", which no source's name begins with:
 * readiness for load balancers, counters for Prometheus.
 */
#ifndef ALERTSPOOL_RESPONDER_ENDPOINT_H
#define ALERTSPOOL_RESPONDER_ENDPOINT_H

struct http_request;
struct http_response;
struct receipt;
struct receiver;

/* Answer a request for this path ("-/ready"): 200, 503 while nothing could be
 * stored, 405, or 404, which is also what anybody but this machine gets who
 * asks for metrics. Writes nothing. */
void endpoint_receive(const struct receiver *, const struct http_request *,
    const char *path, struct http_response *, struct receipt *);

#endif
