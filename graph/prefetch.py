"""How does a kernel say which numbers it will need soon? A hint to the processor, without any effect on a result."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped] # carries no types
from numba import types
from numba.extending import intrinsic

READ, KEEP, DATA = 0, 3, 1
"""What will be done with the numbers, how long they are wanted, and that they are no code."""


def _hint(_context: Any, array: Any, _index: Any) -> Any:
    byte, kind = ir.IntType(8).as_pointer(), ir.IntType(32)
    told = [ir.Constant(kind, number) for number in (READ, KEEP, DATA)]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = builder.bitcast(builder.gep(made.data, [arguments[1]]), byte)
        wanted = ir.FunctionType(ir.VoidType(), [byte, kind, kind, kind])
        builder.call(builder.module.declare_intrinsic("llvm.prefetch", [byte], wanted), [place, *told])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


prefetch: Any = intrinsic(_hint)
"""``prefetch(array, index)`` in a kernel: fetch that number of a contiguous array into the cache."""
