#!/bin/sh
# Fetches the Neo4j of neo4j.pom.xml once into a cache folder; says so and succeeds where Java 17 or Maven are missing.
set -eu
version=5.26.25
home="${XDG_CACHE_HOME:-$HOME/.cache}/renmai/neo4j-$version"
pom="$(cd "$(dirname "$0")" && pwd)/neo4j.pom.xml"
[ -d "$home/lib" ] && exit 0

java=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || java=
if [ "${java:-0}" -lt 17 ] || ! command -v mvn >/dev/null; then
  echo "Neo4j $version is not fetched, since Java 17 or Maven is missing: the tests that need it will say that they skip."
  exit 0
fi
echo "fetching Neo4j $version into $home (about 120 MB, once)"
mkdir -p "$home"
fresh=$(mktemp -d "$home/.fresh-XXXXXX")
trap 'rm -rf "$fresh"' EXIT INT TERM
if ! mvn -q -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$fresh/lib"; then
  echo "Neo4j $version could not be fetched: the tests that need it will say that they skip." >&2
  exit 0
fi
# two at once: the first one to rename wins, the other's copy goes away
mv "$fresh/lib" "$home/" 2>/dev/null || [ -d "$home/lib" ]
