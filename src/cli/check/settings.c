/* SPDX-License-Identifier: ISC */
/*
 * settings: the settings are loaded already; this checks who else may change or read
 * their files. Secrets are loaded by the responder's own code, source by source, as the
 * responder's user: what fails there fails here, with the same words.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/check/check.h"
#include "lib/auth/auth.h"

#define CREDENTIALS "%d/"
/* The directory of the service's credentials, while it runs. */
#define SERVICE_CREDENTIALS "/run/credentials/alertspool.service"

/* Root has read them; can the responder's user? With the responder's own code, because
 * directories on the way and the severity_file count, too. */
static bool
check_again(struct check *c, const struct settings *s)
{
	struct settings again = {.file = NULL};
	struct error why = ERROR_INIT;
	char fix[FINDING_TEXT];

	if (settings_load(&again, s->file, &why) == 0) {
		settings_free(&again);
		return true;
	}
	if (findings_no_memory(&c->findings, &why))
		return false;
	snprintf(fix, sizeof(fix),
	    "chgrp that file to a group of uid %lu, and chmod 0640; \"namei -l "
	    "%s\" shows which directory is in the way",
	    (unsigned long)geteuid(), s->file);
	findings_add(&c->findings, FINDING_ERROR, "settings", s->file,
	    "the responder runs as that user, and does not start", fix,
	    "the owner of the spool may not read it: %s", why.text);
	return false;
}

static void
check_file(struct check *c, const struct settings *s)
{
	static const char why[] =
	    "a user who can write it chooses the secrets and the spool";
	char fix[FINDING_TEXT];
	struct stat st;

	if (!check_again(c, s))
		return;
	if (stat(s->file, &st) == -1) {
		findings_add(&c->findings, FINDING_ERROR, "settings", s->file,
		    why, "find out who changes it", "cannot be read any more");
	} else if ((st.st_mode & S_IWOTH) != 0) {
		snprintf(fix, sizeof(fix), "chmod o-w %s", s->file);
		findings_add(&c->findings, FINDING_ERROR, "settings", s->file,
		    why, fix, "others may write it (mode %04o)",
		    (unsigned int)st.st_mode & 07777);
	} else if (st.st_uid != 0 && st.st_uid != geteuid()) {
		snprintf(fix, sizeof(fix), "chown root %s", s->file);
		findings_add(&c->findings, FINDING_WARNING, "settings", s->file,
		    why, fix,
		    "belongs to uid %lu, who is neither root nor the owner of "
		    "the spool",
		    (unsigned long)st.st_uid);
	} else if (s->relative) {
		findings_add(&c->findings, FINDING_WARNING, "settings", s->file,
		    "a spool beside the settings may not be the intended one",
		    "write the absolute path there",
		    "directory is not an absolute path, and means %s",
		    s->directory);
	} else {
		findings_ok(&c->findings, "settings", s->file,
		    "%zu source%s, %d workers", s->nsources,
		    s->nsources == 1 ? "" : "s", s->workers);
	}
}

/* Does it use credentials that only systemd's service has? */
static bool
has_credentials(const struct settings_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		if (strncmp(paths->path[i], CREDENTIALS, strlen(CREDENTIALS)) ==
		    0)
			return true;
	return false;
}

static bool
is_elsewhere(const struct settings_source *source)
{
	return getenv("CREDENTIALS_DIRECTORY") == NULL &&
	    (has_credentials(&source->secrets) ||
		has_credentials(&source->tokens));
}

static const char *
fix_secret(const struct error *why)
{
	if (strstr(why->text, "names this file already") != NULL)
		return "remove one of the two lines";
	if (why->kind == ERROR_DENIED)
		return "let the owner of the spool read it: chgrp its group, "
		       "chmod 0640";
	if (strstr(why->text, "chmod") != NULL)
		return "do that, and make a new secret: this one may be known";
	return "put a regular file with the secret there, as \"alertspool "
	       "init\" does";
}

/* A source with usable files and without oddities. */
static void
judge_source(struct check *c, const struct settings_source *source)
{
	if (source->unauthenticated)
		findings_add(&c->findings, FINDING_WARNING, "secret",
		    source->name, "anybody who finds the URL can page you",
		    "name a secret_file instead of \"authentication = none\"",
		    "takes deliveries from anybody");
	else
		findings_ok(&c->findings, "secret", source->name,
		    "%zu secret%s, %zu token%s", source->secrets.n,
		    source->secrets.n == 1 ? "" : "s", source->tokens.n,
		    source->tokens.n == 1 ? "" : "s");
}

/* The target of warnings about a file. */
struct odd_files {
	struct check *check;
	const struct settings_source *source;
	size_t n; /* warnings so far */
};

static void
warn_file(void *context, enum auth_warning warning, const char *phrase)
{
	struct odd_files *odd = context;
	bool is_short = warning == AUTH_WARN_SHORT;

	findings_add(&odd->check->findings, FINDING_WARNING, "secret",
	    odd->source->name,
	    is_short ? "a short secret can be found by trying"
		     : "an editor or a shell may have left that there",
	    is_short ? "make a longer one (openssl rand -base64 32), and give "
		       "it to Atlas, too"
		     : "look with \"od -c\", and write the file again without "
		       "it, or make sure that Atlas has these bytes, too",
	    "%s", phrase);
	odd->n++;
}

static void
check_source(struct check *c, const struct settings_source *source)
{
	struct odd_files odd = {.check = c, .source = source};
	const struct auth_warner warner = {.warn = warn_file, .context = &odd};
	struct error why = ERROR_INIT;
	struct auth *auth = NULL;

	if (is_elsewhere(source)) {
		findings_add(&c->findings, FINDING_WARNING, "secret",
		    source->name,
		    "whether they exist and are closed to others was not "
		    "checked",
		    "start it, \"systemctl start alertspool\", and check again "
		    "as root",
		    "its files are systemd credentials (%%d), which only the "
		    "service has");
	} else if (auth_load(&auth, &c->cli->settings, source, &warner, &why) ==
	    0) {
		if (odd.n == 0)
			judge_source(c, source);
	} else if (!findings_no_memory(&c->findings, &why)) {
		findings_add(&c->findings, FINDING_ERROR, "secret",
		    source->name,
		    "the responder does not start, and nothing is received",
		    fix_secret(&why), "%s", why.text);
	}
	auth_free(auth);
}

void
check_settings(struct check *c)
{
	const struct settings *s = &c->cli->settings;

	/* If this fails, they are reported as not checked. */
	if (getenv("CREDENTIALS_DIRECTORY") == NULL &&
	    access(SERVICE_CREDENTIALS, R_OK | X_OK) == 0)
		(void)setenv("CREDENTIALS_DIRECTORY", SERVICE_CREDENTIALS, 1);
	check_file(c, s);
	for (size_t i = 0; i < s->nsources; i++)
		check_source(c, &s->sources[i]);
}
