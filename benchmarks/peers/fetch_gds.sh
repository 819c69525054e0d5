#!/bin/sh
# Fetches the graph data science library of gds.pom.xml once into a cache folder; needs the Neo4j of `make neo4j`.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
servers="$here/../../tests/servers"
. "$servers/fetch_jars.sh"
version=$(version_in "$here/gds.pom.xml")
neo4j="$cache/neo4j-$(version_in "$servers/neo4j.pom.xml")/lib"
otherwise="the benchmark will name it as not installed"

# what Neo4j has already stays out of its way
sift() {
  for jar in "$1"/*.jar; do
    name=$(basename "$jar" | sed -E 's/-[0-9][^-]*(-[0-9.]+)?\.jar$//')
    case "$(basename "$jar")" in *-"$version".jar|cypher-ast-factory*|cypher-javacc-parser*) continue ;; esac
    if ls "$neo4j" | sed -E 's/-[0-9].*\.jar$//' | grep -qx "$name"; then rm "$jar"; fi
  done
}

if [ -d "$neo4j" ]; then
  fetch_jars "$here/gds.pom.xml" "$cache/gds-$version" "the graph data science library $version (about 30 MB)" "$otherwise"
else
  echo "The graph data science library is not fetched, since the Neo4j of 'make neo4j' is missing: $otherwise."
fi
