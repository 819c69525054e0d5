#!/bin/sh
# Fetches the Neo4j of neo4j.pom.xml once into a cache folder; says so and succeeds where Java 17 or Maven are missing.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/fetch_jars.sh"
version=$(version_in "$here/neo4j.pom.xml")
sift() { :; }
fetch_jars "$here/neo4j.pom.xml" "$cache/neo4j-$version" "Neo4j $version (about 120 MB)" \
  "the tests that need it will say that they skip"
