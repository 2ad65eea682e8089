"""Tuples of arrays handed to compiled functions as one pointer.

numba hands a named tuple on as all the numbers that describe all its arrays, several hundred of them at every call
of the search. That costs minutes of compiling, and time at every call. A tuple of a ``by_pointer`` class is unpacked
once, where Python calls compiled code, and travels as the address of what was unpacked there. Compiled code reads its
arrays by name as ever; it cannot make such a tuple or replace an array in it.
"""

# mypy: disable-error-code="no-untyped-call,misc,untyped-decorator,override"

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import lower_getattr_generic, models, register_model, typeof_impl, unbox
from numba.core.imputils import impl_ret_borrowed
from numba.core.pythonapi import NativeValue
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.core.typing.typeof import typeof


class Pointed(types.Type):
    """The compiled side of a ``by_pointer`` tuple; ``members`` are its fields' names and types."""

    def __init__(self, name: str, members: tuple[tuple[str, Any], ...]) -> None:
        self.members = members
        super().__init__(name=f"{name}{members}")

    def index(self, field: str) -> int:
        """Return the place of a field, -1 for none."""
        return next((place for place, (name, _) in enumerate(self.members) if name == field), -1)


def by_pointer[T: type](kind: T) -> T:
    """Let compiled functions take named tuples of this class as one pointer."""

    @typeof_impl.register(kind)
    def _(value: Any, _context: Any) -> Pointed:
        return Pointed(
            kind.__name__, tuple((name, typeof(array)) for name, array in zip(value._fields, value, strict=True))
        )

    return kind


@register_model(Pointed)
class _PointedModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front: Pointed) -> None:
        parts = [manager.lookup(member).get_value_type() for _, member in front.members]
        super().__init__(manager, front, ir.LiteralStructType(parts).as_pointer())


@infer_getattr
class _PointedFields(AttributeTemplate):
    key = Pointed

    def generic_resolve(self, pointed: Pointed, field: str) -> Any:
        place = pointed.index(field)
        return None if place < 0 else pointed.members[place][1]


@lower_getattr_generic(Pointed)
def _read_field(context: Any, builder: Any, pointed: Pointed, value: Any, field: str) -> Any:
    place = pointed.index(field)
    member = pointed.members[place][1]
    there = cgutils.gep_inbounds(builder, value, 0, place)
    whole = ir.Constant(there.type.pointee, ir.Undefined)
    # Number by number: what is not used is not loaded, and nothing that is unpacked ever changes.
    for part in range(len(there.type.pointee.elements)):
        number = builder.load(cgutils.gep_inbounds(builder, there, 0, part))
        number.set_metadata("invariant.load", builder.module.add_metadata([]))
        whole = builder.insert_value(whole, number, part)
    return impl_ret_borrowed(context, builder, member, whole)


@unbox(Pointed)
def _unpack(pointed: Pointed, value: Any, c: Any) -> NativeValue:
    room = cgutils.alloca_once(c.builder, c.context.get_value_type(pointed).pointee)
    failed = cgutils.false_bit
    for place, (_, member) in enumerate(pointed.members):
        native = c.unbox(member, c.pyapi.tuple_getitem(value, place))
        c.builder.store(native.value, cgutils.gep_inbounds(c.builder, room, 0, place))
        failed = native.is_error if place == 0 else c.builder.or_(failed, native.is_error)
    return NativeValue(room, is_error=failed)
