"""What the package promises. `Tools/check/python` runs it on the wheel, in a fresh environment.

GRAPHC_TEST_FILES names a folder with `edsr-x4.gpack`, `photo.png` and `big.png`, which `graphrun infer` made of it.
"""

import copy
import os
import pickle
import struct
import threading
import unittest
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

import graphc
import numpy as np

FILES = Path(os.environ["GRAPHC_TEST_FILES"])
MODEL = FILES / "edsr-x4.gpack"
SMALL = """
graph twice(lr: u8[N, H, W, 3]) -> (sr: f32[N, 2*H, 2*W, 3]) {
  weight filter: f32[1, 1, 3, 12] ~ glorot_uniform @filter
  sr = depth_to_space(conv2d(f32(lr), filter), block = 2)
}
train twice(hr: u8[N, 2*H, 2*W, 3]) { loss mae = mean(abs(sr - f32(hr))) }
predict twice -> (image: u8[N, 2*H, 2*W, 3]) { image = u8(round(clip(sr, 0, 255))) }
"""


def png_pixels(png: bytes) -> np.ndarray:
    """Pixels of an 8-bit RGB PNG without interlacing, by the PNG specification."""
    width, height = struct.unpack(">II", png[16:24])
    data, place = b"", 8
    while place < len(png):
        (count,), kind = struct.unpack(">I", png[place : place + 4]), png[place + 4 : place + 8]
        if kind == b"IDAT":
            data += png[place + 8 : place + 8 + count]
        place += count + 12
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 3 * width).astype(np.int64)
    pixels = np.zeros((height, 3 * width), np.int64)
    for y in range(height):
        above = pixels[y - 1] if y else np.zeros(3 * width, np.int64)
        for x in range(3 * width):
            left, corner = (pixels[y, x - 3], above[x - 3]) if x >= 3 else (0, 0)
            estimate = left + above[x] - corner
            paeth = min((left, above[x], corner), key=lambda neighbour: abs(estimate - neighbour))
            predicted = (0, left, above[x], (left + above[x]) // 2, paeth)[rows[y, 0]]
            pixels[y, x] = (rows[y, 1 + x] + predicted) % 256
    return pixels.astype(np.uint8).reshape(height, width, 3)


class ShippedModelTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = graphc.load(FILES / "edsr-x4.gpack", threads=2)
        cls.photo = (FILES / "photo.png").read_bytes()
        cls.big = (FILES / "big.png").read_bytes()

    @classmethod
    def tearDownClass(cls):
        cls.model.close()

    def test_bytes_equal_those_of_graphrun(self):
        self.assertEqual(self.model.scale, 4)
        self.assertEqual(self.model.enlarge_bytes(self.photo), self.big)
        with TemporaryDirectory() as folder:
            self.model.enlarge_file(FILES / "photo.png", Path(folder) / "big.png")
            self.assertEqual((Path(folder) / "big.png").read_bytes(), self.big)

    def test_pixels_equal_those_of_graphrun(self):
        small, large = png_pixels(self.photo), png_pixels(self.big)
        np.testing.assert_array_equal(self.model.enlarge(small), large)
        np.testing.assert_array_equal(self.model.enlarge(small[:, ::-1][:, ::-1]), large)
        # The entry by itself sees zeros beyond the border, and not the mirrored picture.
        self.assertEqual(self.model.run("predict", {"lr": small[None]})["image"].shape, (1, *large.shape))

    def test_any_size_and_the_mean_of_eight(self):
        small = png_pixels(self.photo)
        rows, columns, _ = small.shape
        plain = self.model.enlarge(small)
        self.assertEqual(self.model.enlarge(small, width=columns + 1).shape[1], columns + 1)
        self.assertEqual(self.model.enlarge(small, scale=1.5, ensemble=True).shape[0], int(1.5 * rows + 0.5))
        self.assertEqual(self.model.enlarge(small, scale="1/2").shape[0], (rows + 1) // 2)
        mean = self.model.enlarge(small, ensemble=True)
        self.assertEqual(mean.shape, plain.shape)
        np.testing.assert_array_equal(self.model.enlarge(small[::-1], ensemble=True), mean[::-1])
        # What is asked of one call stays with it.
        np.testing.assert_array_equal(self.model.enlarge(small), plain)
        self.assertEqual(png_pixels(self.model.enlarge_bytes(self.photo, height=rows + 2)).shape[0], rows + 2)
        for wrong in ({"scale": "none"}, {"width": -1}, {"scale": 2, "width": 5}):
            with self.assertRaises(graphc.Error):
                self.model.enlarge(small, **wrong)

    def test_entries(self):
        predict = self.model.entries["predict"]
        self.assertEqual(predict.inputs, {"lr": "u8[N, H, W, 3]"})
        self.assertEqual(predict.outputs, {"image": "u8[N, 4*H, 4*W, 3]"})
        self.assertEqual(predict.scalars | predict.measures, {})

    def test_progress_and_cancellation(self):
        seen, caller = [], threading.get_ident()

        def progress(rows_done, row_count):
            self.assertEqual(threading.get_ident(), caller)
            seen.append((rows_done, row_count))

        self.model.enlarge_bytes(self.photo, progress)
        self.assertEqual(seen[0][0], 0)
        self.assertEqual(seen[-1][0], seen[-1][1])
        self.assertEqual(seen, sorted(seen))
        with TemporaryDirectory() as folder:
            with self.assertRaises(graphc.Cancelled):
                self.model.enlarge_file(FILES / "photo.png", Path(folder) / "big.png", lambda done, count: done < count / 2)
            self.assertEqual(os.listdir(folder), [])
        with self.assertRaises(ZeroDivisionError):
            self.model.enlarge_bytes(self.photo, lambda done, count: 1 // 0)
        with self.assertRaisesRegex(graphc.Error, "own model"):
            self.model.enlarge_bytes(self.photo, lambda done, count: self.model.scale)
        self.assertEqual(self.model.enlarge_bytes(self.photo), self.big)

    def test_threads(self):
        wrong = []

        def work(model):
            for _ in range(3):
                if model.enlarge_bytes(self.photo) != self.big:
                    wrong.append(model)

        with graphc.load(FILES / "edsr-x4.gpack", threads=1) as other:
            threads = [threading.Thread(target=work, args=(model,)) for model in (self.model, other) * 3]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])

    def test_errors(self):
        for path in (FILES / "none.gpack", FILES / "photo.png", FILES):
            with self.assertRaises(graphc.Error):
                graphc.load(path)
        with self.assertRaises(graphc.Error):
            graphc.load(FILES / "edsr-x4.gpack", threads=10**9)
        for pixels in (np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8), "photo.png", None):
            with self.assertRaises(graphc.Error):
                self.model.enlarge(pixels)
        for png in (b"", b"no picture", self.photo[:-20]):
            with self.assertRaises(graphc.Error):
                self.model.enlarge_bytes(png)
        with self.assertRaisesRegex(graphc.Error, "nowhere.png"):
            self.model.enlarge_file("nowhere.png", "big.png")
        lr = np.zeros((1, 4, 4, 3), np.uint8)
        for entry, arrays in [
            ("nothing", {"lr": lr}),
            ("predict", {}),
            ("predict", {"hr": lr}),
            ("predict", {"lr": lr, "more": lr}),
            ("predict", {"lr": lr[0]}),
            ("predict", {"lr": lr[..., :2]}),
            ("predict", {"lr": np.full((1, 4, 4, 3), 0.5)}),
            ("predict", {"lr": np.full((1, 4, 4, 3), np.nan)}),
            ("predict", {"lr": 3}),
            ("predict", {"lr": "text"}),
            ("predict", {"lr": np.zeros((1, 0, 4, 3), np.uint8)}),
        ]:
            with self.subTest(entry=entry, arrays=list(arrays)), self.assertRaises(graphc.Error):
                self.model.run(entry, arrays)

    def test_arguments_are_taken_whole(self):
        pixels = np.zeros((4, 5, 3), np.uint8)
        with graphc.load(MODEL) as model:
            for call in (
                lambda: model.enlarge_file("small.png", "out.png\0.jpg"),
                lambda: model.run("predict\0x", {"lr": pixels[None]}),
                lambda: model.run("predict", {"lr\0x": pixels[None]}),
                lambda: model.run(None, {}),
                lambda: model.enlarge(pixels, width=2**64 + 7),
                lambda: model.enlarge(pixels, width=-1),
                lambda: model.enlarge(pixels, height=1.5),
                lambda: graphc.load(MODEL, 2**64 + 1),
                lambda: graphc.load(MODEL, "two"),
                lambda: graphc.load(3),
            ):
                self.assertRaises(graphc.Error, call)

    def test_a_model_has_one_owner(self):
        with graphc.load(MODEL) as model:
            for copy_of in (copy.copy, copy.deepcopy, pickle.dumps):
                with self.assertRaisesRegex(graphc.Error, "neither copied nor pickled"):
                    copy_of(model)
            self.assertEqual(model.scale, 4)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork")
    def test_a_forked_process_is_told_to_load_anew(self):
        with graphc.load(MODEL, 2) as model:
            model.enlarge(np.zeros((4, 5, 3), np.uint8))
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    model.enlarge(np.zeros((4, 5, 3), np.uint8))
                except graphc.Error as error:
                    os.write(write, str(error).encode())
                os._exit(0)
            os.waitpid(child, 0)
            self.assertIn("load it again", os.read(read, 1000).decode())
            os.close(read)
            os.close(write)

    def test_end(self):
        with graphc.load(FILES / "edsr-x4.gpack") as model:
            pass
        for call in (lambda: model.scale, lambda: model.entries, lambda: model.enlarge_bytes(self.photo)):
            with self.assertRaisesRegex(graphc.Error, "closed"):
                call()
        model.close()


class TrainingTests(unittest.TestCase):
    def test_steps_of_training_lower_the_loss(self):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "twice.graph"
            path.write_text(SMALL)
            model = graphc.load(path)
        self.assertEqual(list(model.entries), ["forward", "train", "predict"])
        self.assertIn("learning_rate", model.entries["train"].scalars)
        lr = np.random.default_rng(1).integers(0, 256, (2, 6, 5, 3), np.uint8)
        hr = lr.repeat(2, axis=1).repeat(2, axis=2)
        losses = []
        for step in range(1, 101):
            results = model.run("train", {"lr": lr, "hr": hr, "learning_rate": 0.02, "step": step})
            self.assertEqual(results["mae"].shape, ())
            losses.append(float(results["mae"]))
        self.assertLess(losses[-1], losses[0] / 4)
        error = np.abs(model.enlarge(lr[0]).astype(float) - hr[0])
        self.assertLess(error.mean(), losses[0] / 4)


class InterfaceTests(unittest.TestCase):
    def test_version(self):
        self.assertEqual(graphc.version(), graphc.__version__)
        self.assertRegex(graphc.version(), r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
