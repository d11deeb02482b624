/* SPDX-License-Identifier: ISC */
/*
 * What only the whole way shows: web server, gateway, responder and spool. Asked
 * is what a server that is set up wrongly answers differently:
 *
 *	GET  URL/-/ready		200
 *	GET  URL/-/metrics		404 (or refused by the server, 401 or 403),
 *					unless asked from this machine, and then
 *					that for what a proxy has marked
 *	POST URL/NAME-OF-NOBODY		404; 403 where PATH_INFO does not arrive
 *	POST a source, unsigned		403; the canaries go with it
 *	the same, max_body long		403, not 413 or 500
 *	POST a source, signed		202, a record in bad/ of this spool, of
 *					that source, without X_MMS_Event
 *
 * X_MMS_Event goes to one source, without a token if there is such: nginx writes
 * the request line of one who sends an odd header to an error_log of level
 * "info".
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/url.h"
#include "cli/http/client.h"
#include "cli/http/url.h"

void
url_ask_tell(const struct url_check *f, const char *url, const char *why,
    const char *fix, const char *what)
{
	struct finding finding = {
	    .level = FINDING_ERROR,
	    .check = "url",
	    .where = url,
	    .why = why,
	};

	finding_what(&finding, "%s", what);
	finding_fix(&finding, "%s", fix);
	findings_add(&f->check->findings, &finding);
}

/* The URL below the bare script path; malloc'ed. */
static char *
spell_url(const struct url_check *f, const char *path)
{
	char *url;

	if (asprintf(&url, "%.*s%s%s", f->base_len, f->base,
		*path != '\0' ? "/" : "", path) != -1)
		return url;
	findings_leave_out(&f->check->findings);
	return NULL;
}

/* ---- one request ---------------------------------------------------- */

int
url_ask(const struct url_check *f, const struct client_request *request,
    const char *shown, struct client_answer *answer)
{
	struct error why = ERROR_INIT;

	if (client_send(request, answer, &why) == 0)
		return answer->status;
	if (findings_no_memory(&f->check->findings, &why))
		return 0;
	if (why.kind == ERROR_UNAVAILABLE)
		url_ask_tell(f, shown, "nobody looked at the front door",
		    "ask with a build that has libcurl", why.text);
	else
		url_ask_tell(f, shown, "nothing is received",
		    "is the web server up, is this its address, and does it "
		    "have a certificate that is trusted?",
		    why.text);
	return 0;
}

/* What statuses mean that come from the server and not from the responder. */
static const char *
explain(const struct url_check *f, int status)
{
	if (status == 404 && f->ready)
		return "the responder has not read of this source yet, or it "
		       "is not asked: reload it (SIGHUP), and look whether the "
		       "server hands over POST and all that is below its path";
	if (status == 404)
		return "this path does not lead to the responder: is the "
		       "shipped file included, the path the same in it, and "
		       "the "
		       "URL without the name of a source?";
	if (status == 401)
		return "the web server wants a password here: Atlas has none";
	if (status == 405)
		return "the path behind the responder's own does not arrive: "
		       "hand over PATH_INFO, as the shipped files do";
	if (status == 429)
		return "the rate limit is too low; ask again in a minute";
	if (status >= 300 && status < 400)
		return "give Atlas the URL it leads to: redirects are not "
		       "known "
		       "to be followed";
	if (status == 502 || status == 504)
		return "start the responder, and let the web server's user "
		       "connect to its socket";
	if (status == 503)
		return "the responder's log tells why it cannot store; or it "
		       "is "
		       "not running";
	if (status == 413)
		return "raise the server's limit to twice max_body: "
		       "client_max_body_size, LimitRequestBody";
	if (status == 500)
		return "see the server's error log; with mod_fcgid raise "
		       "FcgidMaxRequestLen to twice max_body";
	return "is this the responder's URL? see the server's error log";
}

void
url_ask_tell_status(const struct url_check *f, const char *url,
    const struct client_answer *answer, int wanted, const char *why)
{
	bool leads = answer->location.len > 0 && !answer->location.failed;
	char what[FINDING_TEXT];

	/* Where it leads may have the token in it that was sent. */
	snprintf(what, sizeof(what), "answers %d, not %d%s%.*s", answer->status,
	    wanted, leads ? ", and leads to " : "",
	    leads ? (int)strcspn(answer->location.data, "?") : 0,
	    leads ? answer->location.data : "");
	url_ask_tell(f, url, why, explain(f, answer->status), what);
}

/* ---- endpoints ------------------------------------------------------ */

bool
url_ask_is_loopback(const char *address)
{
	static const char mapped[] = "::ffff:";

	if (strncmp(address, mapped, strlen(mapped)) == 0)
		address += strlen(mapped);
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* Is the responder there at all? */
static bool
ask_ready(struct url_check *f)
{
	char *url = spell_url(f, "-/ready");
	struct client_request request = {.url = url, .get = true};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	f->local = url_ask_is_loopback(answer.peer);
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
ask_metrics(const struct url_check *f)
{
	char *url = spell_url(f, "-/metrics");
	struct client_request request = {
	    .url = url,
	    .get = true,
	    /* From this machine they may be seen, unless a proxy asks. */
	    .extra = f->local ? "X-Forwarded-For: 192.0.2.1" : NULL,
	};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	if (status == 200)
		url_ask_tell(f, url,
		    "anybody can see how many alerts there are",
		    "use the shipped files, and behind another proxy name it "
		    "(set_real_ip_from, RemoteIPInternalProxy)",
		    f->local ? "the counters are shown to what came through a "
			       "proxy"
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
ask_nobody(const struct url_check *f)
{
	char *url = spell_url(f, CHECK_NOBODY);
	struct client_request request = {.url = url, .body = "{}", .len = 2};
	struct client_answer answer = {.status = 0};
	int status = url == NULL ? 0 : url_ask(f, &request, url, &answer);

	if (status == 403)
		url_ask_tell(f, url,
		    "every source is taken for the source default",
		    "hand over PATH_INFO: fastcgi_split_path_info in nginx, "
		    "ProxyFCGISetEnvIf in Apache",
		    "a source that is none answers 403, not 404");
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

/* 403 whatever the length. */
static bool
ask_unsigned(const struct url_check *f, const char *url, size_t len,
    const char *why)
{
	struct client_request request = {.signature = f->canary->signature,
	    .len = len};
	struct client_answer answer = {.status = 0};
	struct buf full = BUF_INIT;
	char *body = malloc(len);
	int status = 0;

	url_add_token(&full, url, f->canary->token, strlen(f->canary->token));
	if (body != NULL && !full.failed) {
		memset(body, 'x', len);
		request.body = body;
		request.url = full.data;
		status = url_ask(f, &request, url, &answer);
	} else {
		findings_leave_out(&f->check->findings);
	}
	if (status != 0 && status != 403)
		url_ask_tell_status(f, url, &answer, 403, why);
	client_answer_free(&answer);
	buf_free(&full);
	free(body);
	return status == 403;
}

/* ---- all of it ------------------------------------------------------ */

static void
ask_source(struct url_check *f, const struct settings_source *source)
{
	size_t max_body = (size_t)f->check->cli->settings.max_body;
	char *url = spell_url(f,
	    strcmp(source->name, "default") == 0 ? "" : source->name);

	if (url == NULL)
		return;
	/* What takes everything would store these. */
	if (source->unauthenticated ||
	    (ask_unsigned(f, url, 1,
		 "the source does not answer as it should") &&
		ask_unsigned(f, url, max_body,
		    "an alert of max_body bytes is lost")))
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

void
check_url(struct check *c, const char *url, const struct check_canary *canary)
{
	const struct settings *s = &c->cli->settings;
	struct url_check f = {
	    .check = c,
	    .base = url,
	    .canary = canary,
	    .underscored = choose_underscored(s),
	};

	f.base_len = (int)strlen(url);
	while (f.base_len > 0 && url[f.base_len - 1] == '/')
		f.base_len--;
	if (!ask_ready(&f))
		return;
	if (strncasecmp(url, "http:", 5) == 0 && !f.local)
		url_ask_tell(&f, url,
		    "alerts and the token in the URL are overheard",
		    "use https", "is not encrypted");
	ask_metrics(&f);
	ask_nobody(&f);
	for (size_t i = 0; i < s->nsources; i++)
		ask_source(&f, &s->sources[i]);
}
