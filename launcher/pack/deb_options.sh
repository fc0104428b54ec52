#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The rows of launcher/options.def, one a line with tabs between, for what is made of
# them outside the program: letter or 0, word or -, what it takes, where it is used,
# argument or -, help. <priority> becomes the words of include/priorities.def. The
# compiler reads the tables, so that comments, joined strings and conditions mean what
# they mean in the program.
#
#   deb_options.sh        $CC is the compiler
set -eu

# A table without its strings' quotes: each row after @@, its columns between @|.
rows() { # table, macro, parameters, columns
	printf '#define %s(%s) @@ %s\n#include "%s"\n' "$2" "$3" "$4" "$1" |
		${CC:-cc} -E -P -x c -I. - | tr '\n' ' ' | awk -v RS='@@' '
			NR > 1 {
				gsub(/" +"/, "")
				gsub(/ *@\| */, "\t")
				gsub(/^ *'\''?|[ '\'']+$/, "")
				gsub(/'\''?\t'\''?/, "\t")
				gsub(/\\"/, "\001")
				gsub(/\t""/, "\t\"-\"")
				gsub(/"/, "")
				gsub(/\001/, "\"")
				print
			}'
}

priorities=$(rows include/priorities.def PRIORITY 's, n, l' n | tr 'A-Z\n' 'a-z|')
rows launcher/options.def OPTION 's, l, w, t, u, a, h' 'l @| w @| t @| u @| a @| h' |
	sed "s/<priority>/<${priorities%|}>/"
