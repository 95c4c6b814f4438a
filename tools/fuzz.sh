#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh FOLDER SECONDS: runs every fuzz target of a build for that long; the canary must be found.
set -euo pipefail
folder=$1
seconds=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
definitions=${PAWL_CONFORMANCE:-$root/../shared/conformance}/definitions/valid
status=0
for target in $(cd "$root/fuzz" && ls ./*_fuzz.cc | sed "s|^./||; s|\.cc$||" | grep -v canary_fuzz); do
  corpus=$folder/corpus/$target
  mkdir -p "$corpus"
  seeds=("$root/fuzz/seeds/$target")
  if [ "$target" = definition_fuzz ] && [ -d "$definitions" ]; then seeds+=("$definitions"); fi
  echo "== $target, $seconds s"
  "$folder/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$folder/$target-" "$corpus" "${seeds[@]}" 2>&1 | tail -n 12 | grep -E 'stat::number|ERROR|SUMMARY|crash|Done' || true
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then status=1; fi
done
if "$folder/canary_fuzz" -max_total_time=60 -artifact_prefix="$folder/canary-" >/dev/null 2>&1; then
  echo "the canary was not found: this run proves nothing"
  status=1
fi
exit "$status"
