import GraphImaging

/// A picture that came from the page, and what has become of it.
struct ServedPicture: Sendable {
    let number: Int
    let order: Order
    let upload: NamelessFile
    let byteCount: Int
    /// Upright; nil until its header is read.
    var size: PictureSize?
    var stage = Stage.waiting
    var bicubic = Bicubic.absent

    /// What is to be done.
    struct Order: Sendable {
        /// As the person calls the file.
        var name: String
        /// Place among the models of the page.
        var model: Int
        /// nil for the picture's own.
        var format: PictureFormat?

        /// - Parameter name: as the page tells it. What stands before the last slash, and what cannot be shown, is left out.
        init(name: String, model: Int, format: PictureFormat?) {
            let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
            let shown = last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            let text = String(String.UnicodeScalarView(shown.prefix(200)))
            self.name = text.isEmpty || text.allSatisfy { $0 == "." } ? "picture" : text
            self.model = model
            self.format = format
        }
    }

    enum Stage: Sendable {
        case waiting
        /// The part that is done, from 0 to 1, and how long the rest takes.
        case working(part: Double, secondsLeft: Double?)
        case finished(Enlarged)
        case failed(String)
    }

    struct Enlarged: Sendable {
        var name: String
        var format: PictureFormat
        var file: NamelessFile
        var byteCount: Int
        var size: PictureSize
        var losses: [String]
        var seconds: Double
    }

    /// What bicubic interpolation makes of it, which is made when it is first looked at.
    enum Bicubic: Sendable {
        case absent
        case making
        case made(PictureFormat, NamelessFile, byteCount: Int)
        case failed(String)
    }

    /// Bytes of all its files.
    var keptByteCount: Int {
        var count = byteCount
        if case .finished(let enlarged) = stage { count += enlarged.byteCount }
        if case .made(_, _, let bytes) = bicubic { count += bytes }
        return count
    }
}

extension ServedPicture.Order {
    /// `photo-x4.png`
    func resultName(scale: Int, _ format: PictureFormat) -> String {
        var stem = name[...]
        if let point = name.lastIndex(of: "."), point > name.startIndex,
            PictureFormat(ending: String(name[point...].dropFirst())) != nil
        {
            stem = name[..<point]
        }
        return "\(stem)-x\(scale).\(format.ending)"
    }
}
