#!/bin/sh
# Fetches the graph data science library of gds.pom.xml once into a cache folder; needs the Neo4j of `make neo4j`.
set -eu
version=2.13.9
cache="${XDG_CACHE_HOME:-$HOME/.cache}/renmai"
neo4j="$cache/neo4j-5.26.25/lib"
home="$cache/gds-$version"
pom="$(cd "$(dirname "$0")" && pwd)/gds.pom.xml"
[ -d "$home/lib" ] && exit 0

if ! [ -d "$neo4j" ] || ! command -v mvn >/dev/null; then
  echo "The graph data science library is not fetched, since Maven or the Neo4j of 'make neo4j' is missing: the benchmark will name it as not installed."
  exit 0
fi
echo "fetching the graph data science library $version into $home (about 30 MB, once)"
mkdir -p "$home"
fresh=$(mktemp -d "$home/.fresh-XXXXXX")
trap 'rm -rf "$fresh"' EXIT INT TERM
if ! mvn -q -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$fresh/lib"; then
  echo "The library could not be fetched: the benchmark will name it as not installed." >&2
  exit 0
fi
# what Neo4j has already stays out of its way
for jar in "$fresh"/lib/*.jar; do
  name=$(basename "$jar" | sed -E 's/-[0-9][^-]*(-[0-9.]+)?\.jar$//')
  case "$(basename "$jar")" in *-"$version".jar|cypher-ast-factory*|cypher-javacc-parser*) continue ;; esac
  if ls "$neo4j" | sed -E 's/-[0-9].*\.jar$//' | grep -qx "$name"; then rm "$jar"; fi
done
mv "$fresh/lib" "$home/" 2>/dev/null || [ -d "$home/lib" ]
