"""Which words, functions and procedures may a query use that only reads?

Neo4j's lists of functions and of clauses, 5.26, less whatever writes, administers, or reaches a file or the network.
"""

from __future__ import annotations

ALLOWED = (
    "allowed is one statement that reads: MATCH, OPTIONAL MATCH, WHERE, WITH, UNWIND, CALL { ... }, UNION, RETURN,"
    " ORDER BY, SKIP, LIMIT"
)

BEGINNINGS = frozenset({"MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL"})
"""Words a reading statement can begin with."""

WRITING = {
    **dict.fromkeys(("CREATE", "MERGE", "SET", "REMOVE", "DELETE", "DETACH", "NODETACH", "INSERT"), "writes"),
    "FOREACH": "writes in a loop",
    "DROP": "takes away what others need",
    "LOAD": "reads files or the network",
    "PERIODIC": "writes in steps",
    "TRANSACTION": "makes transactions of its own",
    "TRANSACTIONS": "makes transactions of its own",
}
"""Clauses that can stand anywhere in a statement, and what they do. A bare word of them is never a name."""

COMMANDS = {
    **dict.fromkeys(("ALTER", "RENAME", "ENABLE", "DRYRUN", "DEALLOCATE", "REALLOCATE"), "administers the server"),
    **dict.fromkeys(("GRANT", "DENY", "REVOKE"), "changes rights"),
    **dict.fromkeys(("START", "STOP", "TERMINATE"), "administers the server"),
    **dict.fromkeys(("EXPLAIN", "PROFILE", "CYPHER"), "is added by Renmai where it is needed"),
    "SHOW": "shows how the server is set up",
    "USE": "leaves the database of the query",
}
"""Words that begin a command when another word follows them; else they may be names, as in ``start.id``."""

BEFORE_A_VALUE = frozenset(
    {"AND", "AS", "BY", "CASE", "CONTAINS", "DISTINCT", "ELSE", "IN", "NOT", "OR", "RETURN", "THEN", "UNWIND"}
    | {
        "WHEN",
        "WHERE",
        "WITH",
        "XOR",
        "(",
        "[",
        ",",
        "=",
        "<",
        ">",
        "<=",
        ">=",
        "<>",
        "+",
        "-",
        "/",
        "%",
        "^",
        "|",
        "..",
    }
)
"""Words and signs behind which a value stands, so that no command can begin there."""

AFTER_A_NAME = frozenset({"IN", "AS", "IS", "AND", "OR", "XOR", "STARTS", "ENDS", "CONTAINS"})
"""Words that can follow a name but no command word."""

_BEFORE_A_PARENTHESIS = (
    "MATCH OPTIONAL WHERE WITH UNWIND RETURN UNION CALL ORDER BY SKIP LIMIT OFFSET DISTINCT AND OR XOR NOT IN "
    "WHEN THEN ELSE CASE CONTAINS ANY ALL NONE SINGLE EXISTS COUNT COLLECT SHORTEST PATH PATHS GROUP GROUPS "
    "TRAIL WALK SHORTESTPATH ALLSHORTESTPATHS"
)
BEFORE_A_PARENTHESIS = frozenset(_BEFORE_A_PARENTHESIS.split())
"""Keywords behind which a parenthesis opens that is no call of a function."""

HINTS = frozenset({"INDEX", "SEEK", "TEXT", "RANGE", "POINT"})
"""Words between ``USING`` and the variable of an index hint."""

_FUNCTIONS = (
    "abs acos asin atan atan2 avg btrim ceil char_length character_length coalesce collect cos cosh cot coth "
    "count date datetime degrees duration e elementid endnode exp floor haversin head id isempty isnan keys "
    "labels last left length localdatetime localtime log log10 lower ltrim max min nodes normalize nullif "
    "percentilecont percentiledisc pi point properties radians rand randomuuid range reduce relationships "
    "replace reverse right round rtrim sign sin sinh size split sqrt startnode stdev stdevp substring sum tail "
    "tan tanh time timestamp toboolean tobooleanlist tobooleanornull tofloat tofloatlist tofloatornull "
    "tointeger tointegerlist tointegerornull tolower tostring tostringlist tostringornull toupper trim type "
    "upper valuetype vector_dimension_count"
)
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Functions without a dot, in small letters."""

DOTTED_FUNCTIONS = frozenset(
    [f"{kind}.truncate" for kind in ("date", "datetime", "localdatetime", "localtime", "time")]
    + [f"{kind}.{clock}" for kind in ("date", "datetime", "localdatetime", "localtime", "time")
       for clock in ("realtime", "statement", "transaction")]
    + ["datetime.fromepoch", "datetime.fromepochmillis"]
    + [f"duration.{unit}" for unit in ("between", "indays", "inmonths", "inseconds")]
    + ["point.distance", "point.withinbbox", "vector.similarity.cosine", "vector.similarity.euclidean"]
)  # fmt: skip
"""Functions with a dot, in small letters; of no other namespace is anything let through."""

PROCEDURES = frozenset({"db.labels", "db.propertyKeys", "db.relationshipTypes"})
"""Procedures that may be called: they name what there is and take nothing."""
