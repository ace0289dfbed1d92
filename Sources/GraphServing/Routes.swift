import GraphBasics
import GraphImaging
import SystemPackage

/// What the page asks for, and what it is answered. No part of a request ever names a file.
struct Routes: Sendable {
    let guarding: RequestGuard
    let workshop: Workshop

    enum Reaction {
        case answer(HTTPResponse)
        /// Asked again and again until there is an answer.
        case later(() -> HTTPResponse?)
        /// What follows the head is a picture.
        case receive(Upload)
    }

    func reaction(to request: HTTPRequest) -> Reaction {
        let path: Substring
        do { path = try guarding.path(of: request) } catch { return .answer(guarding.answer(to: error)) }
        guard request.bodyByteCount == 0 || request.method == "POST" else {
            return .answer(.message(.contentTooLarge, "only a picture has a body"))
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        switch (request.method, parts.count) {
        case ("GET", 1) where parts[0] == "settings": return .answer(.json(settings))
        case ("GET", 1) where parts[0] == "pictures": return .answer(.json(workshop.status))
        case ("POST", 1) where parts[0] == "pictures": return upload(request)
        case ("DELETE", 1) where parts[0] == "pictures":
            workshop.removeAll()
            return .answer(.json(workshop.status))
        case ("GET", 1):
            guard let file = PageFile(rawValue: String(parts[0])) else { break }
            return .answer(file.response)
        case ("DELETE", 2) where parts[0] == "pictures":
            guard let number = Int(parts[1]), workshop.remove(number) else { break }
            return .answer(.json(workshop.status))
        case ("GET", 3) where parts[0] == "pictures":
            guard let number = Int(parts[1]) else { break }
            if parts[2] == "result" { return result(number) }
            if parts[2] == "bicubic" { return .later { bicubic(number) } }
        case ("GET", _), ("POST", _), ("DELETE", _): break
        default: return .answer(.message(.methodNotAllowed, "\(request.method) is not what this page uses"))
        }
        return .answer(.message(.notFound, "there is no such picture; it may have been removed"))
    }

    private func upload(_ request: HTTPRequest) -> Reaction {
        guard request.bodyByteCount > 0 else { return .answer(.message(.badRequest, "the file is empty")) }
        guard let model = request.query["model"].flatMap({ Int($0) }), workshop.models.indices.contains(model) else {
            return .answer(.message(.badRequest, "there is no such model; load the page again"))
        }
        let format = request.query["format"].flatMap { PictureFormat(rawValue: $0) }
        guard format?.isBuiltIn ?? false || request.query["format"] == nil else {
            return .answer(.message(.badRequest, "there is no such format; load the page again"))
        }
        let order = ServedPicture.Order(name: request.query["name"] ?? "", model: model, format: format)
        do {
            return .receive(try Upload(order, byteCount: request.bodyByteCount, for: workshop))
        } catch let limit as LimitReached {
            return .answer(.message(.contentTooLarge, "\(limit)"))
        } catch {
            return .answer(.message(.insufficientStorage, "the file cannot be stored: \(error)"))
        }
    }

    private func result(_ number: Int) -> Reaction {
        switch workshop.picture(number)?.stage {
        case .finished(let enlarged):
            .answer(.picture(enlarged.format, enlarged.file, byteCount: enlarged.byteCount))
        case .failed(let message): .answer(.message(.conflict, message))
        case .waiting, .working: .answer(.message(.conflict, "the picture is not finished"))
        case nil: .answer(.message(.notFound, "there is no such picture; it may have been removed"))
        }
    }

    private func bicubic(_ number: Int) -> HTTPResponse? {
        switch workshop.bicubic(number) {
        case .absent, .making: nil
        case .made(let format, let file, let byteCount): .picture(format, file, byteCount: byteCount)
        case .failed(let message): .message(.conflict, message)
        case nil: .message(.notFound, "there is no such picture; it may have been removed")
        }
    }

    /// What the page offers, and its limits.
    private var settings: String {
        let models = workshop.models.enumerated()
            .map { "{\"number\": \($0.offset), \"name\": \(jsonString($0.element.name)), \"scale\": \($0.element.scale)}" }
        let formats = PictureFormat.builtIn.map { jsonString($0.rawValue) }
        return "{\"models\": [\(models.joined(separator: ", "))], \"formats\": [\(formats.joined(separator: ", "))], "
            + "\"uploadByteCount\": \(workshop.limits.uploadByteCount), \"pictureCount\": \(workshop.limits.pictureCount)}\n"
    }
}
