/* SPDX-License-Identifier: ISC */
/*
 * url_signed: the last request of "alertspool check --url" to each source: a signed
 * delivery. Its record, found in this spool, shows what the web server made of the
 * request, and is removed again. The body is a JSON string, which is not an alert: no
 * handler ever sees it.
 */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/check/url_ask.h"
#include "cli/http/client.h"
#include "cli/http/url.h"
#include "cli/records/record_view.h"
#include "cli/sender/signer.h"
#include "lib/base/address.h"
#include "lib/json/read.h"

#define EVENT_CANARY "alert.check-underscore"

/* Once: it is the server's fault, not a source's. */
static void
tell_masked(struct url_probe *f, const char *url)
{
	if (f->masked)
		return;
	f->masked = true;
	url_ask_tell(f, url,
	    "records and logs do not show who sent an alert, and every client "
	    "looks like this machine",
	    "name the proxy in front: set_real_ip_from (nginx), "
	    "RemoteIPInternalProxy (Apache)",
	    "the real client's address does not arrive");
}

/* There is a proxy, a load balancer or a NAT in front, or this machine is behind the same
 * NAT as the responder: so it is not an error. */
static void
tell_private(struct url_probe *f, const char *url, const char *remote)
{
	if (f->masked)
		return;
	f->masked = true;
	findings_add(&f->check->findings, FINDING_WARNING, "url", url,
	    "all clients share one rate limit, and a flood by one of them "
	    "blocks the alerts; records do not show who sent an alert",
	    "set_real_ip_from (nginx) or RemoteIPInternalProxy (Apache), "
	    "unless "
	    "you ask from within the same network",
	    "the responder sees the private address %.64s for a public name",
	    remote);
}

/* Check what arrived, by its record. */
static void
judge_record(struct url_probe *f, const char *url, const char *source,
    struct record_view *view)
{
	const char *event = record_view_text(view, "delivery.event");
	const char *found = record_view_text(view, "source");
	const char *remote = record_view_text(view, "delivery.remote_addr");

	if (found == NULL || strcmp(found, source) != 0)
		url_ask_tell(f, url, "records name the wrong source",
		    "pass PATH_INFO on as the shipped files do",
		    "leads to another source");
	else if (event != NULL)
		url_ask_tell(f, url,
		    "a sender can change the event of a request with "
		    "X_MMS_Event",
		    "underscores_in_headers off (nginx); Apache drops them by "
		    "itself: look at the proxy in front",
		    "X_MMS_Event is passed on as X-MMS-Event");
	else if (!f->local && address_is_loopback(remote))
		tell_masked(f, url);
	else if (f->public && address_is_private(remote))
		tell_private(f, url, remote);
	else
		findings_ok(&f->check->findings, "url", url,
		    "a signed delivery is stored as source %s", source);
}

static void
remove_record(struct url_probe *f, const char *url, const char *id)
{
	struct error why = ERROR_INIT;

	if (spool_remove(f->check->spool, SPOOL_BAD, id, NULL, &why) == -1)
		url_ask_tell(f, url, "a record of this check is left in bad/",
		    "alertspool bury it", why.text);
}

/* Check and remove it. */
static void
find_record(struct url_probe *f, const char *url, const char *source,
    const char *id)
{
	struct record_view view = RECORD_VIEW_INIT;
	struct spool_entry entry = {.state = SPOOL_BAD};
	struct error why = ERROR_INIT;
	bool mine = f->check->spool != NULL && name_parse(id, NULL);

	snprintf(entry.name, sizeof(entry.name), "%s", id);
	if (mine && record_view_read(&view, f->check->spool, &entry, &why) == 0)
		judge_record(f, url, source, &view);
	else if (!findings_no_memory(&f->check->findings, &why))
		mine = false;
	if (mine)
		remove_record(f, url, id);
	else
		url_ask_tell(f, url,
		    "these settings are not those of the responder that "
		    "answers",
		    "run this on its machine, with its settings; bury the "
		    "record "
		    "there, it is in bad/",
		    "was stored, but not in this spool");
	record_view_free(&view);
}

static void
judge_signed(struct url_probe *f, const char *url, const char *source,
    const struct client_answer *answer)
{
	struct error why = ERROR_INIT;
	json_t *body =
	    json_read_strict(answer->body.len > 0 ? answer->body.data : "",
		answer->body.len, &why);
	const char *id = json_string_value(json_object_get(body, "id"));

	if (answer->status == 403)
		url_ask_tell(f, url, "every alert of this source is refused",
		    "reload the responder after a rotation (SIGHUP, or restart "
		    "if systemd passes credentials); is the URL that of "
		    "this source, and does a proxy in front drop "
		    "X-MMS-Signature or the query?",
		    "a correctly signed delivery gets 403");
	else if (answer->status == 202 && why.kind == ERROR_IO)
		url_ask_tell(f, url, "a record of this check is left in bad/",
		    "find it with \"alertspool list --state bad\", and bury it",
		    "its answer cannot be read: no memory");
	else if (answer->status != 202 || id == NULL)
		url_ask_tell_status(f, url, answer, 202,
		    "nothing of this source is stored");
	else
		find_record(f, url, source, id);
	json_decref(body);
}

void
check_url_signed(struct url_probe *f, const char *url, const char *source)
{
	struct signer signer = SIGNER_INIT;
	struct client_answer answer = {.status = 0};
	struct error why = ERROR_INIT;
	struct buf full = BUF_INIT;
	char body[CHECK_CANARY_BODY], signature[AUTH_SIGNATURE_SIZE];
	struct client_request request = {.body = body};
	const char *token;
	size_t len;

	check_canary_body(f->canary, body);
	request.len = strlen(body);
	if (signer_from_source(&signer, f->check->cli, source, &why) == -1) {
		/* check_settings() has reported anything else. */
		(void)findings_no_memory(&f->check->findings, &why);
		goto out;
	}
	token = auth_token(signer.auth, signer.source, &len);
	if (token != NULL)
		url_add_token(&full, url, token, len);
	else
		buf_adds(&full, url);
	request.url = full.data;
	if (signer.source == f->underscored)
		request.extra = "X_MMS_Event: " EVENT_CANARY;
	if (signer.source->secrets.n > 0) {
		if (signer_sign(&signer, body, request.len, signature, &why) ==
		    -1) {
			findings_leave_out(&f->check->findings);
			goto out;
		}
		request.signature = signature;
	}
	if (full.failed)
		findings_leave_out(&f->check->findings);
	else if (url_ask(f, &request, url, &answer) != 0)
		judge_signed(f, url, source, &answer);
out:
	client_answer_free(&answer);
	buf_wipe(&full);
	signer_free(&signer);
}
