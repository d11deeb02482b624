#!/bin/sh
# SPDX-License-Identifier: ISC
# Static analysis of the programs: cppcheck, clang-tidy, gcc -fanalyzer; cppcheck
# of the tests and the benchmarks, too. With LONG set, clang's analyzer follows each
# function over 225 000 states, its default, otherwise over 50 000: that takes a fifth of
# the time.

srcdir=${srcdir:-$(dirname "$0")/../..}
. "$srcdir/tests/lib.sh"
cd "$srcdir" || bail "no source tree"

sources=$(find src -name '*.c' | sort)
others=$(find tests bench -name '*.c' | sort)
modules='fcgi libgcrypt jansson inih libcurl libnats'
flags="-DHAS_NETWORK=true -I$srcdir/src -I$builddir -std=gnu11 -D_GNU_SOURCE"
# shellcheck disable=SC2086 # a list
flags="$flags $(pkg-config --cflags $modules 2>/dev/null)"

ccache=$(command -v ccache)
export T ccache

# each COMMAND…: run it on every source, two at a time; fails if any run does
each() {
	# shellcheck disable=SC2086
	printf '%s\n' $sources | xargs -P 2 -n 4 "$@"
}

# Release 2.17 does not know that assert_non_null() and assert_int_equal() of cmocka
# do not return after a null pointer, and reports, as if it were an error, that a
# function has more branches than it looks at.
if command -v cppcheck >/dev/null; then
	# shellcheck disable=SC2086
	ok "cppcheck" cppcheck -q --std=c11 --library=bsd --error-exitcode=1 \
		--inline-suppr --enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
		--suppress='nullPointerOutOfMemory:tests/*' \
		--suppress='deallocuse:tests/unit/*' \
		--suppress='unknownMacro:tests/unit/*' -Isrc -Itests/unit -I"$builddir" \
		-DHAS_NETWORK=true -DHAVE_CURL -DHAVE_NATS -DHAVE_SYS_PRCTL_H -DHAVE_LINUX_LANDLOCK_H $sources \
		$others
else
	skip "cppcheck" "not installed"
fi

# Off are rules of taste, and those whose premise does not hold here: the
# programs have one thread, and shutdown(2) is safe in a signal handler.
checks='-*,clang-analyzer-*,bugprone-*,cert-*,misc-*'
for off in bugprone-assignment-in-if-condition bugprone-branch-clone \
	bugprone-easily-swappable-parameters \
	bugprone-implicit-widening-of-multiplication-result \
	bugprone-narrowing-conversions \
	bugprone-reserved-identifier bugprone-signal-handler cert-dcl37-c \
	cert-dcl51-cpp cert-err33-c cert-sig30-c misc-no-recursion \
	misc-unused-parameters clang-analyzer-valist.Uninitialized \
	clang-analyzer-optin.performance.Padding misc-include-cleaner \
	clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling; do
	checks="$checks,-$off"
done

# clang-tidy as a compiler, so that a compiler cache knows the sources in which nothing was
# found: they, their headers, this script and clang-tidy are the same then. -C keeps
# comments: some are for clang-tidy.
cat >"$T/tidy" <<EOT
#!/bin/sh
# $(clang-tidy --version 2>/dev/null | tr '\n' ' ')
case " \$* " in *' -E '*) exec clang -C "\$@" ;; esac
for word; do
	[ "\${before:-}" != -o ] || object=\$word
	before=\$word
done
clang-tidy -quiet -warnings-as-errors='*' -checks='$checks' "\$word" -- "\$@" \\
	-Xclang -analyzer-config -Xclang max-nodes=$(length 50000 225000) 2>/dev/null &&
	echo nothing >"\$object"
EOT
chmod 755 "$T/tidy"

tidy() {
	# shellcheck disable=SC2016,SC2086 # the inner shell expands
	each env CCACHE_COMPILERCHECK=content CCACHE_COMPILERTYPE=clang sh -c 'flags=$1; shift
		for file; do
			$ccache "$T/tidy" $flags -c -o "$T/$$.o" "$file" || exit 255
		done' - "$flags"
}

if command -v clang-tidy >/dev/null; then
	ok "clang-tidy" tidy
else
	skip "clang-tidy" "not installed"
fi

# It looks at a function before most of the optimizations, so none is asked for.
# Its leaks are false: in release 12 it loses what is kept in an array, and 14 takes
# dup2() onto descriptor 0 for a new descriptor that is lost. The sanitizers' run of
# the tests and tests/leaks.sh look for real ones.
analyzer() {
	# shellcheck disable=SC2016,SC2086
	each sh -c 'flags=$1; shift
		for file; do
			$ccache gcc $flags -O0 -Wall -Werror -fanalyzer \
				-Wno-analyzer-malloc-leak \
				-Wno-analyzer-fd-leak -S -o "$T/$$.s" \
				"$file" || exit 255
		done' - "$flags"
}

if gcc --version 2>/dev/null | grep -q 'gcc'; then
	ok "gcc -fanalyzer" analyzer
else
	skip "gcc -fanalyzer" "not installed"
fi

done_testing
