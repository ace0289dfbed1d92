"""What the scripts share that set graphrun beside other programs: processes, pictures, and sections of Docs."""

import pathlib
import subprocess
import sys

import numpy as np

def output_of(command):
    """What a command printed; ends this script where it failed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed with code {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


def picture(random, count, height, width):
    """Smooth random pictures, u8 [count, height, width, 3]."""
    from PIL import Image

    coarse = random.integers(0, 256, (count, height // 8 + 2, width // 8 + 2, 3), np.uint8)
    large = [np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC)) for image in coarse]
    return np.stack(large)


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return f"{count_of(len(names), 'processor')} {names[0]}"


def count_of(count, noun):
    return f"{count} {noun}{'' if count == 1 else 's'}"


def kept_rows(path, tool):
    """The rows of a tool's table in a text of Docs, by what stands in front: rows that are not measured anew stay."""
    opening, closing = marks(tool)
    lines = pathlib.Path(path).read_text().split(opening)[1].split(closing)[0].splitlines()
    return {line.split("|")[1].strip(): line for line in lines if line.startswith("|")}


def marks(tool):
    return f"<!-- {tool} writes what follows. -->\n", f"<!-- {tool} wrote what precedes. -->\n"


def write_section(path, tool, section):
    """Replaces what lies between a tool's two marks in a text of Docs."""
    opening, closing = marks(tool)
    text = pathlib.Path(path).read_text()
    before, rest = text.split(opening)
    after = rest.split(closing)[1]
    pathlib.Path(path).write_text(f"{before}{opening}\n{section}\n{closing}{after}")
