# To be sourced: how do the jars of a Maven file come into a cache folder, once?

cache="${XDG_CACHE_HOME:-$HOME/.cache}/renmai"

# version_in POM: the version of its first dependency
version_in() { sed -n 's/.*<dependency>.*<version>\([0-9.]*\)<.*/\1/p' "$1" | head -n 1; }

# fetch_jars POM FOLDER "what it is" "what follows where it is not there"
# Says so and succeeds where Java 17 or Maven are missing; `sift FOLDER`, a function, may take jars out before they count.
fetch_jars() {
  [ -d "$2/lib" ] && return 0
  java=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || java=
  if [ "${java:-0}" -lt 17 ] || ! command -v mvn >/dev/null; then
    echo "$3 is not fetched, since Java 17 or Maven is missing: $4."
    return 0
  fi
  echo "fetching $3 into $2, once"
  mkdir -p "$2"
  fresh=$(mktemp -d "$2/.fresh-XXXXXX")
  trap 'rm -rf "$fresh"' EXIT INT TERM
  if ! mvn -q -B -f "$1" dependency:copy-dependencies -DoutputDirectory="$fresh/lib"; then
    echo "$3 could not be fetched: $4." >&2
    return 0
  fi
  sift "$fresh/lib"
  # two at once: the first one to rename wins, the other's copy goes away
  mv "$fresh/lib" "$2/" 2>/dev/null || [ -d "$2/lib" ]
}
