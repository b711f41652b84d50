"""Token vectors of `en_core_web_sm`, computed from the package's weights for few CPU seconds.

The network of the package: hashed embeddings, a mixer, four convolutions of three tokens. Here the
mixer is multiplied into the embeddings once, so that a word form is a sum of rows that is kept;
the convolutions are plain matrix products. A vector never depends on what was read before.
"""

import ctypes
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import Model

from models.errors import LexiconError

# Zero rows between sentences: as many as convolutions, so that none sees its neighbor.
_PAD = 4
# Names and numbers never stop coming; a full memo starts anew. 20,000 rows are 8 MB.
_MAX_FORMS = 20_000
_EPSILON = 1e-08
# Spelling (a key of the string store) and whether a space follows.
Form = tuple[int, int]
_SET_THREADS = ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_")


def use_one_thread() -> None:
    """Keep the matrix products of numpy in the calling thread, where its BLAS is OpenBLAS.

    A sentence is too small to share: a second thread would only spin. Documents run in processes.
    """
    library = ctypes.CDLL(import_module("numpy.linalg._umath_linalg").__file__)
    for name in _SET_THREADS:
        if hasattr(library, name):
            getattr(library, name)(1)


class _Maxout:
    """The largest of a few linear pieces, then layer normalization."""

    def __init__(self, layer: Any) -> None:
        maxout, norm = layer.layers[0].layers if layer.name.endswith("dropout") else layer.layers
        weights = maxout.get_param("W")
        self.width, self.pieces, inputs = weights.shape
        # Pieces stand side by side, so that the largest is taken of whole blocks.
        self.weights = numpy.ascontiguousarray(weights.transpose(2, 1, 0).reshape(inputs, -1))
        self._bias = numpy.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
        self._scale, self._shift = norm.get_param("G"), norm.get_param("b")

    def activate(self, products: Any) -> Any:
        """Return the output for products of inputs and weights, which are overwritten."""
        products += self._bias
        width = self.width
        best = products[:, :width]
        for piece in range(1, self.pieces):
            block = products[:, piece * width : (piece + 1) * width]
            numpy.maximum(best, block, out=best)
        best = best - best.mean(axis=1, keepdims=True)
        variance = numpy.square(best).mean(axis=1, keepdims=True)
        variance += numpy.float32(_EPSILON)
        best /= numpy.sqrt(variance)
        best *= self._scale
        best += self._shift
        return best


class _Table:
    """The hashed embedding of one attribute, multiplied by its part of the mixer."""

    def __init__(self, layer: Any, weights: Any) -> None:
        rows = layer.get_param("E")
        self._seed = layer.attrs["seed"]
        self._ops = layer.ops
        self._rows = rows @ weights

    def look_up(self, values: Any) -> Any:
        """Return the rows of attribute values, each the sum of four hashed ones."""
        keys = self._ops.hash(numpy.ascontiguousarray(values), self._seed) % len(self._rows)
        return self._ops.gather_add(self._rows, keys)


class Encoder:
    """Vectors of the tokens of sentences.

    Args:
        vocab: Vocabulary of the package.
        model: Network of its `tok2vec` component.

    Raises:
        LexiconError: The network is not laid out as that of `en_core_web_sm`.
    """

    def __init__(self, vocab: Vocab, model: Model[Any, Any]) -> None:
        self._vocab = vocab
        try:
            embed, encode = model.layers
            extract, _, tables, mixer, _ = embed.layers
            self._columns = extract.attrs["columns"]
            self._mixer = _Maxout(mixer.layers[0])
            self._tables = self._multiply(tables.layers[0])
            self._convolutions = [
                _Maxout(residual.layers[0].layers[1]) for residual in encode.layers[0].layers
            ]
        except (AttributeError, KeyError, ValueError) as error:
            raise LexiconError("the spaCy model is not laid out as en_core_web_sm") from error
        self._width = self._mixer.width
        self._forms: dict[Form, int] = {}
        self._vectors: Any = numpy.empty((_MAX_FORMS, self._width), dtype="float32")

    def _multiply(self, concatenated: Any) -> list[_Table]:
        tables: list[_Table] = []
        start = 0
        for layer in concatenated.layers:
            hashed = layer.layers[1]
            stop = start + hashed.get_param("E").shape[1]
            tables.append(_Table(hashed, self._mixer.weights[start:stop]))
            start = stop
        return tables

    def encode(self, sentences: Sequence[Sequence[Form]]) -> list[Any]:
        """Return an array (tokens, width) for each sentence, read apart from the others."""
        spans: list[tuple[int, int]] = []
        end = 0
        for forms in sentences:
            start = end + _PAD
            end = start + len(forms)
            spans.append((start, end))
        vectors: Any = numpy.zeros((end + _PAD, self._width), dtype="float32")
        for (start, end), forms in zip(spans, sentences, strict=True):
            vectors[start:end] = self._embed(forms)
        for layer in self._convolutions:
            vectors += layer.activate(_windows(vectors) @ layer.weights)
        return [vectors[start:end] for start, end in spans]

    def _embed(self, forms: Sequence[Form]) -> Any:
        known = self._forms
        unknown = [form for form in dict.fromkeys(forms) if form not in known]
        if unknown:
            if len(known) + len(unknown) > _MAX_FORMS:
                known.clear()
                unknown = list(dict.fromkeys(forms))
            self._learn(unknown)
        return self._vectors[[known[form] for form in forms]]

    def _learn(self, forms: list[Form]) -> None:
        strings = self._vocab.strings
        words = [strings[orth] for orth, _ in forms]
        doc = Doc(self._vocab, words=words, spaces=[bool(space) for _, space in forms])
        columns = doc.to_array(self._columns)
        products = self._tables[0].look_up(columns[:, 0])
        for index, table in enumerate(self._tables[1:], start=1):
            products += table.look_up(columns[:, index])
        start = len(self._forms)
        self._vectors[start : start + len(forms)] = self._mixer.activate(products)
        self._forms.update((form, start + index) for index, form in enumerate(forms))


def _windows(vectors: Any) -> Any:
    """Return each row between its neighbors, zeros beyond the ends."""
    rows, width = vectors.shape
    windows: Any = numpy.empty((rows, 3 * width), dtype=vectors.dtype)
    windows[0, :width] = 0
    windows[1:, :width] = vectors[:-1]
    windows[:, width : 2 * width] = vectors
    windows[:-1, 2 * width :] = vectors[1:]
    windows[-1, 2 * width :] = 0
    return windows
