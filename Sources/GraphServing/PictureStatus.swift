import GraphBasics

extension ServedPicture {
    /// As the page reads it, a JSON object.
    func status(_ model: ServedModel) -> String {
        var members = [
            "\"number\": \(number)", "\"name\": \(jsonString(order.name))", "\"scale\": \(model.scale)",
            "\"model\": \(jsonString(model.name))",
        ]
        if let size { members.append("\"width\": \(size.width), \"height\": \(size.height)") }
        switch stage {
        case .waiting: members.append("\"stage\": \"waiting\"")
        case .working(let part, let secondsLeft):
            members.append("\"stage\": \"working\", \"part\": \(part)")
            if let secondsLeft { members.append("\"secondsLeft\": \(secondsLeft)") }
        case .failed(let message): members.append("\"stage\": \"failed\", \"message\": \(jsonString(message))")
        case .finished(let enlarged):
            members += [
                "\"stage\": \"finished\"", "\"resultName\": \(jsonString(enlarged.name))",
                "\"format\": \(jsonString(enlarged.format.rawValue))", "\"byteCount\": \(enlarged.byteCount)",
                "\"resultWidth\": \(enlarged.size.width), \"resultHeight\": \(enlarged.size.height)",
                "\"seconds\": \(enlarged.seconds)", "\"losses\": [\(enlarged.losses.map(jsonString).joined(separator: ", "))]",
            ]
        }
        return "{\(members.joined(separator: ", "))}"
    }
}
