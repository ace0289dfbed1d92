import Builtin

/// Asks for the cache line at `address`, which a later instruction reads or writes, without waiting for it.
///
/// Swift has no such function, and C's are macros, which it does not import: this is LLVM's instruction, for
/// reading (0), kept in all caches (3), data (1).
@inline(__always)
func prefetch(_ address: UnsafePointer<Float>) {
    Builtin.int_prefetch_RawPointer(address._rawValue, (0 as Int32)._value, (3 as Int32)._value, (1 as Int32)._value)
}
