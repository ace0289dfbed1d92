import GraphC

let model = try Model(contentsOf: "edsr-x4.gpack")
let enlarger = try PictureEnlarger(model)
try enlarger.enlarge("photo.png", to: "big.png")  // row by row: memory by width, not by area

let picture = try Picture(contentsOf: "photo.png")
let large = try enlarger.enlarged(picture)  // pixels in memory, the same ones
print("\(large.width) × \(large.height) pixels")
