#!/usr/bin/env bash
# install.sh installs the Debian packages that the tests need and this machine lacks. It asks apt only when
# something is missing, and says what to do by hand where it can't.
set -eu

missing=()
need() { # need PACKAGE… -- TEST…: the packages are needed unless the test passes
	local packages=()
	while [ "$1" != -- ]; do packages+=("$1"); shift; done
	shift
	"$@" >/dev/null 2>&1 || missing+=("${packages[@]}")
}
program() { command -v "$1"; }
server() { compgen -G '/usr/lib/postgresql/*/bin/postgres' || command -v postgres; }
compiler() { echo 'int main(void) { return 0; }' | cc -x c -o /dev/null -; }
chinese() { compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' || fc-list :lang=zh | grep -q .; }

need gcc libc6-dev -- compiler         # the race detector is C
need postgresql -- server              # the tests start servers of their own; none of the system's is used
need hledger -- program hledger        # reads the exported journal: an accountant's second opinion
need curl -- program curl              # what a newcomer types is typed
need chromium -- program chromium      # opens the pages that the server gives
need fonts-noto-cjk -- chinese         # without it Chinese text is boxes on every screenshot
need ca-certificates -- test -e /etc/ssl/certs/ca-certificates.crt

if [ ${#missing[@]} -eq 0 ]; then
	echo "all there: a C compiler, PostgreSQL, hledger, curl, chromium, Chinese fonts"
	exit 0
fi
echo "missing: ${missing[*]}"

by_hand() {
	echo "$1: install these with your own package manager and run make test again: ${missing[*]}" >&2
	exit 1
}
command -v apt-get >/dev/null || by_hand "this is no Debian"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || by_hand "neither root nor sudo"
	as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || by_hand "apt-get update failed"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" || by_hand "apt-get install failed"
