import CGraphC
import Glibc
import GraphC

@c @implementation
public func graphc_entry_name(_ model: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
    var name: UnsafePointer<CChar>?
    _ = status {
        let handle = try ModelHandle.at(model)
        try handle.withLock {
            let entries = handle.entryTexts().entries
            guard entries.indices.contains(index) else { throw CallError("the model has \(entries.count) entries") }
            name = entries[index].name
        }
    }
    return name
}

@c @implementation
public func graphc_value_name(
    _ model: OpaquePointer?, _ entry: UnsafePointer<CChar>?, _ kind: graphc_kind, _ index: Int
) -> UnsafePointer<CChar>? { value(model, entry, kind, index)?.name }

@c @implementation
public func graphc_value_type(
    _ model: OpaquePointer?, _ entry: UnsafePointer<CChar>?, _ kind: graphc_kind, _ index: Int
) -> UnsafePointer<CChar>? { value(model, entry, kind, index)?.type }

private func value(
    _ model: OpaquePointer?, _ entry: UnsafePointer<CChar>?, _ kind: graphc_kind, _ index: Int
) -> EntryTexts.Value? {
    var value: EntryTexts.Value?
    _ = status {
        let handle = try ModelHandle.at(model)
        let role = try role(named: try text(entry, "entry"))
        try handle.withLock {
            guard let entry = handle.entryTexts().entries.first(where: { $0.role == role }) else {
                throw CallError("the model has no entry '\(role.rawValue)'")
            }
            guard let values = entry.values[kind.rawValue] else { throw CallError("there is no graphc_kind \(kind.rawValue)") }
            guard values.indices.contains(index) else { throw CallError("there are \(values.count) values of this kind") }
            value = values[index]
        }
    }
    return value
}

/// - Throws: naming the entries that there can be.
func role(named name: String) throws(CallError) -> Role {
    guard let role = Role(rawValue: name) else {
        throw CallError("there is no entry '\(name)', only \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return role
}

/// Names and types of what a model's entries take and give, as strings of C that live as long as this.
final class EntryTexts {
    struct Value {
        var name: UnsafePointer<CChar>
        var type: UnsafePointer<CChar>
    }

    struct Entry {
        var role: Role
        var name: UnsafePointer<CChar>
        /// By `graphc_kind`.
        var values: [UInt32: [Value]]
    }

    private(set) var entries: [Entry] = []
    private var owned: [UnsafeMutablePointer<CChar>] = []

    init(_ model: Model) {
        for role in Role.allCases {
            // A model has not every entry.
            guard let graph = try? model.entry(role).graph else { continue }
            func inputs(_ content: Node.Content) -> [Value] {
                graph.nodes.filter { $0.content == content }.map { value($0.name, $0.type) }
            }
            let values = [
                GRAPHC_INPUT.rawValue: inputs(.input), GRAPHC_SCALAR.rawValue: inputs(.scalar),
                GRAPHC_OUTPUT.rawValue: graph.outputs.map { value($0.name, graph[$0.value].type) },
                GRAPHC_MEASURE.rawValue: graph.measures.map { value($0.name, graph[$0.value].type) },
            ]
            entries.append(Entry(role: role, name: text(role.rawValue), values: values))
        }
    }

    deinit { for pointer in owned { free(pointer) } }

    private func value(_ name: String, _ type: TensorType) -> Value { Value(name: text(name), type: text("\(type)")) }

    private func text(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        owned.append(copy)
        return UnsafePointer(copy)
    }
}
