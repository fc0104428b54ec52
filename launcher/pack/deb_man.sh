#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The manual page, on standard output: deb_falco-run.1 with its options, which are the
# rows of the option table as deb_options.sh writes them to standard input.
#
#   deb_man.sh VERSION EPOCH PREFIX
set -eu

version=$1 date=$(date -u -d "@$2" +%Y-%m-%d) prefix=$3
awk -F '\t' -v version="$version" -v date="$date" -v prefix="$prefix" '
	function plain(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); return text }
	# <a|b> and [=a] are words to write, <a> stands for one.
	function argument(text,   out) {
		text = plain(text)
		if (text ~ /\|/) {
			gsub(/[<>]/, "", text); gsub(/\|/, "\\fR|\\fB", text)
			return "\\fB" text "\\fR"
		}
		if (text !~ /</) { sub(/=/, "=\\fB", text); sub(/\]$/, "\\fR]", text); return text }
		gsub(/</, "\\fI", text); gsub(/>/, "\\fR", text)
		return text
	}
	FNR == NR {
		names = ($1 != "0" ? "\\fB\\-" $1 "\\fR" : "")
		if ($2 != "-") names = names (names != "" ? ", " : "") "\\fB\\-\\-" plain($2) "\\fR"
		if ($5 != "-") names = names ($3 == "MAYBE" ? "" : " ") argument($5)
		help = plain($6); sub(/^[.'\'']/, "\\\\\\&", help)
		options[$4] = options[$4] ".TP\n" names "\n" help "\n"
		next
	}
	/^@[A-Z]+@$/ { use = $0; gsub(/@/, "", use); printf "%s", options[use]; next }
	!/^\.\\" / { gsub(/@VERSION@/, plain(version)); gsub(/@DATE@/, date); gsub(/@PREFIX@/, prefix) }
	{ print }' - "$(dirname "$0")/deb_falco-run.1"
