/* SPDX-License-Identifier: ISC */
/*
 * Settings were loaded; this looks at who else may change or read what they
 * consist of. Secrets are loaded by the responder's own code, source by source,
 * by the user whom it runs as: what fails there fails here, in the same words.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/check/check.h"
#include "lib/auth/auth.h"

#define CREDENTIALS "%d/"

/* Root read them; can the user whom it became? With the responder's own code:
 * the directories on the way and the severity_file count, too. */
static bool
check_again(struct check *c, const struct settings *s)
{
	struct settings again = {.file = NULL};
	struct error why = ERROR_INIT;
	struct finding f = {
	    .level = FINDING_ERROR,
	    .check = "settings",
	    .where = s->file,
	    .why = "the responder runs as that user, and does not start",
	};
	bool good = settings_load(&again, s->file, &why) == 0;

	if (good) {
		settings_free(&again);
		return true;
	}
	if (findings_no_memory(&c->findings, &why))
		return false;
	finding_what(&f, "the owner of the spool may not read it: %s",
	    why.text);
	finding_fix(&f,
	    "chgrp that file to a group of uid %lu, and chmod 0640; \"namei -l "
	    "%s\" shows which directory is in the way",
	    (unsigned long)geteuid(), s->file);
	findings_add(&c->findings, &f);
	return false;
}

static void
check_file(struct check *c, const struct settings *s)
{
	struct stat st;
	struct finding f = {
	    .level = FINDING_ERROR,
	    .check = "settings",
	    .where = s->file,
	    .why = "who may write it chooses the secrets and the spool",
	};

	if (!check_again(c, s))
		return;
	if (stat(s->file, &st) == -1) {
		finding_what(&f, "cannot be looked at any more");
		finding_fix(&f, "look who changes it");
	} else if ((st.st_mode & S_IWOTH) != 0) {
		finding_what(&f, "others may write it (mode %04o)",
		    (unsigned int)st.st_mode & 07777);
		finding_fix(&f, "chmod o-w %s", s->file);
	} else if (st.st_uid != 0 && st.st_uid != geteuid()) {
		f.level = FINDING_WARNING;
		finding_what(&f,
		    "belongs to uid %lu, who is neither root nor the owner of "
		    "the spool",
		    (unsigned long)st.st_uid);
		finding_fix(&f, "chown root %s", s->file);
	} else {
		findings_ok(&c->findings, "settings", s->file,
		    "%zu source%s, %d workers", s->nsources,
		    s->nsources == 1 ? "" : "s", s->workers);
		return;
	}
	findings_add(&c->findings, &f);
}

/* Are there credentials that only systemd's service has? */
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

static void
mend_secret(struct finding *f, const struct error *why)
{
	if (why->kind == ERROR_DENIED)
		finding_fix(f,
		    "let the owner of the spool read it: chgrp its "
		    "group, chmod 0640");
	else if (strstr(why->text, "chmod") != NULL)
		finding_fix(f,
		    "do that, and make a new secret: this one may "
		    "be known");
	else
		finding_fix(f,
		    "put a regular file with the secret there, as "
		    "\"alertspool init\" does");
}

/* Of a source whose secrets are as the responder wants them. */
static void
judge_source(struct check *c, const struct settings_source *source,
    const struct auth *auth)
{
	size_t shortest = auth_shortest_secret(auth, source);
	struct finding f = {
	    .level = FINDING_WARNING,
	    .check = "secret",
	    .where = source->name,
	};

	if (source->unauthenticated) {
		f.why = "anybody who finds the URL can page you";
		finding_what(&f, "takes deliveries from anybody");
		finding_fix(&f,
		    "name a secret_file instead of "
		    "\"authentication = none\"");
	} else if (shortest > 0 && shortest < AUTH_SECRET_WEAK) {
		f.why = "a short secret can be found by trying";
		finding_what(&f, "has a secret of fewer than %d bytes",
		    AUTH_SECRET_WEAK);
		finding_fix(&f,
		    "make a longer one (openssl rand -base64 32), "
		    "and give it to Atlas, too");
	} else {
		findings_ok(&c->findings, "secret", source->name,
		    "%zu secret%s, %zu token%s", source->secrets.n,
		    source->secrets.n == 1 ? "" : "s", source->tokens.n,
		    source->tokens.n == 1 ? "" : "s");
		return;
	}
	findings_add(&c->findings, &f);
}

static void
check_source(struct check *c, const struct settings_source *source)
{
	struct error why = ERROR_INIT;
	struct auth *auth = NULL;
	struct finding f = {
	    .level = FINDING_ERROR,
	    .check = "secret",
	    .where = source->name,
	    .why = "the responder does not start, and nothing is received",
	};

	if (is_elsewhere(source)) {
		f.level = FINDING_WARNING;
		f.why = "nobody looked whether they are there and closed to "
			"others";
		finding_what(&f,
		    "its files are systemd credentials (%%d), which "
		    "only the service has");
		finding_fix(&f, "look with \"systemctl status\" that it runs");
		findings_add(&c->findings, &f);
	} else if (auth_load(&auth, &c->cli->settings, source, NULL, &why) ==
	    -1) {
		finding_what(&f, "%s", why.text);
		mend_secret(&f, &why);
		if (!findings_no_memory(&c->findings, &why))
			findings_add(&c->findings, &f);
	} else {
		judge_source(c, source, auth);
	}
	auth_free(auth);
}

void
check_settings(struct check *c)
{
	const struct settings *s = &c->cli->settings;

	check_file(c, s);
	for (size_t i = 0; i < s->nsources; i++)
		check_source(c, &s->sources[i]);
}
