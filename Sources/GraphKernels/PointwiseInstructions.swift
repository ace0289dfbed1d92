import Glibc
import GraphKernelInterface

/// Runs one instruction over `count` elements, a multiple of 8. The destination may be an operand's
/// own place.
func execute(
    _ instruction: PointwiseInstruction, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    to result: UnsafeMutablePointer<Float>, count: Int
) {
    let a = Vector(repeating: instruction.immediate)
    let b = Vector(repeating: instruction.secondImmediate)
    let zero = Vector(repeating: 0)
    var i = 0
    switch instruction.opcode {
    case .add:
        while i < count { result.store(left.vector(i) + right.vector(i), i); i += 8 }
    case .subtract:
        while i < count { result.store(left.vector(i) - right.vector(i), i); i += 8 }
    case .multiply:
        while i < count { result.store(left.vector(i) * right.vector(i), i); i += 8 }
    case .divide:
        while i < count { result.store(left.vector(i) / right.vector(i), i); i += 8 }
    case .fill:
        while i < count { result.store(a, i); i += 8 }
    case .addImmediate:
        while i < count { result.store(left.vector(i) + a, i); i += 8 }
    case .multiplyImmediate:
        while i < count { result.store(left.vector(i) * a, i); i += 8 }
    case .subtractFromImmediate:
        while i < count { result.store(a - left.vector(i), i); i += 8 }
    case .divideImmediate:
        while i < count { result.store(a / left.vector(i), i); i += 8 }
    case .divideByImmediate:
        while i < count { result.store(left.vector(i) / a, i); i += 8 }
    case .relu:
        // Comparing so, and not with a maximum, keeps NaN.
        while i < count { let x = left.vector(i); result.store(select(x .<= zero, zero, x), i); i += 8 }
    case .leakyRelu:
        while i < count { let x = left.vector(i); result.store(select(x .> zero, x, a * x), i); i += 8 }
    case .prelu:
        while i < count { let x = left.vector(i); result.store(select(x .> zero, x, right.vector(i) * x), i); i += 8 }
    case .reluGradient:
        while i < count {
            let x = left.vector(i)
            result.store(select(right.vector(i) .> zero, x, a * x), i)
            i += 8
        }
    case .tanh:
        while i < count { result.store(hyperbolicTangent(left.vector(i)), i); i += 8 }
    case .sigmoid:
        while i < count { result.store(logistic(left.vector(i)), i); i += 8 }
    case .exponential:
        while i < count { result.store(exponential(left.vector(i)), i); i += 8 }
    case .logarithm:
        while i < count { result.store(naturalLogarithm(left.vector(i)), i); i += 8 }
    case .errorFunction:
        while i < count { result.store(errorFunction(left.vector(i)), i); i += 8 }
    case .abs:
        while i < count { result.store(magnitude(left.vector(i)), i); i += 8 }
    case .squareRoot:
        while i < count { result.store(left.vector(i).squareRoot(), i); i += 8 }
    case .sign:
        let one = Vector(repeating: 1)
        while i < count {
            let x = left.vector(i)
            result.store(select(x .> zero, one, zero) - select(x .< zero, one, zero), i)
            i += 8
        }
    case .clip:
        while i < count {
            let x = left.vector(i)
            let atLeast = select(x .<= a, a, x)
            result.store(select(atLeast .> b, b, atLeast), i)
            i += 8
        }
    case .clipGradient:
        while i < count {
            let y = right.vector(i)
            result.store(select(y .>= a, select(y .<= b, left.vector(i), zero), zero), i)
            i += 8
        }
    case .round:
        while i < count { result.store(roundedHalfEven(left.vector(i)), i); i += 8 }
    case .floor:
        while i < count {
            let x = left.vector(i)
            let nearest = roundedHalfEven(x)
            // What was rounded up is 1 too large; all else, −0 included, stays.
            result.store(select(nearest .> x, nearest - Vector(repeating: 1), nearest), i)
            i += 8
        }
    case .less:
        let one = Vector(repeating: 1)
        while i < count { result.store(select(left.vector(i) .< right.vector(i), one, zero), i); i += 8 }
    case .lessOrEqual:
        let one = Vector(repeating: 1)
        while i < count { result.store(select(left.vector(i) .<= right.vector(i), one, zero), i); i += 8 }
    case .equal:
        let one = Vector(repeating: 1)
        while i < count { result.store(select(left.vector(i) .== right.vector(i), one, zero), i); i += 8 }
    case .maximum:
        while i < count {
            let x = left.vector(i), y = right.vector(i)
            result.store(select(x .!= x, x, select(x .> y, x, y)), i)
            i += 8
        }
    case .minimum:
        while i < count {
            let x = left.vector(i), y = right.vector(i)
            result.store(select(x .!= x, x, select(x .< y, x, y)), i)
            i += 8
        }
    case .keepWhere:
        while i < count { result.store(select(right.vector(i) .== zero, zero, left.vector(i)), i); i += 8 }
    case .keepWhereNot:
        while i < count { result.store(select(right.vector(i) .== zero, left.vector(i), zero), i); i += 8 }
    case .either:
        while i < count { result.store(eitherOf(left.vector(i), right.vector(i)), i); i += 8 }
    case .power:
        while i < count { result[i] = pow(left[i], right[i]); i += 1 }
    case .powerOfImmediate:
        while i < count { result[i] = pow(instruction.immediate, left[i]); i += 1 }
    case .toU8:
        let most = Vector(repeating: 255)
        while i < count {
            let x = left.vector(i)
            // NaN compares false and becomes 0.
            let positive = select(x .> zero, x, zero)
            let bounded = select(positive .< most, positive, most)
            let nearest = roundedHalfEven(bounded)
            result.store(nearest - select(nearest .> bounded, Vector(repeating: 1), zero), i)
            i += 8
        }
    }
}
