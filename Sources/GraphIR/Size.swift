import GraphLanguage

/// A whole number that may depend on symbolic sizes: a polynomial with floor division.
///
/// Sizes are kept in normal form (terms sorted, no zero coefficients), so that equal sizes are equal
/// values: `2*H + H` and `3*H` are one. Symbols stand for whole numbers of at least 1. Arithmetic
/// saturates at ``limit``, which no valid size reaches, instead of trapping.
public struct Size: Hashable, Sendable, CustomStringConvertible {
    /// What does not depend on symbols; most sizes are nothing else, and cost no memory.
    private var constantTerm: Int
    /// The other terms in their order.
    private var terms: [Term]

    private struct Term: Hashable, Sendable {
        var monomial: Monomial
        var coefficient: Int
    }

    /// A product of atoms in ascending order, as `H*W`.
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
                dividend.constantTerm >= 0
                    && dividend.terms.allSatisfy { $0.coefficient > 0 && $0.monomial.atoms.allSatisfy(\.isNeverNegative) }
            }
        }

        var description: String {
            switch self {
            case .symbol(let name): name
            case .quotient(let dividend, let divisor):
                dividend.termCount > 1 ? "((\(dividend))//\(divisor))" : "(\(dividend)//\(divisor))"
            }
        }
    }

    /// No size, and no product of sizes, may exceed this.
    public static let limit = 1 << 48

    /// A size that is known.
    public init(_ number: Int) {
        constantTerm = Size.saturated(number)
        terms = []
    }

    /// A size that is bound later.
    public init(symbol: String) {
        self.init(terms: [Term(monomial: Monomial(atoms: [.symbol(symbol)]), coefficient: 1)])
    }

    /// - Parameter terms: in any order; those of one monomial are added.
    private init(_ constantTerm: Int = 0, terms: [Term]) {
        self.constantTerm = constantTerm
        self.terms = []
        for term in terms.count > 1 ? terms.sorted(by: { $0.monomial < $1.monomial }) : terms {
            if let last = self.terms.last, last.monomial == term.monomial {
                self.terms[self.terms.count - 1].coefficient = Size.saturated(last.coefficient + term.coefficient)
            } else {
                self.terms.append(term)
            }
        }
        self.terms.removeAll { $0.coefficient == 0 }
    }

    /// The value, when it depends on no symbol.
    public var constant: Int? { terms.isEmpty ? constantTerm : nil }

    private var termCount: Int { terms.count + (constantTerm == 0 ? 0 : 1) }

    /// The name, when this is one symbol and nothing else.
    public var symbol: String? {
        guard constantTerm == 0, terms.count == 1, terms[0].coefficient == 1, terms[0].monomial.atoms.count == 1,
            case .symbol(let name) = terms[0].monomial.atoms[0]
        else { return nil }
        return name
    }

    /// All symbols that the value depends on.
    public var symbols: Set<String> {
        var names: Set<String> = []
        for atom in terms.flatMap(\.monomial.atoms) {
            switch atom {
            case .symbol(let name): names.insert(name)
            case .quotient(let dividend, _): names.formUnion(dividend.symbols)
            }
        }
        return names
    }

    /// How many terms and factors the value is written with: what arithmetic on it costs.
    public var complexity: Int {
        terms.reduce(constantTerm == 0 ? 1 : 2) { sum, term in
            term.monomial.atoms.reduce(sum + 1) { sum, atom in
                switch atom {
                case .symbol: sum + 1
                case .quotient(let dividend, _): sum + dividend.complexity
                }
            }
        }
    }

    /// No size of a tensor may be more complex.
    public static let complexityLimit = 100

    /// Whether two sizes are the same for all, for no, or for some values of their symbols.
    public enum Comparison: Sendable { case equal, different, undecided }

    /// Whether two sizes are equal, different, or decided only when symbols are bound.
    public func compared(to other: Size) -> Comparison {
        if self == other { return .equal }
        let difference = self - other
        // Symbols are positive and quotients of positive terms are not negative, so terms of one sign
        // with a constant or symbol among them cannot cancel.
        let coefficients = difference.terms.map(\.coefficient) + [difference.constantTerm]
        guard coefficients.allSatisfy({ $0 >= 0 }) || coefficients.allSatisfy({ $0 <= 0 }),
            difference.terms.allSatisfy({ $0.monomial.atoms.allSatisfy(\.isNeverNegative) })
        else { return .undecided }
        let isSurelyNonzero =
            difference.constantTerm != 0
            || difference.terms.contains { term in
                term.monomial.atoms.allSatisfy { if case .symbol = $0 { true } else { false } }
            }
        return isSurelyNonzero ? .different : .undecided
    }

    /// The sum in normal form.
    public static func + (left: Size, right: Size) -> Size {
        let constantTerm = saturated(left.constantTerm + right.constantTerm)
        return Size(constantTerm, terms: left.terms + right.terms)
    }

    /// The difference in normal form.
    public static func - (left: Size, right: Size) -> Size { left + right * Size(-1) }

    /// The product in normal form.
    public static func * (left: Size, right: Size) -> Size {
        var terms = left.terms.map { Term(monomial: $0.monomial, coefficient: product($0.coefficient, right.constantTerm)) }
        terms += right.terms.map { Term(monomial: $0.monomial, coefficient: product($0.coefficient, left.constantTerm)) }
        for leftTerm in left.terms {
            for rightTerm in right.terms {
                let atoms = (leftTerm.monomial.atoms + rightTerm.monomial.atoms).sorted { $0.description < $1.description }
                let coefficient = product(leftTerm.coefficient, rightTerm.coefficient)
                terms.append(Term(monomial: Monomial(atoms: atoms), coefficient: coefficient))
            }
        }
        return Size(product(left.constantTerm, right.constantTerm), terms: terms)
    }

    /// The product in normal form.
    public static func * (left: Int, right: Size) -> Size { Size(left) * right }
    /// The sum in normal form.
    public static func + (left: Size, right: Int) -> Size { left + Size(right) }
    /// The difference in normal form.
    public static func - (left: Size, right: Int) -> Size { left - Size(right) }

    /// ⌊self / divisor⌋; what divides exactly leaves the quotient: `(4*H + 1)//2` is `2*H`.
    ///
    /// - Requires: `divisor` is at least 1.
    public func floorDivided(by divisor: Int) -> Size {
        if divisor == 1 { return self }
        let wholeConstant = Size.floorDivide(constantTerm, divisor)
        let whole = terms.filter { $0.coefficient % divisor == 0 }
            .map { Term(monomial: $0.monomial, coefficient: $0.coefficient / divisor) }
        let quotient = Size(wholeConstant, terms: whole)
        let remainder = Size(
            constantTerm - wholeConstant * divisor, terms: terms.filter { $0.coefficient % divisor != 0 })
        if remainder.constant != nil { return quotient }
        // ⌊−a / d⌋ is −⌊(a + d − 1) / d⌋: no quotient begins with a term below 0, so that what is added to a size to make it a
        // multiple of d leaves that multiple.
        if remainder.terms[0].coefficient < 0 {
            return quotient - (Size(divisor - 1) - remainder).floorDivided(by: divisor)
        }
        return quotient + Size(terms: [Term(monomial: Monomial(atoms: [.quotient(remainder, divisor)]), coefficient: 1)])
    }

    /// Replaces symbols that `sizes` names by their values.
    public func bound(to sizes: [String: Int]) -> Size {
        substituting { name in sizes[name].map(Size.init) }
    }

    /// Replaces each symbol that `replacement` knows by a size.
    public func substituting(_ replacement: (String) -> Size?) -> Size {
        terms.reduce(Size(constantTerm)) { sum, term in
            sum
                + term.monomial.atoms.reduce(Size(term.coefficient)) { product, atom in
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
        var text = ""
        for (monomial, coefficient) in allTerms {
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

    /// The constant is the last, and alone where there are no others.
    private var allTerms: [(monomial: Monomial, coefficient: Int)] {
        terms.map { ($0.monomial, $0.coefficient) }
            + (constantTerm != 0 || terms.isEmpty ? [(Monomial(atoms: []), constantTerm)] : [])
    }

    /// The same as source: for printing sizes inside larger expressions.
    public var syntax: Expression {
        let sorted = allTerms
        let first = sorted[0]
        let leading = Self.syntax(first.monomial, abs(first.coefficient))
        let start = first.coefficient < 0 ? Expression(.negate(leading), at: .none) : leading
        return sorted.dropFirst().reduce(start) { sum, term in
            let factor = Self.syntax(term.monomial, abs(term.coefficient))
            return Expression(.binary(term.coefficient < 0 ? .subtract : .add, sum, factor), at: .none)
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

    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? ((left < 0) == (right < 0) ? limit : -limit) : saturated(product)
    }

    private static func saturated(_ number: Int) -> Int { min(max(number, -limit), limit) }

    static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        let quotient = dividend / divisor
        return dividend % divisor != 0 && (dividend < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
