#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fuzzes: builds each harness with clang's libFuzzer and sanitizers, and lets it run
# on a copy of its corpus for FUZZ_SECONDS (60). Findings stay in BUILD/findings; one
# that is mended goes into the corpus.
#
#   run.sh BUILD [NAME...]
set -eu

build=$1
shift
sanitize=address,undefined
if ! command -v clang >/dev/null; then
	echo "SKIP fuzz: there is no clang"
	exit 0
fi
names=("$@")
if [ ${#names[@]} -eq 0 ]; then
	for source in tests/fuzz/fuzz_*.c; do
		name=$(basename "$source" .c)
		names+=("${name#fuzz_}")
	done
fi

harnesses=("${names[@]/#/$build/tests/fuzz/fuzz_}")
make --no-print-directory CC=clang BUILD="$build" SANITIZE=fuzzer-no-link,$sanitize \
	"$build/engine.a" "$build/tests/harness.a" "${harnesses[@]/%/.o}"
# shellcheck disable=SC2046 # flags are words
link() {
	clang -fsanitize=fuzzer,$sanitize -o "$build/fuzz_$1" "$build/tests/fuzz/fuzz_$1.o" \
		"$build/tests/harness.a" "$build/engine.a" \
		$(pkg-config --libs yaml-0.1 json-c libpcre2-8) -lcmocka
}

status=0
mkdir -p "$build/findings"
for name in "${names[@]}"; do
	link "$name"
	mkdir -p "$build/corpus/$name"
	if "$build/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 \
		-rss_limit_mb=1024 -artifact_prefix="$build/findings/$name-" \
		"$build/corpus/$name" "tests/fuzz/corpus/$name" >"$build/fuzz_$name.log" 2>&1; then
		echo "ok fuzz_$name: $(tail -n 1 "$build/fuzz_$name.log")"
	else
		echo "not ok fuzz_$name: $build/fuzz_$name.log, $build/findings/$name-*"
		status=1
	fi
done
exit $status
