import Builtin
import GraphKernelInterface

/// Eight lanes: one AVX2 register, or two of the portable build's.
typealias Vector = SIMD8<Float>

/// Sixteen lanes, for matrix products: one AVX-512 register, two AVX2 registers, or four.
typealias WideVector = SIMD16<Float>

// Instructions on whole vectors, by LLVM's names. The standard library's are loops over lanes, which the optimizer
// puts together again, at times as halves of a register that are stored apart and stall the load of the whole.

extension Vector {
    @inline(__always)
    static func + (a: Vector, b: Vector) -> Vector {
        Vector(register: Builtin.fadd_Vec8xFPIEEE32(a._storage._value, b._storage._value))
    }

    @inline(__always)
    static func - (a: Vector, b: Vector) -> Vector {
        Vector(register: Builtin.fsub_Vec8xFPIEEE32(a._storage._value, b._storage._value))
    }

    @inline(__always)
    static func * (a: Vector, b: Vector) -> Vector {
        Vector(register: Builtin.fmul_Vec8xFPIEEE32(a._storage._value, b._storage._value))
    }

    @inline(__always)
    fileprivate init(register: Builtin.Vec8xFPIEEE32) {
        self.init()
        _storage._value = register
    }
}

extension WideVector {
    @inline(__always)
    static func + (a: WideVector, b: WideVector) -> WideVector {
        WideVector(register: Builtin.fadd_Vec16xFPIEEE32(a._storage._value, b._storage._value))
    }

    @inline(__always)
    static func * (a: WideVector, b: WideVector) -> WideVector {
        WideVector(register: Builtin.fmul_Vec16xFPIEEE32(a._storage._value, b._storage._value))
    }

    @inline(__always)
    fileprivate init(register: Builtin.Vec16xFPIEEE32) {
        self.init()
        _storage._value = register
    }
}

/// a·b + c: one rounding with FMA, two in the portable build, where one would be a call of `fmaf` for each lane.
@inline(__always)
func multiplyAdd(_ a: Vector, _ b: Vector, _ c: Vector) -> Vector {
    #if FMA
        Vector(register: Builtin.int_fma_Vec8xFPIEEE32(a._storage._value, b._storage._value, c._storage._value))
    #else
        a * b + c
    #endif
}

@inline(__always)
func multiplyAdd(_ a: WideVector, _ b: WideVector, _ c: WideVector) -> WideVector {
    #if FMA
        WideVector(register: Builtin.int_fma_Vec16xFPIEEE32(a._storage._value, b._storage._value, c._storage._value))
    #else
        let product = Builtin.fmul_Vec16xFPIEEE32(a._storage._value, b._storage._value)
        return WideVector(register: Builtin.fadd_Vec16xFPIEEE32(product, c._storage._value))
    #endif
}

@inline(__always)
func multiplyAdd(_ a: Float, _ b: Float, _ c: Float) -> Float {
    #if FMA
        c.addingProduct(a, b)
    #else
        a * b + c
    #endif
}

/// `mask ? a : b` for each lane, without a branch.
@inline(__always)
func select(_ mask: SIMDMask<SIMD8<Int32>>, _ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: mask)
}

extension UnsafePointer<Float> {
    /// Eight elements from `index` on, at any alignment.
    @inline(__always)
    func vector(_ index: Int) -> Vector { UnsafeRawPointer(self + index).loadUnaligned(as: Vector.self) }

    /// Sixteen elements from `index` on, at any alignment.
    @inline(__always)
    func wideVector(_ index: Int) -> WideVector { UnsafeRawPointer(self + index).loadUnaligned(as: WideVector.self) }
}

extension UnsafeMutablePointer<Float> {
    @inline(__always)
    func vector(_ index: Int) -> Vector { UnsafePointer(self).vector(index) }

    @inline(__always)
    func wideVector(_ index: Int) -> WideVector { UnsafePointer(self).wideVector(index) }

    @inline(__always)
    func store(_ value: Vector, _ index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: Vector.self)
    }

    @inline(__always)
    func store(_ value: WideVector, _ index: Int) {
        UnsafeMutableRawPointer(self + index).storeBytes(of: value, as: WideVector.self)
    }
}

extension UnsafeMutableRawPointer {
    @inline(__always)
    var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }

    @inline(__always)
    var bytes: UnsafeMutablePointer<UInt8> { assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeRawPointer {
    @inline(__always)
    var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }

    @inline(__always)
    var bytes: UnsafePointer<UInt8> { assumingMemoryBound(to: UInt8.self) }
}

/// Copies elements between places that do not overlap.
@inline(__always)
func copy(_ source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>, count: Int) {
    UnsafeMutableRawPointer(destination).copyMemory(from: source, byteCount: count * 4)
}

@inline(__always)
func zero(_ destination: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count { destination[i] = 0 }
}

/// Adds a multiple of elements to others; the two overlap nowhere.
@inline(__always)
func addScaled(_ x: UnsafePointer<Float>, by factor: Float, to sums: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i + 8 <= count {
        sums.store(multiplyAdd(x.vector(i), Vector(repeating: factor), sums.vector(i)), i)
        i += 8
    }
    while i < count {
        sums[i] = multiplyAdd(x[i], factor, sums[i])
        i += 1
    }
}
