# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
#
# How every check in shell reports: one line per test, in three forms that
# tests/check/all.sh counts. Sourced; the caller sets `suite`.
#
#   ok   suite: name
#   FAIL suite: name: reason
#   SKIP suite: name: reason

pass() { # name
	printf 'ok   %s: %s\n' "$suite" "$1"
}

fail() { # name reason
	printf 'FAIL %s: %s: %s\n' "$suite" "$1" "$(one_line "$2")"
}

skip() { # name reason
	printf 'SKIP %s: %s: %s\n' "$suite" "$1" "$(one_line "$2")"
}

# Passes when the second argument is empty, else fails with it as the reason.
verdict() { # name complaint
	if [ -z "$2" ]; then
		pass "$1"
	else
		fail "$1" "$2"
	fi
}

# The text on one line, cut where nobody reads on.
one_line() {
	printf '%s' "$1" | tr '\n\t' '  ' | cut -c1-600
}
