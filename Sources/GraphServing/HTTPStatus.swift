/// How a request went: RFC 9110, section 15.
enum HTTPStatus: Int, Error, Hashable, Sendable {
    case ok = 200
    case created = 201
    case movedPermanently = 308
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case conflict = 409
    case lengthRequired = 411
    case contentTooLarge = 413
    case headTooLarge = 431
    case internalError = 500
    case insufficientStorage = 507

    var reason: String {
        switch self {
        case .ok: "OK"
        case .created: "Created"
        case .movedPermanently: "Permanent Redirect"
        case .badRequest: "Bad Request"
        case .forbidden: "Forbidden"
        case .notFound: "Not Found"
        case .methodNotAllowed: "Method Not Allowed"
        case .conflict: "Conflict"
        case .lengthRequired: "Length Required"
        case .contentTooLarge: "Content Too Large"
        case .headTooLarge: "Request Header Fields Too Large"
        case .internalError: "Internal Server Error"
        case .insufficientStorage: "Insufficient Storage"
        }
    }
}
