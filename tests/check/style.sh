#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The house style, as far as a machine can tell. Hard limits fail; the figures that
# are only aimed at are printed. It reads text, so it relies on the layout that the
# style asks for: a function's braces stand in column 0.
#
#   style.sh BUILD
set -u

suite=style
build=$1
. tests/harness/report.sh

mapfile -t ours < <(find include tracer engine launcher samples tests -type f -name '*.[ch]' | sort)
mapfile -t tables < <(find include tracer engine launcher -type f -name '*.def' | sort)
mapfile -t rooms < <(find include tracer engine launcher -type f -name '*.[ch]' | sort)
mapfile -t scripts < <(find .ci launcher tests samples -type f \( -name '*.sh' -o -path '.ci/*' \) | sort)

# --- The head of a file ---
# One process for all files: there are many, and processes are dear on some machines.
verdict "every file begins with its licence" \
	"$(awk 'FNR == 1 && index($0, "/* SPDX-License-Identifier: Apache-2.0 */") != 1 { print FILENAME }' \
		"${ours[@]}" "${tables[@]}"
	grep -LxF '# SPDX-License-Identifier: Apache-2.0' "${scripts[@]}" GNUmakefile rules/*.yaml)"
verdict "every file says what it answers for" \
	"$(awk 'FNR == 2 && !/^\/\*/ { print FILENAME }' "${ours[@]}" "${tables[@]}")"
verdict "every header has #pragma once" \
	"$(printf '%s\n' "${ours[@]}" | grep '\.h$' | xargs grep -L '^#pragma once$')"

# --- Sizes ---
verdict "no file is longer than 900 lines" \
	"$(wc -l "${ours[@]}" "${scripts[@]}" | awk '$1 > 900 && $2 != "total" { print $2 " has " $1 }')"

# "length file:line" of every function; a function is longer than its limit when the
# lines from brace to brace are.
functions() {
	awk '
		FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }
	' "$@"
}
verdict "no function is longer than 80 lines" \
	"$(functions "${ours[@]}" | awk '$1 > 80 { print $2 " has " $1 }')"
verdict "lines are at most 100 columns wide" \
	"$(awk '
		length($0) > 12 {
			n = split($0, parts, "\t"); wide = 0
			for (i = 1; i < n; i++) {
				wide += length(parts[i])
				wide += 8 - wide % 8
			}
			wide += length(parts[n])
			if (wide > 100) print FILENAME ":" FNR " has " wide
		}' "${ours[@]}")"

# --- What is not written here ---
# The C text with comments and literals taken out, as file:line:text.
code() {
	awk '
		FNR == 1 { inside = 0 }
		{
			line = $0
			gsub(/\\\\/, "", line); gsub(/\\"/, "", line); gsub(/'"'"'"'"'"'/, "", line)
			out = ""
			while (line != "") {
				if (inside) {
					end = index(line, "*/")
					if (!end) { line = ""; break }
					line = substr(line, end + 2); inside = 0
				} else if (match(line, /"[^"]*"|\/\*/)) {
					piece = substr(line, RSTART, RLENGTH)
					out = out substr(line, 1, RSTART - 1) (piece == "/*" ? "" : "\"\"")
					line = substr(line, RSTART + RLENGTH)
					if (piece == "/*") inside = 1
				} else { out = out line; line = "" }
			}
			print FILENAME ":" FNR ":" out
		}
	' "$@"
}
stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
code "${ours[@]}" >"$stripped"
verdict "no goto" "$(grep -E ':[^:]*\bgoto\b' "$stripped" | head -n 5)"
verdict "no // comments" "$(grep -E '//' "$stripped" | head -n 5)"
verdict "no banned function" \
	"$(grep -E '\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets)[[:space:]]*\(' "$stripped" | head -n 5)"
verdict "no space before a tab, none at the end of a line" \
	"$(grep -nE $' \t|[ \t]$' "${ours[@]}" "${scripts[@]}" | head -n 5)"
verdict "only launcher/ prints" \
	"$(grep -E '^(tracer|engine)/' "$stripped" | grep -E '\b(printf|puts|perror|putchar|vprintf)[[:space:]]*\(|\b(stderr|stdout)\b' | head -n 5)"
verdict "assert is not given a call with a side effect" \
	"$(grep -E '\bassert\([^)]*(=[^=]|\+\+|--)' "$stripped" | grep -vE '[=!<>]=' | grep -v '^tests' | head -n 5)"

# --- Contracts ---
# In a header, a paragraph of column-0 declarations that has a prototype has a
# comment too.
undocumented() {
	awk '
		function flush() {
			if (proto != "" && !comment)
				print FILENAME ":" proto
			proto = ""; comment = 0; body = 0
		}
		FNR == 1 { proto = ""; comment = 0 }
		/^$/ { if (!body) flush(); next }
		/^\/\*/ { comment = 1 }
		/^(static inline |bool |int |void |const |enum |struct |size_t |uint|int64|char |pid_t |double |__attribute__)[^=]*\(/ {
			if (proto == "") proto = FNR
		}
		/^\{/ { body = 1 }
		/^\}/ { if (body) { body = 0; flush() } }
	' "$1"
}
for header in include/*.h tracer/tracer.h engine/engine.h; do
	complaint=$(undocumented "$header" | head -n 3)
	verdict "every prototype of $header is documented" "$complaint"
done

# --- State ---
# Objects that can be written: .data and .bss, but not .data.rel.ro, which is const.
if [ -n "${SANITIZE-}" ]; then
	skip "no mutable globals outside launcher/main.c" "the sanitizer adds its own"
else
	verdict "no mutable globals outside launcher/main.c" \
		"$(exec 2>&1
		for archive in tracer engine launcher; do
			objdump -t "$build/$archive.a" | awk -v room="$archive" '
				/file format/ { object = room "/" $1; sub(/:$/, "", object) }
				$0 ~ / O \.(data|bss|tdata|tbss)/ && $0 !~ / O \.data\.rel\.ro/ && object != "launcher/main.o" { print object ": " $NF }
				$0 ~ / O \*COM\*/ { print object ": " $NF }'
		done)"
fi

# --- Scripts ---
if command -v shellcheck >/dev/null 2>&1; then
	verdict "shellcheck has nothing to say" \
		"$(shellcheck -x -S warning "${scripts[@]}" 2>&1 | grep -E '^In |SC[0-9]+ \(' | head -n 6)"
else
	skip "shellcheck has nothing to say" "shellcheck is not installed"
fi

# --- What is aimed at ---
functions "${rooms[@]}" | sort -n | awk '
	{ n[NR] = $1 }
	END { if (NR) printf "     functions: %d, median %d lines, 95 %% up to %d, longest %d\n", NR, n[int((NR + 1) / 2)], n[int(NR * 0.95) + (NR < 20)], n[NR] }'
printf '     lines: %d of source, %d of tests\n' \
	"$(cat "${rooms[@]}" "${tables[@]}" | wc -l)" \
	"$(find tests -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.test' -o -name '*.py' \) -exec cat {} + | wc -l)"
exit 0
