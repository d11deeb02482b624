/* SPDX-License-Identifier: ISC */
/*
 * supervisor: keeps "workers" processes serving one listening socket.
 *
 * It accepts nothing itself, so a dying worker never closes the socket: requests wait in
 * its queue. A worker that dies is replaced, at once if it had lived a while, else after
 * a back-off. SIGTERM and SIGINT end it when all workers have finished. SIGHUP reads
 * settings and secrets again and replaces the workers one by one; if they are wrong, it
 * logs that and changes nothing. Workers end when their supervisor dies.
 */
#ifndef ALERTSPOOL_RESPONDER_SUPERVISOR_H
#define ALERTSPOOL_RESPONDER_SUPERVISOR_H

#include "lib/settings/settings.h"

struct auth;
struct error;

/* Settings and the secrets they name, loaded together or not at all. */
struct configuration {
	struct settings settings;
	struct auth *auth;
};

/*
 * Supervise until a signal ends it. load() fills a new configuration (context as given);
 * the first one is *configuration, which is replaced by later ones. The exit code of the
 * process: 0, or 71 without memory.
 */
int supervise(struct configuration *configuration, int listen_fd,
    int (*load)(struct configuration *, void *context, struct error *),
    void (*unload)(struct configuration *), void *context);

#endif
