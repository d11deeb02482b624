/* SPDX-License-Identifier: ISC */
/*
 * publish URL STREAM SUBJECT DIRECTORY WINDOW: publish each file of a directory
 * with its name as message id, and print how many a second were acknowledged.
 * WINDOW is how many may be under way; 1 is a loop of js_PublishMsg(), which
 * waits for each.
 *
 * Nothing but the client library: what "alertspool forward" is measured by.
 */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <nats/nats.h>

static char text[1024 * 1024];

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static natsStatus
make(natsMsg **msg, int directory, const char *name, const char *subject)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text));
	natsStatus rc;

	if (fd != -1)
		close(fd);
	if (n == -1)
		return NATS_ERR;
	rc = natsMsg_Create(msg, subject, NULL, text, (int)n);
	return rc == NATS_OK ? natsMsgHeader_Set(*msg, "Nats-Msg-Id", name)
			     : rc;
}

static natsStatus
publish(jsCtx *js, natsMsg *msg, const char *stream, long window)
{
	jsPubOptions options;
	natsStatus rc;

	jsPubOptions_Init(&options);
	options.ExpectStream = stream;
	if (window > 1) {
		rc = js_PublishMsgAsync(js, &msg, &options);
	} else {
		rc = js_PublishMsg(NULL, js, msg, &options, NULL);
	}
	natsMsg_Destroy(msg);
	return rc;
}

static natsStatus
publish_all(jsCtx *js, DIR *directory, char **argv, long window, long *n)
{
	natsStatus rc = NATS_OK;
	struct dirent *entry;
	natsMsg *msg;

	while (rc == NATS_OK && (entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		rc = make(&msg, dirfd(directory), entry->d_name, argv[3]);
		if (rc == NATS_OK)
			rc = publish(js, msg, argv[2], window);
		*n += rc == NATS_OK;
	}
	return rc == NATS_OK && window > 1 ? js_PublishAsyncComplete(js, NULL)
					   : rc;
}

int
main(int argc, char **argv)
{
	natsConnection *connection = NULL;
	long window = argc == 6 ? strtol(argv[5], NULL, 10) : 0, n = 0;
	DIR *directory = argc == 6 ? opendir(argv[4]) : NULL;
	jsOptions options;
	double begin;
	natsStatus rc;
	jsCtx *js;

	if (directory == NULL || window < 1) {
		fputs("usage: publish URL STREAM SUBJECT DIRECTORY WINDOW\n",
		    stderr);
		return 64;
	}
	jsOptions_Init(&options);
	options.PublishAsync.MaxPending = window;
	options.PublishAsync.StallWait = 10000;
	rc = natsConnection_ConnectTo(&connection, argv[1]);
	if (rc == NATS_OK)
		rc = natsConnection_JetStream(&js, connection, &options);
	begin = seconds();
	if (rc == NATS_OK)
		rc = publish_all(js, directory, argv, window, &n);
	if (rc != NATS_OK) {
		fprintf(stderr, "publish: %s\n", natsStatus_GetText(rc));
		return 69;
	}
	printf("%.0f\n", (double)n / (seconds() - begin));
	return 0;
}
