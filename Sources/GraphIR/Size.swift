import GraphLanguage

/// A whole number that may depend on symbolic sizes: a polynomial with floor division.
///
/// Sizes are kept in normal form (terms sorted, no zero coefficients), so that equal sizes are equal
/// values: `2*H + H` and `3*H` are one. Symbols stand for whole numbers of at least 1. Arithmetic
/// saturates at ``limit``, which no valid size reaches, instead of trapping.
public struct Size: Hashable, Sendable, CustomStringConvertible {
    /// Coefficients by product of atoms.
    private var terms: [Monomial: Int]

    /// A product of atoms in ascending order, as `H*W`; empty for the constant term.
    private struct Monomial: Hashable, Sendable, Comparable {
        var atoms: [Atom]

        /// Higher degree first, then by name.
        static func < (left: Monomial, right: Monomial) -> Bool {
            if left.atoms.count != right.atoms.count { return left.atoms.count > right.atoms.count }
            return left.description < right.description
        }

        var description: String { atoms.map(\.description).joined(separator: "*") }
    }

    /// What a product is made of.
    private indirect enum Atom: Hashable, Sendable {
        case symbol(String)
        /// ⌊dividend / divisor⌋ where the division leaves a symbolic remainder.
        case quotient(Size, Int)

        /// Whether this can be seen to be at least 0 for all values of its symbols.
        var isNeverNegative: Bool {
            switch self {
            case .symbol: true
            case .quotient(let dividend, _):
                dividend.terms.allSatisfy { $0.value > 0 && $0.key.atoms.allSatisfy(\.isNeverNegative) }
            }
        }

        var description: String {
            switch self {
            case .symbol(let name): name
            case .quotient(let dividend, let divisor):
                dividend.terms.count > 1 ? "((\(dividend))//\(divisor))" : "(\(dividend)//\(divisor))"
            }
        }
    }

    /// No size, and no product of sizes, may exceed this.
    public static let limit = 1 << 48

    public init(_ number: Int) {
        terms = number == 0 ? [:] : [Monomial(atoms: []): Size.saturated(number)]
    }

    public init(symbol: String) {
        terms = [Monomial(atoms: [.symbol(symbol)]): 1]
    }

    private init(terms: [Monomial: Int]) {
        self.terms = terms.filter { $0.value != 0 }
    }

    /// The value, when it depends on no symbol.
    public var constant: Int? {
        if terms.isEmpty { return 0 }
        return terms.count == 1 ? terms[Monomial(atoms: [])] : nil
    }

    /// The name, when this is one symbol and nothing else.
    public var symbol: String? {
        guard terms.count == 1, let term = terms.first, term.value == 1, term.key.atoms.count == 1,
            case .symbol(let name) = term.key.atoms[0]
        else { return nil }
        return name
    }

    /// All symbols that the value depends on.
    public var symbols: Set<String> {
        var names: Set<String> = []
        for atom in terms.keys.flatMap(\.atoms) {
            switch atom {
            case .symbol(let name): names.insert(name)
            case .quotient(let dividend, _): names.formUnion(dividend.symbols)
            }
        }
        return names
    }

    /// How many terms and factors the value is written with: what arithmetic on it costs.
    var complexity: Int {
        terms.keys.reduce(1) { sum, monomial in
            monomial.atoms.reduce(sum + 1) { sum, atom in
                switch atom {
                case .symbol: sum + 1
                case .quotient(let dividend, _): sum + dividend.complexity
                }
            }
        }
    }

    /// No size of a tensor may be more complex.
    static let complexityLimit = 100

    /// Whether two sizes are the same for all, for no, or for some values of their symbols.
    public enum Comparison: Sendable { case equal, different, undecided }

    public func compared(to other: Size) -> Comparison {
        let difference = self - other
        if difference.terms.isEmpty { return .equal }
        // Symbols are positive and quotients of positive terms are not negative, so terms of one sign
        // with a constant or symbol among them cannot cancel.
        let coefficients = difference.terms.values
        guard coefficients.allSatisfy({ $0 > 0 }) || coefficients.allSatisfy({ $0 < 0 }),
            difference.terms.keys.allSatisfy({ $0.atoms.allSatisfy(\.isNeverNegative) })
        else { return .undecided }
        let isSurelyNonzero = difference.terms.keys.contains { monomial in
            monomial.atoms.allSatisfy { if case .symbol = $0 { true } else { false } }
        }
        return isSurelyNonzero ? .different : .undecided
    }

    public static func + (left: Size, right: Size) -> Size {
        var terms = left.terms
        for (monomial, coefficient) in right.terms {
            terms[monomial] = saturated(terms[monomial, default: 0] + coefficient)
        }
        return Size(terms: terms)
    }

    public static func - (left: Size, right: Size) -> Size { left + right * Size(-1) }

    public static func * (left: Size, right: Size) -> Size {
        var terms: [Monomial: Int] = [:]
        for (leftMonomial, leftCoefficient) in left.terms {
            for (rightMonomial, rightCoefficient) in right.terms {
                let atoms = (leftMonomial.atoms + rightMonomial.atoms).sorted { $0.description < $1.description }
                let (product, overflow) = leftCoefficient.multipliedReportingOverflow(by: rightCoefficient)
                let bounded = overflow ? ((leftCoefficient < 0) == (rightCoefficient < 0) ? limit : -limit) : product
                let monomial = Monomial(atoms: atoms)
                terms[monomial] = saturated(terms[monomial, default: 0] + saturated(bounded))
            }
        }
        return Size(terms: terms)
    }

    public static func * (left: Int, right: Size) -> Size { Size(left) * right }
    public static func + (left: Size, right: Int) -> Size { left + Size(right) }
    public static func - (left: Size, right: Int) -> Size { left - Size(right) }

    /// ⌊self / divisor⌋; what divides exactly leaves the quotient: `(4*H + 1)//2` is `2*H`.
    ///
    /// - Requires: `divisor` is at least 1.
    public func floorDivided(by divisor: Int) -> Size {
        if divisor == 1 { return self }
        var whole: [Monomial: Int] = [:]
        var rest: [Monomial: Int] = [:]
        for (monomial, coefficient) in terms {
            if monomial.atoms.isEmpty || coefficient % divisor == 0 {
                let quotient = Size.floorDivide(coefficient, divisor)
                whole[monomial] = quotient
                rest[monomial] = coefficient - quotient * divisor
            } else {
                rest[monomial] = coefficient
            }
        }
        let remainder = Size(terms: rest)
        let quotient = Size(terms: whole)
        if remainder.constant != nil { return quotient }
        return quotient + Size(terms: [Monomial(atoms: [.quotient(remainder, divisor)]): 1])
    }

    /// Replaces symbols that `sizes` names by their values.
    public func bound(to sizes: [String: Int]) -> Size {
        substituting { name in sizes[name].map(Size.init) }
    }

    /// Replaces each symbol that `replacement` knows by a size.
    public func substituting(_ replacement: (String) -> Size?) -> Size {
        terms.reduce(Size(0)) { sum, term in
            sum + term.key.atoms.reduce(Size(term.value)) { product, atom in
                switch atom {
                case .symbol(let name): product * (replacement(name) ?? Size(symbol: name))
                case .quotient(let dividend, let divisor):
                    product * dividend.substituting(replacement).floorDivided(by: divisor)
                }
            }
        }
    }

    /// As in source, higher powers first: `2*H*W + H - 1`.
    public var description: String {
        if terms.isEmpty { return "0" }
        var text = ""
        for (monomial, coefficient) in terms.sorted(by: { $0.key < $1.key }) {
            let magnitude = abs(coefficient)
            let product =
                monomial.atoms.isEmpty
                ? "\(magnitude)" : magnitude == 1 ? monomial.description : "\(magnitude)*\(monomial.description)"
            if text.isEmpty {
                text = coefficient < 0 ? "-\(product)" : product
            } else {
                text += coefficient < 0 ? " - \(product)" : " + \(product)"
            }
        }
        return text
    }

    /// The same as source: for printing sizes inside larger expressions.
    public var syntax: Expression {
        let sorted = terms.sorted(by: { $0.key < $1.key })
        guard let first = sorted.first else { return Expression(.integer(0), at: .none) }
        let leading = Self.syntax(first.key, abs(first.value))
        return sorted.dropFirst().reduce(first.value < 0 ? Expression(.negate(leading), at: .none) : leading) { sum, term in
            Expression(.binary(term.value < 0 ? .subtract : .add, sum, Self.syntax(term.key, abs(term.value))), at: .none)
        }
    }

    private static func syntax(_ monomial: Monomial, _ magnitude: Int) -> Expression {
        var factors = monomial.atoms.map { atom in
            switch atom {
            case .symbol(let name): Expression(.name(name), at: .none)
            case .quotient(let dividend, let divisor):
                Expression(.binary(.floorDivide, dividend.syntax, Expression(.integer(divisor), at: .none)), at: .none)
            }
        }
        if magnitude != 1 || factors.isEmpty { factors.insert(Expression(.integer(magnitude), at: .none), at: 0) }
        return factors.dropFirst().reduce(factors[0]) { Expression(.binary(.multiply, $0, $1), at: .none) }
    }

    private static func saturated(_ number: Int) -> Int { min(max(number, -limit), limit) }

    static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        let quotient = dividend / divisor
        return dividend % divisor != 0 && (dividend < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
