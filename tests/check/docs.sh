#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the READMEs say that a machine can check: the files and folders that they
# name exist, every folder has one, folder READMEs stay short, a help text that is
# quoted between <!-- help --> lines is the program's own, and the table between
# <!-- behaviours --> lines is the one that the samples make.
#
#   docs.sh BUILD
set -u

suite=docs
build=$1
. tests/harness/report.sh

for folder in . tracer launcher engine rules include samples tests; do
	if [ -s "$folder/README.md" ]; then
		pass "$folder/ has a README"
	else
		fail "$folder/ has a README" "it is missing"
	fi
done

# Every `name` in backticks that looks like a file or a folder, and every link.
named() { # README
	grep -oE '`[^` ]+`|\]\([^)#:]+\)' "$1" | sed -E 's/^`//; s/`$//; s/^\]\(//; s/\)$//' |
		grep -E '^[A-Za-z0-9_./*-]+(\.\[ch\])?(\.(c|h|def|sh|py|yaml|md|txt|test|alerts)|/|\.\[ch\])$|^GNUmakefile$|^LICENSE$' |
		grep -vE '^(/|\./|\.\./|~|build/)|NAME|MODULE' | sort -u
}

missing_in() { # README
	local folder name part
	folder=$(dirname "$1")
	named "$1" | while read -r name; do
		case $name in
		*.'[ch]') set -- "${name%.*}.c" "${name%.*}.h" ;;
		*) set -- "$name" ;;
		esac
		for part in "$@"; do
			if ! compgen -G "$part" >/dev/null && ! compgen -G "$folder/$part" >/dev/null; then
				echo "$name"
			fi
		done
	done | tr '\n' ' '
}

while read -r readme; do
	verdict "what $readme names exists" "$(missing_in "$readme")"
	# A table that a test makes is not what anybody reads from top to bottom.
	lines=$(sed '/^<!-- behaviours -->$/,/^<!-- \/behaviours -->$/d' "$readme" | wc -l)
	case $readme in
	README.md) limit=150 ;;
	*) limit=60 ;;
	esac
	if [ "$lines" -le $limit ]; then
		pass "$readme is at most $limit lines long"
	else
		fail "$readme is at most $limit lines long" "it has $lines"
	fi
done < <(find . -name README.md -not -path './build*' -not -path './.*/*' | sed 's|^\./||' | sort)

quoted=$(grep -lE '^<!-- help -->$' README.md ./*/README.md 2>/dev/null | head -n 1)
if [ -n "$quoted" ]; then
	verdict "the help quoted in $quoted is the program's" \
		"$(diff <(sed -n '/^<!-- help -->$/,/^<!-- \/help -->$/p' "$quoted" | sed -n '/^```/,/^```/p' | sed '/^```/d') \
			<("$build/falco-run" --help))"
fi
verdict "the table of behaviours in README.md is what the samples make" \
	"$(diff <(sed -n '/^<!-- behaviours -->$/,/^<!-- \/behaviours -->$/p' README.md | sed '1d;$d') \
		<(python3 tests/live/samples.py table) | head -n 4)"
exit 0
