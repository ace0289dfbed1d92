"""PSNR and SSIM by graphrun beside scikit-image's; Tools/comparisons/metrics prepares what this needs.

The pictures compared are true ones and what `graphrun resize` makes of their low-resolution ones: the columns of bicubic
enlargement in what `graphrun eval` prints. A model's columns come of the same functions.
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy as np
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from measuring import output_of

LIMIT = 1e-4


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"), np.float64)


def luma(image):
    """Y of BT.601 in 16…235, not rounded."""
    return 16 + image @ np.array([65.481, 128.553, 24.966]) / 255


def figures(image, truth, channels, border):
    """PSNR in dB and SSIM by scikit-image, inside a border."""
    inside = (slice(border, -border or None),) * 2
    image, truth = image[inside], truth[inside]
    axis = 2
    if channels == "Y":
        image, truth, axis = luma(image), luma(truth), None
    psnr = peak_signal_noise_ratio(truth, image, data_range=255)
    ssim = structural_similarity(
        truth, image, data_range=255, channel_axis=axis, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return psnr, ssim


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=pathlib.Path)
    parser.add_argument("--graphrun", required=True)
    parser.add_argument("--scale", type=int, default=4)
    options = parser.parse_args()
    worst = {"PSNR": 0.0, "SSIM": 0.0}
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        truths = options.data
        if truths is None:
            truths = place / "pictures"
            output_of([options.graphrun, "sample-pictures", truths, "--count", 6, "--size", "240x180"])
        elif (truths / "HR").is_dir():
            truths = truths / "HR"
        # The same pictures, cut to a multiple of the scale, and reduced and enlarged again.
        for folder in ("cut", "small", "large"):
            (place / folder).mkdir()
        for path in sorted(truths.glob("*.png")):
            image = Image.open(path).convert("RGB")
            cut, small, large = (place / folder / path.name for folder in ("cut", "small", "large"))
            image.crop((0, 0, image.width // options.scale * options.scale, image.height // options.scale * options.scale)).save(cut)
            output_of([options.graphrun, "resize", cut, "-o", small, "--scale", f"1/{options.scale}"])
            output_of([options.graphrun, "resize", small, "-o", large, "--scale", options.scale])
        for protocol in ("paper", "div2k", "rgb"):
            report = json.loads(output_of(
                [options.graphrun, "eval", "--scale", options.scale, "--data", place / "cut", "--protocol", protocol,
                 "--format", "json"]))
            for row in report["pictures"]:
                name = row["picture"] + ".png"
                psnr, ssim = figures(
                    pixels(place / "large" / name), pixels(place / "cut" / name), report["channels"], report["border"])
                print(f"{protocol:6} {row['picture']:16} PSNR {row['bicubic_psnr']:.6f} {psnr:.6f}  "
                      f"SSIM {row['bicubic_ssim']:.6f} {ssim:.6f}")
                worst["PSNR"] = max(worst["PSNR"], abs(row["bicubic_psnr"] - psnr))
                worst["SSIM"] = max(worst["SSIM"], abs(row["bicubic_ssim"] - ssim))
    for name, difference in worst.items():
        print(f"{name}: the largest difference is {difference:.2e}")
    if max(worst.values()) > LIMIT:
        sys.exit(f"more than {LIMIT} apart")


if __name__ == "__main__":
    main()
