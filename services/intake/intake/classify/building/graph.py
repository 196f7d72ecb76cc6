"""The encoder's layers as an ONNX graph: embedded tokens in, the mean of the tokens after some of the layers out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper  # type: ignore[import-not-found]

from intake.classify.building.packed import Packed

OPSET, IR_VERSION = 20, 10


class Drawing:
    """A graph being drawn: nodes and constants in order."""

    def __init__(self, packed: Packed) -> None:
        self.packed = packed
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        """The name of a constant that is now in the graph."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **settings: object) -> str:
        """The output of a node that is now in the graph."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **settings))
        return output

    def dense(self, entry: str, name: str, rows: int, width: int) -> str:
        """A matrix product and its offset, with the weights of that name."""
        weights = self.constant(f"{name}.w", self.packed.weights(f"{name}.w", rows, width).T)
        offset = self.constant(f"{name}.b", self.packed.floats(f"{name}.b"))
        return self.node("Add", [self.node("MatMul", [entry, weights], f"{name}.product"), offset], f"{name}.sum")

    def normalised(self, entry: str, name: str, output: str) -> str:
        """The entry brought to mean 0 and deviation 1, then scaled and moved."""
        scale = self.constant(f"{name}.w", self.packed.floats(f"{name}.w"))
        offset = self.constant(f"{name}.b", self.packed.floats(f"{name}.b"))
        settings = {"axis": -1, "epsilon": self.packed.shape.epsilon}
        return self.node("LayerNormalization", [entry, scale, offset], output, **settings)

    def heads(self, entry: str, order: list[int], output: str) -> str:
        """The entry split into attention heads, its axes in that order."""
        return self.node("Transpose", [self.node("Reshape", [entry, "split"], f"{output}.split")], output, perm=order)

    def layer(self, entry: str, number: int) -> str:
        """One layer: attention, then the inner network, each added to what went in."""
        shape, name = self.packed.shape, f"l{number}"
        width, inner = shape.width, shape.inner
        query = self.heads(self.dense(entry, f"{name}.q", width, width), [0, 2, 1, 3], f"{name}.query")
        key = self.heads(self.dense(entry, f"{name}.k", width, width), [0, 2, 3, 1], f"{name}.key")
        value = self.heads(self.dense(entry, f"{name}.v", width, width), [0, 2, 1, 3], f"{name}.value")
        scores = self.node("Mul", [self.node("MatMul", [query, key], f"{name}.scores"), "shrink"], f"{name}.shrunk")
        seen = self.node("MatMul", [self.node("Softmax", [scores], f"{name}.heed", axis=-1), value], f"{name}.seen")
        back = self.node("Transpose", [seen], f"{name}.back", perm=[0, 2, 1, 3])
        joined = self.node("Reshape", [back, "join"], f"{name}.joined")
        said = self.dense(joined, f"{name}.ao", width, width)
        heard = self.normalised(self.node("Add", [entry, said], f"{name}.first"), f"{name}.aln", f"{name}.heard")
        thought = self.node("Gelu", [self.dense(heard, f"{name}.fi", inner, width)], f"{name}.thought")
        told = self.dense(thought, f"{name}.fo", width, inner)
        return self.normalised(self.node("Add", [heard, told], f"{name}.second"), f"{name}.oln", f"{name}.out")


def drawn(packed: Packed, taps: Sequence[int]) -> ModelProto:
    """The graph with one output for each of the layers tapped: the mean over the tokens (batch, width)."""
    drawing, shape = Drawing(packed), packed.shape
    size = shape.width // shape.heads
    drawing.constant("split", np.array([0, 0, shape.heads, size], np.int64))
    drawing.constant("join", np.array([0, 0, shape.width], np.int64))
    drawing.constant("shrink", np.array(size**-0.5, np.float32))
    drawing.constant("tokens", np.array([1], np.int64))
    state = drawing.normalised("embedded", "emb.ln", "start")
    outputs = []
    for number in range(max(taps)):
        state = drawing.layer(state, number)
        if number + 1 in taps:
            outputs.append(drawing.node("ReduceMean", [state, "tokens"], f"mean{number + 1}", keepdims=0))
    entry = helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["batch", "length", shape.width])
    exits = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", shape.width]) for name in outputs]
    graph = helper.make_graph(drawing.nodes, "encoder", [entry], exits, drawing.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
