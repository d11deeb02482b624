#!/bin/sh
# SPDX-License-Identifier: ISC
# alertspool forward needs as much memory for very many records as for a few, and for
# large records no more than one batch needs.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
. "$srcdir/tests/cli/run.sh"
. "$srcdir/tests/forward/nats.sh"

! grep -qa __asan_init "$responder" || skip_all "ASan has memory of its own"
one_receiver
start_stream

# measure NAME KIB: all goes, in so many KiB at most
cat >"$T/measure" <<'EOT'
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
EOT
measure() {
	there=$(($(spool_count "$spool" new/) + $(spool_count "$spool" done/)))
	"$python" "$T/measure" "$alertspool" -c "$conf" forward "$url" >"$T/out" 2>"$T/err"
	read -r code kib <"$T/out"
	is "$code $(spool_count "$spool" done/)" "0 $there" "$1 are forwarded"
	ok "in bounded memory ($kib KiB)" [ "$kib" -lt "$2" ]
}

many=$(length 10000 100000)
"$tools/seed" "$spool" "$many" $((many / 2)) || bail "seed"
measure "$many records" 49152

# a hundred of nearly 1 MiB, which is what a server takes at most
"$python" - "$spool/new" <<'EOT' || bail "large records"
import json, os, sys
head = {"record_version": 1, "source": "default", "delivery": {"signature": "x"},
        "alert": {"transition": "open", "project": {"name": "large"}}, "raw": "x" * 1000000}
for i in range(100):
    name = "20261201T000000Z.large%d.open.%032x" % (i, i)
    with open(os.path.join(sys.argv[1], name), "w") as file:
        file.write(json.dumps(dict(head, id=name), separators=(",", ":")) + "\n")
EOT
measure "100 records of 1 MB" 65536

done_testing
