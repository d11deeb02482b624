/* SPDX-License-Identifier: ISC */
/*
 * endpoint: only REMOTE_ADDR says who asks. Anybody can send X-Forwarded-For; web servers
 * behind a proxy set REMOTE_ADDR from it themselves (real_ip, mod_remoteip), for the
 * proxies they trust.
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/address.h"
#include "lib/base/error.h"
#include "lib/settings/settings.h"
#include "lib/spool/heard.h"
#include "lib/spool/metrics.h"
#include "lib/spool/spool.h"
#include "responder/endpoint.h"
#include "responder/http.h"
#include "responder/outcome.h"
#include "responder/receive.h"

static bool
is_read(const struct http_request *request)
{
	return request->method != NULL &&
	    (strcmp(request->method, "GET") == 0 ||
		strcmp(request->method, "HEAD") == 0);
}

static void
get_ready(const struct receiver *receiver, struct http_response *response,
    struct receipt *receipt)
{
	struct error error = ERROR_INIT;

	if (receive_room(receiver, receipt, &error) == -1) {
		outcome_explain(receipt, error.text);
		outcome_answer(OUTCOME_UNAVAILABLE, response, receipt);
		return;
	}
	response->status = 200;
	response->content_type = "application/json";
	buf_adds(&response->body, "{\"status\":\"ready\"}\n");
	receipt->outcome = "ready";
}

static void
get_metrics(const struct receiver *receiver, struct http_response *response,
    struct receipt *receipt)
{
	const struct settings *s = receiver->settings;
	struct metrics metrics;

	metrics_read(receiver->metrics_fd, &metrics);
	response->status = 200;
	receipt->outcome = "metrics";
	response->content_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_prometheus(&response->body,
	    &(struct metrics_set){NULL, &metrics}, 1);
	for (size_t i = 0; receiver->spool != NULL && i < s->nsources; i++)
		heard_prometheus(&response->body, spool_root(receiver->spool),
		    s->sources[i].name, i == 0);
}

void
endpoint_receive(const struct receiver *receiver,
    const struct http_request *request, const char *path,
    struct http_response *response, struct receipt *receipt)
{
	bool ready = strcmp(path, "-/ready") == 0;
	/* Behind a proxy on this machine every client looks local. */
	bool metrics = strcmp(path, "-/metrics") == 0 &&
	    address_is_loopback(request->remote_addr) && !request->forwarded;

	if (!ready && !metrics) {
		outcome_answer(OUTCOME_NOT_FOUND, response, receipt);
	} else if (!is_read(request)) {
		response->allow = "GET, HEAD";
		outcome_answer(OUTCOME_METHOD_NOT_ALLOWED, response, receipt);
	} else if (ready) {
		get_ready(receiver, response, receipt);
	} else {
		get_metrics(receiver, response, receipt);
	}
}
