/* SPDX-License-Identifier: ISC */
/*
 * client: the only file that uses the NATS client library. The library's threads call the
 * functions named on_…(), which only add to the queue of news and wake the reader. A
 * reply that finds the queue full is dropped, as if lost.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <nats/nats.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/nats/client.h"
#include "cli/nats/servers.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/escape.h"

#define NEWS_MAX 8192	 /* longest queue of news */
#define CONNECT_MS 2000	 /* for each server */
#define REQUEST_MS 5000	 /* for an answer of the API */
#define RECONNECT_MS 250 /* before the same server is tried again */
#define WRITE_MS 2000	 /* how long a server may accept nothing */
#define PING_MS 3000	 /* a stopped server is noticed */
#define PINGS_OUT 2	 /* … after this many */
#define FOREVER (-1)	 /* tries to reconnect */
#define NO_BUFFER 1	 /* bytes kept without a connection */
#define SIGN_TRIES 4	 /* connections until a key counts as refused */
#define CLOSE_MS 2000	 /* for the library's threads to end */
#define INBOX_SIZE (SERVERS_INBOX_MAX + 32) /* with its random part */
#define REPLY_SIZE (INBOX_SIZE + 24)

struct nats_client {
	natsOptions *options;
	natsConnection *connection;
	natsSubscription *replies;
	char inbox[INBOX_SIZE];
	const char *nkey;	       /* borrowed from the servers */
	int wake;		       /* eventfd(2) */
	pthread_mutex_t mutex;	       /* protects the following */
	struct nats_client_news *news; /* a ring of NEWS_MAX */
	size_t first, n;
};

/* ---- in the library's threads --------------------------------------- */

static void
add_news(struct nats_client *b, enum nats_client_event event, uint64_t tag,
    const char *text, size_t len)
{
	const uint64_t one = 1;
	struct nats_client_news *news;
	bool wake;

	if (len >= NATS_CLIENT_TEXT_SIZE)
		len = NATS_CLIENT_TEXT_SIZE - 1;
	pthread_mutex_lock(&b->mutex);
	wake = b->n == 0;
	if (b->n < NEWS_MAX) {
		news = &b->news[(b->first + b->n++) % NEWS_MAX];
		news->event = event;
		news->tag = tag;
		memcpy(news->text, text, len);
		news->text[len] = '\0';
	}
	pthread_mutex_unlock(&b->mutex);
	/* Once is enough: the reader reads until the queue is empty. */
	if (wake)
		(void)!write(b->wake, &one, sizeof(one));
}

static void
on_reply(natsConnection *connection, natsSubscription *sub, natsMsg *msg,
    void *context)
{
	struct nats_client *b = context;
	const char *to = strrchr(natsMsg_GetSubject(msg), '.');
	uint64_t tag = to == NULL ? 0 : strtoull(to + 1, NULL, 10);

	(void)connection;
	(void)sub;
	if (natsMsg_IsNoResponders(msg))
		add_news(b, NATS_CLIENT_NO_RESPONDERS, tag, "", 0);
	else
		add_news(b, NATS_CLIENT_REPLY, tag, natsMsg_GetData(msg),
		    (size_t)natsMsg_GetDataLength(msg));
	natsMsg_Destroy(msg);
}

static void
on_error(natsConnection *connection, natsSubscription *sub, natsStatus status,
    void *context)
{
	const char *text = nats_GetLastError(NULL);

	(void)sub;
	if (status != NATS_NOT_PERMITTED)
		return;
	if (text == NULL || *text == '\0')
		natsConnection_GetLastError(connection, &text);
	if (text != NULL)
		add_news(context, NATS_CLIENT_NOT_PERMITTED, 0, text,
		    strlen(text));
}

static void
on_lost(natsConnection *connection, void *context)
{
	(void)connection;
	add_news(context, NATS_CLIENT_LOST, 0, "", 0);
}

static void
on_back(natsConnection *connection, void *context)
{
	(void)connection;
	add_news(context, NATS_CLIENT_BACK, 0, "", 0);
}

static void
on_closed(natsConnection *connection, void *context)
{
	const char *text = NULL;

	if (natsConnection_GetLastError(connection, &text) == NATS_OK ||
	    text == NULL)
		text = "connection closed";
	add_news(context, NATS_CLIENT_CLOSED, 0, text, strlen(text));
}

/* The signer in the library's form: the library frees the signature. */
static natsStatus
sign_nonce(char **why, unsigned char **signature, int *len, const char *nonce,
    void *context)
{
	struct buf seed = BUF_INIT, key = BUF_INIT;
	struct error error = ERROR_INIT;
	struct nats_client *b = context;
	natsStatus status = NATS_ERR;

	if (servers_read_nkey(b->nkey, &seed, &key, &error) == 0)
		status = nats_Sign(seed.data, nonce, signature, len);
	else
		*why = strdup(error.text);
	buf_wipe(&seed);
	buf_wipe(&key);
	return status;
}

/* ---- opening -------------------------------------------------------- */

static natsStatus
set_secrets(struct nats_client *b, const struct servers *s, struct error *error)
{
	struct buf seed = BUF_INIT, key = BUF_INIT;
	natsStatus rc = NATS_OK;

	if (s->user.len > 0)
		rc = natsOptions_SetUserInfo(b->options, s->user.data,
		    s->password.len > 0 ? s->password.data : "");
	if (rc == NATS_OK && s->token.len > 0)
		rc = natsOptions_SetToken(b->options, s->token.data);
	if (rc == NATS_OK && s->creds != NULL)
		rc = natsOptions_SetUserCredentialsFromFiles(b->options,
		    s->creds, NULL);
	if (rc == NATS_OK && s->nkey != NULL) {
		b->nkey = s->nkey;
		if (servers_read_nkey(s->nkey, &seed, &key, error) == -1)
			rc = NATS_INVALID_ARG;
		else
			rc = natsOptions_SetNKey(b->options, key.data,
			    sign_nonce, b);
	}
	buf_wipe(&seed);
	buf_wipe(&key);
	return rc;
}

static natsStatus
set_options(struct nats_client *b, const struct servers *s, struct error *error)
{
	natsOptions *o;
	natsStatus rc = natsOptions_Create(&b->options);

	if (rc != NATS_OK)
		return rc;
	o = b->options;
#define SET(call) \
	if (rc == NATS_OK) \
	rc = (call)
	SET(natsOptions_SetServers(o, (const char **)(uintptr_t)s->url,
	    (int)s->n));
	SET(natsOptions_SetName(o, PACKAGE_NAME));
	SET(natsOptions_SetCustomInboxPrefix(o, s->inbox_prefix));
	SET(natsOptions_SetTimeout(o, CONNECT_MS));
	SET(natsOptions_SetMaxReconnect(o, FOREVER));
	SET(natsOptions_SetReconnectWait(o, RECONNECT_MS));
	SET(natsOptions_SetReconnectBufSize(o, NO_BUFFER));
	SET(natsOptions_SetWriteDeadline(o, WRITE_MS));
	SET(natsOptions_SetPingInterval(o, PING_MS));
	SET(natsOptions_SetMaxPingsOut(o, PINGS_OUT));
	SET(natsOptions_SetErrorHandler(o, on_error, b));
	SET(natsOptions_SetDisconnectedCB(o, on_lost, b));
	SET(natsOptions_SetReconnectedCB(o, on_back, b));
	SET(natsOptions_SetClosedCB(o, on_closed, b));
	if (s->tls || s->tls_ca != NULL)
		SET(natsOptions_SetSecure(o, true));
	if (s->tls_ca != NULL)
		SET(natsOptions_LoadCATrustedCertificates(o, s->tls_ca));
#undef SET
	return rc == NATS_OK ? set_secrets(b, s, error) : rc;
}

static const struct {
	natsStatus status;
	enum error_kind kind;
} kinds[] = {
    {NATS_CONNECTION_AUTH_FAILED, ERROR_DENIED},
    {NATS_NOT_PERMITTED, ERROR_DENIED},
    {NATS_SSL_ERROR, ERROR_UNAVAILABLE},
    {NATS_SECURE_CONNECTION_WANTED, ERROR_UNAVAILABLE},
    {NATS_SECURE_CONNECTION_REQUIRED, ERROR_UNAVAILABLE},
    {NATS_INVALID_ARG, ERROR_SETTINGS},
};

/* Set the error to the library's text, escaped for a terminal. */
static int
set_error(natsStatus status, const char *what, struct error *error)
{
	enum error_kind kind = ERROR_BUSY;
	const char *more = nats_GetLastError(NULL);
	struct buf text = BUF_INIT;

	if (status == NATS_NO_MEMORY) {
		errno = ENOMEM;
		return error_sys(error, ERROR_IO, "%s", what);
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].status == status)
			kind = kinds[i].kind;
	buf_adds(&text, natsStatus_GetText(status));
	if (more != NULL && *more != '\0') {
		buf_adds(&text, ": ");
		escape_log(&text, more, strlen(more));
	}
	error_set(error, kind, "%s: %s", what,
	    text.failed ? "no memory" : text.data);
	buf_free(&text);
	return -1;
}

static natsStatus
listen_for_replies(struct nats_client *b, const struct servers *s,
    struct error *error)
{
	natsInbox *inbox = NULL;
	char pattern[REPLY_SIZE];
	natsStatus rc = natsInbox_Create(&inbox);

	if (rc != NATS_OK)
		return rc;
	snprintf(b->inbox, sizeof(b->inbox), "%s%s", s->inbox_prefix,
	    strrchr(inbox, '.')); /* after the library's own prefix */
	snprintf(pattern, sizeof(pattern), "%s.*", b->inbox);
	natsInbox_Destroy(inbox);
	rc = natsConnection_Subscribe(&b->replies, b->connection, pattern,
	    on_reply, b);
	/* After the flush we know whether it was refused. */
	if (rc == NATS_OK)
		rc = natsConnection_FlushTimeout(b->connection, REQUEST_MS);
	if (rc != NATS_OK ||
	    natsConnection_GetLastError(b->connection, &(const char *){NULL}) !=
		NATS_NOT_PERMITTED)
		return rc;
	servers_refuse_inbox(s, pattern, error);
	return NATS_NOT_PERMITTED;
}

/* The server refuses about one in fifty signatures that version 3.4.1 of the library
 * makes of a nonce, whatever the key; another connection has another nonce. */
static natsStatus
connect_somewhere(struct nats_client *b, const struct servers *s)
{
	int tries = s->nkey != NULL || s->creds != NULL ? SIGN_TRIES : 1;
	natsStatus rc;

	do
		rc = natsConnection_Connect(&b->connection, b->options);
	while (rc == NATS_CONNECTION_AUTH_FAILED && --tries > 0);
	return rc;
}

int
nats_client_open(struct nats_client **client, const struct servers *servers,
    struct error *error)
{
	struct nats_client *b = calloc(1, sizeof(*b));
	natsStatus rc = NATS_ERR;

	*client = b;
	if (b == NULL)
		return error_sys(error, ERROR_IO, "broker");
	b->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	b->news = calloc(NEWS_MAX, sizeof(*b->news));
	pthread_mutex_init(&b->mutex, NULL);
	/* The first error is the one to report. */
	if (b->wake == -1 || b->news == NULL)
		error_sys(error, ERROR_IO, "broker");
	else
		rc = set_options(b, servers, error);
	if (rc == NATS_OK)
		rc = connect_somewhere(b, servers);
	if (rc == NATS_OK)
		rc = listen_for_replies(b, servers, error);
	if (rc == NATS_OK)
		return 0;
	set_error(rc, "cannot connect", error);
	nats_client_close(b);
	*client = NULL;
	return -1;
}

void
nats_client_close(struct nats_client *b)
{
	if (b == NULL)
		return;
	natsSubscription_Destroy(b->replies);
	natsConnection_Destroy(b->connection);
	natsOptions_Destroy(b->options);
	/* The library's threads may run until here. If one still does after that time,
	 * nothing that it may touch is freed. */
	if (nats_CloseAndWait(CLOSE_MS) != NATS_OK)
		return;
	if (b->wake != -1)
		close(b->wake);
	free(b->news);
	pthread_mutex_destroy(&b->mutex);
	free(b);
}

/* ---- using it ------------------------------------------------------- */

int
nats_client_fd(const struct nats_client *b)
{
	return b->wake;
}

bool
nats_client_next(struct nats_client *b, struct nats_client_news *news)
{
	uint64_t count;
	bool found;

	pthread_mutex_lock(&b->mutex);
	found = b->n > 0;
	if (found) {
		*news = b->news[b->first];
		b->first = (b->first + 1) % NEWS_MAX;
		b->n--;
	} else {
		(void)!read(b->wake, &count, sizeof(count));
	}
	pthread_mutex_unlock(&b->mutex);
	return found;
}

bool
nats_client_is_connected(const struct nats_client *b)
{
	return natsConnection_Status(b->connection) ==
	    NATS_CONN_STATUS_CONNECTED;
}

int64_t
nats_client_max_payload(const struct nats_client *b)
{
	return natsConnection_GetMaxPayload(b->connection);
}

static natsStatus
make_message(natsMsg **msg, struct nats_client *b,
    const struct nats_client_message *m)
{
	const struct nats_client_header *h;
	char reply[REPLY_SIZE];
	natsStatus rc;

	snprintf(reply, sizeof(reply), "%s.%" PRIu64, b->inbox, m->tag);
	rc = natsMsg_Create(msg, m->subject, reply, m->body, (int)m->len);
	for (h = m->headers; rc == NATS_OK && h->name != NULL; h++)
		rc = natsMsgHeader_Set(*msg, h->name, h->value);
	return rc;
}

enum nats_client_sent
nats_client_publish(struct nats_client *b, const struct nats_client_message *m,
    char why[static NATS_CLIENT_TEXT_SIZE])
{
	int64_t most = nats_client_max_payload(b);
	natsMsg *msg = NULL;
	natsStatus rc = NATS_MAX_PAYLOAD;

	/* A size that fits the library's int, too. */
	if (m->len <= INT32_MAX && (most <= 0 || (int64_t)m->len <= most))
		rc = make_message(&msg, b, m);
	if (rc == NATS_OK)
		rc = natsConnection_PublishMsg(b->connection, msg);
	natsMsg_Destroy(msg);
	if (rc == NATS_OK)
		return NATS_CLIENT_SENT;
	if (rc != NATS_MAX_PAYLOAD) {
		snprintf(why, NATS_CLIENT_TEXT_SIZE, "%s",
		    natsStatus_GetText(rc));
		return NATS_CLIENT_NOT_SENT;
	}
	snprintf(why, NATS_CLIENT_TEXT_SIZE,
	    "too large: %zu bytes, and the server takes %" PRId64, m->len,
	    most);
	return NATS_CLIENT_TOO_LARGE;
}

int
nats_client_request(struct nats_client *b, const char *subject,
    const char *question, struct buf *answer, struct error *error)
{
	natsMsg *reply = NULL;
	natsStatus rc = natsConnection_Request(&reply, b->connection, subject,
	    question, (int)strlen(question), REQUEST_MS);

	if (rc != NATS_OK)
		set_error(rc, "no answer from JetStream", error);
	else
		buf_add(answer, natsMsg_GetData(reply),
		    (size_t)natsMsg_GetDataLength(reply));
	natsMsg_Destroy(reply);
	return rc == NATS_OK ? buf_check(answer, error) : -1;
}
