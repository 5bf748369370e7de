"""A frame of figures, or rows, as bytes that lie in a snapshot, and back."""

import pandas as pd
import pyarrow as pa

_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


def pack(frame: pd.DataFrame) -> bytes:
    """The frame as an Arrow stream; what has no place in one, such as columns of lists, is refused."""
    return pack_table(pa.Table.from_pandas(frame, preserve_index=False))


def pack_table(table: pa.Table) -> bytes:
    """The rows as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpack(body: bytes) -> pd.DataFrame:
    """The frame again, its days as days."""
    frame: pd.DataFrame = unpack_table(body).to_pandas(date_as_object=True)
    return frame


def unpack_table(body: bytes) -> pa.Table:
    """The rows again."""
    with pa.ipc.open_stream(body) as reader:
        return reader.read_all()


def is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two frames have the same columns, types and values, unknown ones included."""
    return bool(one.dtypes.equals(other.dtypes) and one.equals(other))
