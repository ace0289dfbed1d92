/// Kernels by the names that the compiler's kernel table gives.
///
/// Each build of the kernels makes one through `add`, which is compiled here alone: a dictionary made
/// there would leave each build a copy of its generic code, and the linker keeps one of two.
public struct KernelNames: Sendable {
    public private(set) var kernels: [String: Kernel] = [:]

    public init() {}

    public mutating func add(_ name: String, _ kernel: @escaping Kernel) {
        kernels[name] = kernel
    }
}
