import graphc
import numpy as np

model = graphc.load("edsr-x4.gpack")
model.enlarge_file("photo.png", "big.png")  # row by row: memory by width, not by height

array = np.full((24, 32, 3), 128, np.uint8)
large = model.enlarge(array)  # uint8, (height, width, 3), four times as large
image = model.run("predict", {"lr": array[None]})["image"]  # any entry, on arrays by name
print(large.shape, image.shape)
