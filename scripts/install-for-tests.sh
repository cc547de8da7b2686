#!/bin/sh
# What the tests meet for real, from the packages of Debian and Ubuntu: Chromium for the report,
# Prometheus for queries, Alertmanager for alerts.
set -eu
missing=""
found=""
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then found="$name"; fi
done
[ -n "$found" ] || missing="chromium"
if ! command -v prometheus >/dev/null 2>&1 || ! command -v promtool >/dev/null 2>&1; then missing="$missing prometheus"; fi
if ! command -v prometheus-alertmanager >/dev/null 2>&1; then missing="$missing prometheus-alertmanager"; fi
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "install these, then run the same command again: $missing" >&2
    exit 1
fi
run=""
[ "$(id -u)" -eq 0 ] || run="sudo"
# The package would start a server of its own; the tests start theirs.
policy=/usr/sbin/policy-rc.d
made=""
if [ ! -e "$policy" ]; then
    made="yes"
    printf '#!/bin/sh\nexit 101\n' | $run tee "$policy" >/dev/null
    $run chmod +x "$policy"
fi
$run apt-get update -qq
status=0
# shellcheck disable=SC2086
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null || status=$?
[ -z "$made" ] || $run rm -f "$policy"
exit "$status"
