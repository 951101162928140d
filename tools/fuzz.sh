#!/usr/bin/env bash
# fuzz.sh DURATION fuzzes each decoder for that long. What it finds stays in testdata/fuzz as a test.
set -eu
grep -rln --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
	grep -o '^func Fuzz[A-Za-z0-9_]*' "$file" | while read -r _ name; do
		echo "$(dirname "$file") $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" "$(dirname "$file")" </dev/null
	done
done
