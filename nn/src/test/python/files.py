"""Writes the files that NumPy and safetensors write, for NpyTest and SafetensorsTest: python files.py ../resources/files

The numbers follow from the position alone, so that the tests need no second list of them:
element i of an array is (i - 3) / 4, in whole types i % 7 (minus 3 in signed ones).
"""
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import safetensors.numpy

FOLDER = Path(sys.argv[1])


def quarters(dtype, *sizes):
    count = int(np.prod(sizes))
    return ((np.arange(count) - 3) / 4).astype(dtype).reshape(sizes)


def wholes(dtype, *sizes):
    count = int(np.prod(sizes))
    values = np.arange(count) % 7 - (3 if np.dtype(dtype).kind == "i" else 0)
    return (values % 2 if dtype == "?" else values).astype(dtype).reshape(sizes)


def npy():
    for name, array in {
        "f4": quarters("<f4", 2, 3), "f8": quarters("<f8", 5), "scalar": quarters("<f4"), "empty": quarters("<f4", 0, 3),
        "rank4": quarters("<f8", 1, 2, 3, 4), "columns": np.asfortranarray(quarters("<f4", 2, 3, 4)),
        "big4": quarters(">f4", 2, 3), "big8": np.asfortranarray(quarters(">f8", 3, 2)), "half": quarters("<f2", 2, 3),
    }.items():
        np.save(FOLDER / f"{name}.npy", array)
    for dtype in ("?", "u1", "i1", "<u2", ">i2", "<i4", ">u4", "<i8", ">i8", "<u8"):
        name = dtype.replace("<", "little_").replace(">", "big_").replace("?", "bool")
        np.save(FOLDER / f"{name}.npy", wholes(dtype, 3, 5))
    np.save(FOLDER / "large.npy", np.array([2**31, -2**63, 2**53], "<i8"))
    np.save(FOLDER / "complex.npy", np.zeros(2, "c8"))
    np.save(FOLDER / "structure.npy", np.zeros(2, [("a", "f4")]))
    for version in (2, 3):
        with open(FOLDER / f"version{version}.npy", "wb") as file:
            np.lib.format.write_array(file, quarters("<f4", 2, 3), (version, 0))
    np.savez(FOLDER / "stored.npz", w=quarters("<f4", 2, 3), n=wholes("<i8", 4))
    np.savez_compressed(FOLDER / "deflated.npz", w=quarters("<f8", 30, 40))


def safe():
    # what our library writes itself, byte for byte
    safetensors.numpy.save_file({
        "w": quarters("<f4", 2, 3), "b": quarters("<f8", 1), "b2": quarters("<f8", 5), "scalar": quarters("<f4"),
        "empty": quarters("<f4", 0, 3), 'é"\\\n\x01\x7f\U0001f600\uffee/': quarters("<f4", 1)},
        FOLDER / "floats.safetensors")
    safetensors.numpy.save_file({"w": quarters("<f4", 7)}, FOLDER / "metadata.safetensors", {"format": "nö\t"})
    safetensors.numpy.save_file({}, FOLDER / "none.safetensors")
    safetensors.numpy.save_file({"i": wholes("<i4", 3), "x": quarters("<f4", 2), "a": quarters("<f8", 2)},
                                FOLDER / "indices.safetensors")
    # what it only reads
    arrays = {name: wholes(dtype, 3, 5) for name, dtype in {
        "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "u2", "I16": "i2", "U32": "u4", "I32": "i4", "U64": "u8", "I64": "i8"}.items()}
    arrays |= {"F16": quarters("f2", 3, 5), "BF16": quarters(ml_dtypes.bfloat16, 3, 5), "F32": quarters("f4", 3, 5),
               "F64": quarters("f8", 3, 5)}
    safetensors.numpy.save_file(arrays, FOLDER / "types.safetensors")


def text():
    """
    Arrays and how NumPy prints them, for TensorTextTest: a line with type and sizes, one with the numbers, the text.
    Of more than 100 numbers, number i is i * 37 % 1009 / 7, without the division in int32.
    """
    random = np.random.default_rng(20260101)

    def large(dtype, *sizes):
        numbers = np.arange(np.prod(sizes)) * 37 % 1009
        return (numbers / (1 if dtype == "i4" else 7)).astype(dtype).reshape(sizes)

    arrays = [np.array(v) for v in (3.0, -0.0, 0.1, 1e-5, 123456789.0, 2.5e20, np.nan, -np.inf, 1 / 3)]
    arrays += [np.array(v, "f4") for v in (0.1, 1e-5, 123.456, 1e7, 1 / 3)]
    for dtype in ("f4", "f8"):
        arrays += [np.array(v, dtype) for v in (
            [0.5, -1.25], [1, 2, 3], [-1, 20, 300], [1e-3, 2], [1e-4, 0.05], [1e-4, 2], [0.00005, 0.5, 0.25], [0.99997, 0.00003],
            [1e6, 1], [999999, 1000], [99999999, 12345678], [1e8, 2], [1e-300 if dtype == "f8" else 1e-40, 1], [1e10, -1e-10],
            [np.nan, 1.5], [np.inf, -np.inf, 100], [np.nan], [-np.inf, np.nan], [0, -0.0], [0, 1e-6], [2 / 3, -2 / 3, 1 / 7],
            [0.00012345, 0.1], [0.123449, 0.12345, 0.123451], [1.00005, 2.00015], [123456.789, 123.456], [np.nan, 1e-7], [np.inf, -1e9],
            [[1.5, 2.25], [-3, 100]], [[]], [[[1, 2], [3, 4]], [[5, 6], [7, 8.5]]])]
        arrays += [random.standard_normal(sizes).astype(dtype) for sizes in ((30,), (2, 40), (2, 3, 2, 3))]
        arrays += [large(dtype, *sizes) for sizes in ((1001,), (40, 30), (2, 600), (1000, 2), (8, 8, 20), (5, 200), (5, 250))]
        arrays += [np.round(random.standard_normal(40), 1).astype(dtype), np.exp(10 * random.standard_normal((4, 5))).astype(dtype)]
    arrays += [np.array(v, "i4") for v in (7, -3, [1, 2, 30], [-100, 5], [-5, 100], [[2**31 - 1, -2**31]], [])]
    arrays += [large("i4", 4, 300), large("i4", 150), np.arange(40, dtype="i4")]
    with np.printoptions(precision=4, linewidth=100), open(FOLDER / "printed.txt", "w") as file:
        for array in arrays:
            print(array.dtype, *array.shape, file=file)
            print(*(repr(v) for v in array.flatten().tolist()) if array.size <= 100 else "*", file=file)
            print(array, end="\n\f\n", file=file)


npy()
safe()
text()
