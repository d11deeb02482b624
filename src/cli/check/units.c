/* SPDX-License-Identifier: ISC */
/*
 * units: may systemd's units write into the spool? The shipped units make the whole file
 * system read-only except for the default spool, so a spool elsewhere needs
 * ReadWritePaths=. Read from the unit files, because systemd itself answers only root.
 * Only enabled units are checked.
 */
#include "config.h"
#include "installed.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/check/check.h"
#include "lib/base/buf.h"
#include "lib/base/error.h"
#include "lib/base/file.h"

#define UNIT_SIZE_MAX ((size_t)64 * 1024)
#define PATH_SIZE 512
#define BLANKS " \t"

/* systemd's directories, in its order. */
static const char *const places[] = {"/etc/systemd/system",
    "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system"};

#define PLACES (sizeof(places) / sizeof(*places))

static const struct unit {
	const char *name;
	const char *enabled; /* exists if the unit is enabled */
	const char *drop_ins[2];
	const char *why;
} units[] = {
    {"alertspool.service",
	"/etc/systemd/system/sockets.target.wants/alertspool.socket",
	{"alertspool.service.d", NULL},
	"the service cannot store anything: every delivery gets 503"},
    {"alertspool-clean.service",
	"/etc/systemd/system/timers.target.wants/alertspool-clean.timer",
	{"alertspool-.service.d", "alertspool-clean.service.d"},
	"nothing is ever deleted, until the disk is full"},
    {"alertspool-atlas-reconcile.service",
	"/etc/systemd/system/timers.target.wants/"
	"alertspool-atlas-reconcile.timer",
	{"alertspool-.service.d", "alertspool-atlas-reconcile.service.d"},
	"nobody notices undelivered alerts"},
};

/* The rules of the unit and its drop-ins. */
struct rules {
	const char *spool; /* its real path */
	bool read_only;	   /* ProtectSystem=strict */
	bool writable;	   /* the spool is below one of ReadWritePaths= */
};

/* Is the spool this directory, or below it? A path may have "-" or "+" in front. */
static bool
holds(const char *path, const char *spool)
{
	size_t n;

	path += strspn(path, "-+:");
	n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	return n > 0 && strncmp(path, spool, n) == 0 &&
	    (spool[n] == '/' || spool[n] == '\0' || n == 1);
}

static void
take_line(struct rules *rules, char *line)
{
	static const char paths[] = "ReadWritePaths=";
	char *word, *rest;

	if (strcmp(line, "ProtectSystem=strict") == 0)
		rules->read_only = true;
	if (strncmp(line, paths, strlen(paths)) != 0)
		return;
	for (word = strtok_r(line + strlen(paths), BLANKS, &rest); word != NULL;
	    word = strtok_r(NULL, BLANKS, &rest))
		if (holds(word, rules->spool))
			rules->writable = true;
}

/* False if there is no such file, or it cannot be read. */
static bool
read_rules(struct check *c, int at, const char *path, struct rules *rules)
{
	struct error why = ERROR_INIT;
	struct buf text = BUF_INIT;
	char *line, *rest;
	bool found = false;

	if (file_read(at, path, UNIT_SIZE_MAX, &text, NULL, &why) == 0 &&
	    text.len > 0) {
		found = true;
		for (line = strtok_r(text.data, "\n", &rest); line != NULL;
		    line = strtok_r(NULL, "\n", &rest))
			take_line(rules, line);
	}
	(void)findings_no_memory(&c->findings, &why);
	error_clear(&why);
	buf_free(&text);
	return found;
}

static bool
is_conf(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && strcmp(dot, ".conf") == 0;
}

static void
read_drop_ins(struct check *c, const char *path, struct rules *rules)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (is_conf(entry->d_name))
			(void)read_rules(c, dirfd(dir), entry->d_name, rules);
	closedir(dir);
}

static void
check_unit(struct check *c, const struct unit *unit, struct rules *rules)
{
	char path[PATH_SIZE];
	bool found = false;

	for (size_t i = 0; i < PLACES; i++) {
		snprintf(path, sizeof(path), "%s/%s", places[i], unit->name);
		found = found || read_rules(c, AT_FDCWD, path, rules);
		for (size_t k = 0; k < 2 && unit->drop_ins[k] != NULL; k++) {
			snprintf(path, sizeof(path), "%s/%s", places[i],
			    unit->drop_ins[k]);
			read_drop_ins(c, path, rules);
		}
	}
	if (found && rules->read_only && !rules->writable)
		findings_add(&c->findings, FINDING_ERROR, "units", unit->name,
		    unit->why,
		    "copy the drop-in " PKGDATADIR "/systemd/spool.conf as its "
		    "first lines say",
		    "may not write into %s: no ReadWritePaths= names it",
		    rules->spool);
	else if (found)
		findings_ok(&c->findings, "units", unit->name,
		    "may write into the spool");
}

void
check_units(struct check *c)
{
	char *spool = realpath(c->cli->settings.directory, NULL);

	if (spool == NULL)
		return; /* reported by check_spool() */
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct rules rules = {.spool = spool};

		if (faccessat(AT_FDCWD, units[i].enabled, F_OK,
			AT_SYMLINK_NOFOLLOW) == 0)
			check_unit(c, &units[i], &rules);
	}
	free(spool);
}
