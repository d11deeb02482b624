/* SPDX-License-Identifier: ISC */
/* owner: find the spool's owner; as root, wait until there is a spool. */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/identity.h"
#include "lib/base/log.h"
#include "lib/settings/settings.h"
#include "lib/spool/spool.h"
#include "responder/owner.h"

#define SPOOL_LOOK_MS 500

/* Find the spool's owner. A directory without a spool, such as the mount point of its
 * disk, does not show it. */
static bool
find_owner(const char *directory, struct stat *st)
{
	char *path;
	bool is_spool;

	if (asprintf(&path, "%s/%s", directory, spool_state_word(SPOOL_NEW)) ==
	    -1)
		return false;
	is_spool = stat(path, st) == 0 && stat(directory, st) == 0;
	free(path);
	return is_spool;
}

static void
end_at_once(int number)
{
	(void)number;
	_exit(EX_OK);
}

/* Set the handler of the signals that end the responder. A signal without a handler does
 * not end process 1 of a container. */
static void
on_end(void (*handler)(int))
{
	static const int ending[] = {SIGTERM, SIGINT, SIGQUIT};

	for (size_t i = 0; i < sizeof(ending) / sizeof(*ending); i++)
		(void)signal(ending[i], handler);
}

/* As root, anything made before the spool exists would stay root's, and root would open
 * files that others put in its place. */
static void
wait_for_spool(const char *directory, struct stat *st)
{
	if (find_owner(directory, st))
		return;
	log_message(LEVEL_WARNING, "spool",
	    "%s does not exist; started as root, waiting for it to become its "
	    "owner",
	    directory);
	on_end(end_at_once);
	while (!find_owner(directory, st))
		poll(NULL, 0, SPOOL_LOOK_MS);
	on_end(SIG_DFL);
	log_message(LEVEL_NOTICE, "spool", "%s is there now", directory);
}

int
owner_become(const char *file, bool wait, struct error *error)
{
	struct error unused = ERROR_INIT;
	struct settings settings;
	struct stat st;
	int rc = 0;

	if (geteuid() != 0 ||
	    settings_load(&settings, settings_path(file), &unused) == -1)
		return 0;
	if (wait)
		wait_for_spool(settings.directory, &st);
	if (find_owner(settings.directory, &st) && st.st_uid != 0)
		rc = identity_become(st.st_uid, st.st_gid, error);
	settings_free(&settings);
	return rc;
}
