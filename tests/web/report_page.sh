#!/bin/sh
# SPDX-License-Identifier: ISC
# The page of "alertspool report" in headless Chromium: it is accessible, fits every
# screen and paper in both themes, makes no requests, writes nothing to the console,
# runs only its own script, and turns grey when it is old.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"

chromium=$(command -v chromium) || skip_all "chromium is not installed"
export T
conf=$T/i/alertspool.conf
spool=$T/i/spool
browser() { "$python" "$srcdir/tests/web/browser.py" "$1" "$chromium" "$2" ${3:+"$3"} 2>&1; }
report() { "$alertspool" -c "$conf" report -o "$T/$1.html" --title "${2:-Alerts}" || bail "no page"; }
as_spool() { chown -R --reference="$spool" "$spool"/*/; }
incidents() {
	"$python" "$srcdir/tests/cli/incidents.py" "$@" | "$tools/seed" "$spool" - >/dev/null
	as_spool
}

# The rules of accessibility, pinned: this version with this content.
axe_version=4.14.1
axe_sum=29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
axe=
if ! command -v npm >/dev/null; then
	skip "axe-core" "npm is not installed"
elif ! (cd "$T" && npm pack --silent --prefer-offline "axe-core@$axe_version") >"$T/npm" 2>&1; then
	skip "axe-core" "npm cannot fetch it: $(tail -n 1 "$T/npm")"
else
	tar -xzf "$T/axe-core-$axe_version.tgz" -C "$T" package/axe.min.js
	is "$(sha256sum <"$T/package/axe.min.js" | cut -d' ' -f1)" "$axe_sum" \
		"axe-core is the one that was looked at"
	axe=$T/package/axe.min.js
fi

make_installation "$T/i"

# Without alerts, with one, with a site's, with more than are shown.
report none
incidents 1 0
report one
incidents 25 14
mkdir -p "$spool/heard"
touch "$spool/heard/default"
for name in $(find "$spool/done" -type f | head -n 3); do mv "$name" "$spool/dead/"; done
report site "Database alerts"
cat >"$T/hostile.py" <<'EOT'
import json, time
now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
for i, text in enumerate((
        "</script></th><script>window.pwned=1</script><img src=/x.png onerror='window.pwned=2'>",
        "\" onmouseover=\"window.pwned=3\" style=\"position:fixed", "W" * 400,
        "\u202e\u4e16" * 60, "</title><svg onload=window.pwned=4>", "a b " * 200)):
    print("\t".join(("new", "default", "-", "0", json.dumps({
        "id": f"{i:024x}", "groupId": text, "projectName": text, "clusterName": text,
        "hostnameAndPort": text, "eventTypeName": text, "metricName": text, "severity": text,
        "currentValue": {"number": 7, "units": text}, "status": "OPEN", "created": now,
        "updated": now, "acknowledgedUntil": "2199-01-01T00:00:00Z",
        "acknowledgingUsername": text, "acknowledgementComment": text}))))
EOT
"$python" "$T/hostile.py" | "$tools/seed" "$spool" - >/dev/null
as_spool
report hostile '</title><script>window.pwned=5</script>'
incidents 1000 14 7
report many

# The long form looks at every width and page with every rule, the short one at some.
all() { [ -n "${LONG:-}" ]; }
for page in none one site hostile; do
	is "$(WIDTHS=$(length 360,1280 320,360,768,1280,1920) browser look "$T/$page.html" "$axe")" "" \
		"nothing is wrong with the page: $page"
done
if all; then
	is "$(WIDTHS=360,768,1280 browser look "$T/many.html" "$axe")" "" "nor with 1000 open alerts"
else
	is "$(WIDTHS=360 browser look "$T/many.html")" "" "nor with 1000 open alerts"
fi
is "$(browser old "$T/site.html")" "" "it turns grey when it is older than five minutes, with a notice"
is "$(browser policy "$T/site.html")" "" "whatever is added to it is refused"
mv "$spool" "$T/away"
"$alertspool" -c "$conf" report -o "$T/failure.html" 2>/dev/null
is "$(WIDTHS=360,1280 browser look "$T/failure.html" "$axe")" "" \
	"nothing is wrong with the page without a spool"
is "$(browser old "$T/failure.html")" "" "which turns grey, too"
done_testing
