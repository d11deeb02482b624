/* SPDX-License-Identifier: ISC */
/*
 * url: tests the whole way: web server, gateway, responder and spool. Each request has
 * another answer if the server is configured wrongly:
 *
 *	GET  URL/-/ready		200
 *	GET  URL/-/metrics		404 (or refused by the server, 401 or 403),
 *					unless from this machine; then 404 with a
 *					proxy's header
 *	POST URL/NAME-OF-NOBODY		404; 403 if PATH_INFO does not arrive
 *	POST one source, unsigned,	403, not 413 or 500; with the canaries
 *		max_body long
 *	POST each source, signed	202, a record in bad/ of this spool, of
 *					that source, without X_MMS_Event
 *
 * No more requests than these, because alert rules use the counters of refused requests.
 *
 * X_MMS_Event goes to one source, if possible without a token: for a request with an odd
 * header nginx writes the request line to an error_log of level "info".
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/url_ask.h"
#include "cli/http/client.h"
#include "cli/http/url.h"
#include "lib/base/address.h"

/* The URL below the bare script path; malloc'ed. */
static char *
spell_url(const struct url_probe *f, const char *path)
{
	char *url;

	if (asprintf(&url, "%.*s%s%s", f->base_len, f->base,
		*path != '\0' ? "/" : "", path) != -1)
		return url;
	findings_leave_out(&f->check->findings);
	return NULL;
}

/* ---- endpoints ------------------------------------------------------ */

/* Is the responder there at all? */
static bool
ask_ready(struct url_probe *f)
{
	char *url = spell_url(f, "-/ready");
	struct client_request request = {.url = url, .get = true};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	f->local = address_is_loopback(answer.peer);
	f->public = answer.peer[0] != '\0' && !address_is_private(answer.peer);
	if (status == 200)
		findings_ok(&f->check->findings, "url", url, "ready");
	else if (status != 0)
		url_ask_tell_status(f, url, &answer, 200,
		    "nothing is received");
	f->ready = status == 200;
	client_answer_free(&answer);
	free(url);
	return f->ready;
}

static void
ask_metrics(struct url_probe *f)
{
	char *url = spell_url(f, "-/metrics");
	struct client_request request = {
	    .url = url,
	    .get = true,
	    /* From this machine they may be shown, unless through a proxy. */
	    .extra = f->local ? "X-Forwarded-For: 192.0.2.1" : NULL,
	};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	if (status == 200)
		url_ask_tell(f, url,
		    "anybody can see how many alerts there are",
		    "use the shipped files, and behind another proxy name it "
		    "(set_real_ip_from, RemoteIPInternalProxy)",
		    f->local
			? "the counters are shown to requests through a proxy"
			: "the counters are shown to other machines");
	else if (status == 404 || status == 403 || status == 401)
		findings_ok(&f->check->findings, "url", url,
		    "not shown to others");
	else if (status != 0)
		url_ask_tell_status(f, url, &answer, 404,
		    "something else answers there");
	client_answer_free(&answer);
	free(url);
}

static void
ask_nobody(struct url_probe *f)
{
	char *url = spell_url(f, CHECK_NOBODY);
	struct client_request request = {.url = url, .body = "{}", .len = 2};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	if (status == 403)
		url_ask_tell(f, url,
		    "every source is taken for the source default",
		    "pass PATH_INFO on: fastcgi_split_path_info in nginx, "
		    "ProxyFCGISetEnvIf in Apache",
		    "an unknown source answers 403, not 404");
	else if (status == 404)
		findings_ok(&f->check->findings, "url", url,
		    "404, as it should");
	else if (status != 0)
		url_ask_tell_status(f, url, &answer, 404,
		    "a mistyped URL looks as if it worked");
	client_answer_free(&answer);
	free(url);
}

/* ---- unsigned ------------------------------------------------------- */

/* 403 is expected, not a server's answer to a body that is too long for it. */
static bool
ask_unsigned(struct url_probe *f, const char *url)
{
	struct client_request request = {.signature = f->canary->signature,
	    .len = (size_t)f->check->cli->settings.max_body};
	struct client_answer answer = {.status = 0};
	struct buf full = BUF_INIT;
	char *body = malloc(request.len);
	int status = 0;

	url_add_token(&full, url, f->canary->token, strlen(f->canary->token));
	if (body != NULL && !full.failed) {
		memset(body, 'x', request.len);
		request.body = body;
		request.url = full.data;
		status = url_ask(f, &request, url, &answer);
	} else {
		findings_leave_out(&f->check->findings);
	}
	if (status != 0 && status != 403)
		url_ask_tell_status(f, url, &answer, 403,
		    "an alert of max_body bytes is lost");
	client_answer_free(&answer);
	buf_free(&full);
	free(body);
	return status == 403;
}

/* ---- all of it ------------------------------------------------------ */

static void
ask_source(struct url_probe *f, const struct settings_source *source)
{
	char *url = spell_url(f,
	    strcmp(source->name, "default") == 0 ? "" : source->name);

	if (url == NULL)
		return;
	if (source != f->unsigned_to || ask_unsigned(f, url))
		check_url_signed(f, url, source->name);
	free(url);
}

static const struct settings_source *
choose_underscored(const struct settings *s)
{
	for (size_t i = 0; i < s->nsources; i++)
		if (s->sources[i].tokens.n == 0)
			return &s->sources[i];
	return s->sources;
}

/* One is enough: the limits are the server's. A source without authentication would store
 * the body. */
static const struct settings_source *
choose_unsigned(const struct settings *s)
{
	for (size_t i = 0; i < s->nsources; i++)
		if (!s->sources[i].unauthenticated)
			return &s->sources[i];
	return NULL;
}

void
check_url(struct check *c, const char *url, const struct check_canary *canary)
{
	const struct settings *s = &c->cli->settings;
	struct url_probe f = {
	    .check = c,
	    .base = url,
	    .canary = canary,
	    .underscored = choose_underscored(s),
	    .unsigned_to = choose_unsigned(s),
	};

	f.base_len = (int)strlen(url);
	while (f.base_len > 0 && url[f.base_len - 1] == '/')
		f.base_len--;
	if (!ask_ready(&f))
		return;
	if (strncasecmp(url, "http:", 5) == 0 && !f.local)
		url_ask_tell(&f, url,
		    "others on the network can read alerts and the token in "
		    "the URL",
		    "use https", "is not encrypted");
	ask_metrics(&f);
	ask_nobody(&f);
	for (size_t i = 0; i < s->nsources; i++)
		ask_source(&f, &s->sources[i]);
	url_ask_tell_added(&f);
}
