/// The syntax tree: what a `.graph` file says, before it means anything.
///
/// One tree serves what people write and what the compiler prints at every stage, so that each dump
/// is read again by the same parser. Equality ignores locations: two trees are equal when they print
/// the same.
public struct SourceFile: Hashable, Sendable {
    /// The stage that a dump begins with (`stage fused`); nil in files that people write.
    public var stage: Name?
    /// Graphs, blocks and entries in the order of the file.
    public var declarations: [Declaration]

    /// Each argument is the property of its name.
    public init(stage: Name? = nil, declarations: [Declaration]) {
        self.stage = stage
        self.declarations = declarations
    }
}

/// An identifier and where it stands.
public struct Name: Hashable, Sendable {
    /// The characters of the name.
    public var text: String
    /// Where it stands.
    @Unhashed public var location: SourceLocation

    /// A name at a place.
    public init(_ text: String, at location: SourceLocation) {
        self.text = text
        self.location = location
    }
}

/// `graph`, `block`, `train`, `predict` and `entry` share one form; parts that a keyword does not
/// take are empty. The parser reports parts that do not belong.
public struct Declaration: Hashable, Sendable {
    /// The word that a declaration begins with.
    public enum Keyword: String, Hashable, Sendable, CaseIterable {
        /// A model: parameters, inputs, outputs, body.
        case graph
        /// A reusable piece of a model, expanded where it is called.
        case block
        /// What training minimises and reports, given further inputs.
        case train
        /// What inference returns.
        case predict
        /// A compiled entry, as the passes print it: `entry train edsr(…) -> (…) { … }`.
        case entry
    }

    /// What is declared.
    public var keyword: Keyword
    /// The lines of `///` directly above, without the slashes and one leading space.
    public var documentation: [String]
    /// `forward`, `train` or `predict` behind `entry`, else nil.
    public var role: Name?
    /// The name that is declared; of `train` and `predict` the graph's.
    public var name: Name
    /// Compile-time parameters, between `<` and `>`.
    public var parameters: [Parameter]
    /// Inputs with their types.
    public var inputs: [TypedName]
    /// Outputs with their types.
    public var outputs: [TypedName]
    /// The expression behind `where`.
    public var condition: Expression?
    /// What a planned entry was made for, as clauses: `on avx2`.
    public var clauses: [Clause]
    /// The statements between the braces.
    public var body: [Statement]
    /// False where a mistake stands in the header, so that parts of it are missing. See ``Parser/read(bytes:)``.
    public var isReadable = true
    /// Where the declaration begins.
    @Unhashed public var location: SourceLocation

    /// Each argument is the property of its name.
    public init(
        keyword: Keyword, documentation: [String] = [], role: Name? = nil, name: Name,
        parameters: [Parameter] = [], inputs: [TypedName] = [], outputs: [TypedName] = [],
        condition: Expression? = nil, clauses: [Clause] = [], body: [Statement],
        at location: SourceLocation
    ) {
        self.keyword = keyword
        self.documentation = documentation
        self.role = role
        self.name = name
        self.parameters = parameters
        self.inputs = inputs
        self.outputs = outputs
        self.condition = condition
        self.clauses = clauses
        self.body = body
        self.location = location
    }
}

/// `filters: int = 64` between `<` and `>`. Kinds are `int`, `float` and `bool`.
public struct Parameter: Hashable, Sendable {
    /// The parameter's name.
    public var name: Name
    /// `int`, `float` or `bool`.
    public var kind: Name
    /// What the parameter is unless it is set; nil where it must be.
    public var defaultValue: Expression?

    /// Each argument is the property of its name.
    public init(name: Name, kind: Name, defaultValue: Expression? = nil) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
    }
}

/// `lr: u8[N, H, W, 3]`.
public struct TypedName: Hashable, Sendable {
    /// The input's or output's name.
    public var name: Name
    /// Its type.
    public var type: TypeSyntax

    /// Each argument is the property of its name.
    public init(name: Name, type: TypeSyntax) {
        self.name = name
        self.type = type
    }
}

/// `f32[N, scale*H, scale*W, 3]`; `f32[]` is a scalar.
public struct TypeSyntax: Hashable, Sendable {
    /// `f32` or `u8`.
    public var element: Name
    /// The sizes between the brackets; none for a scalar.
    public var dimensions: [Expression]
    /// Where the type begins.
    @Unhashed public var location: SourceLocation

    /// A type at a place.
    public init(element: Name, dimensions: [Expression], at location: SourceLocation) {
        self.element = element
        self.dimensions = dimensions
        self.location = location
    }
}

/// How a weight or state begins: `glorot_uniform`, or with a number, `constant(0.25)`.
public struct InitializerSyntax: Hashable, Sendable {
    /// `zeros`, `constant` or another initializer's name.
    public var word: Name
    /// The number in parentheses, where one stands there.
    public var number: Expression?

    /// Each argument is the property of its name.
    public init(word: Name, number: Expression? = nil) {
        self.word = word
        self.number = number
    }
}

/// One statement of a body.
public struct Statement: Hashable, Sendable {
    /// What the statement is.
    public indirect enum Kind: Hashable, Sendable {
        /// `y = relu(x)`, or `y: f32[N, H, W, 64] = relu(x)`.
        case assignment(Name, TypeSyntax?, Expression)
        /// `weight filter: f32[3, 3, C, out] ~ glorot_uniform`; `state m: f32[64] ~ zeros @a.m`;
        /// `scalar learning_rate: f32[]`.
        case storage(StorageKeyword, TypedName, initializer: InitializerSyntax?, path: Path?)
        /// `repeat i in 0..<blocks carry h { … }`
        case `repeat`(variable: Name, lower: Expression, upper: Expression, carry: [Name], body: [Statement])
        /// `if scale == 3 carry u { … } else carry u { … }`. An `else if` is an `if` alone in `otherwise`.
        case `if`(Expression, carry: [Name], then: [Statement], otherwise: Branch?)
        /// `loss mae = …`, `metric psnr = …`
        case measure(MeasureKeyword, Name, Expression)
        /// `update w = …`
        case update(Name, Expression)
        /// `fuse s0 { … }`, or `fuse s0 using conv2d_direct { … }` once kernels are chosen.
        case fuse(Name, kernel: Name?, body: [Statement])
        /// `run s0 rows 0..<4 after s1(4)`; `buffer r at 4096 rows 7`: lines of a schedule or a plan.
        case directive(DirectiveKeyword, Name, [Clause])
        /// A statement with a mistake in it, and the names that it seems to give to values. See ``Parser/read(bytes:)``.
        ///
        /// - Parameters:
        ///   - header: all names of its header, where that has the mistake and bodies follow, as of a `repeat`.
        ///   - body: the statements of its bodies.
        case unreadable([Name], header: [Name] = [], body: [Statement] = [])
    }

    /// One side of an `if`.
    public struct Branch: Hashable, Sendable {
        /// Outer names that the branch gives new values.
        public var carry: [Name]
        /// The branch's statements.
        public var body: [Statement]

        /// Each argument is the property of its name.
        public init(carry: [Name], body: [Statement]) {
            self.carry = carry
            self.body = body
        }
    }

    /// What is kept, or comes from the caller as one number.
    public enum StorageKeyword: String, Hashable, Sendable, CaseIterable { case weight, state, scalar }
    /// What training minimises, or reports.
    public enum MeasureKeyword: String, Hashable, Sendable, CaseIterable { case loss, metric }
    /// The words of a plan's lines.
    public enum DirectiveKeyword: String, Hashable, Sendable, CaseIterable { case buffer, run }

    /// What the statement is.
    public var kind: Kind
    /// Where the statement begins.
    @Unhashed public var location: SourceLocation

    /// A statement at a place.
    public init(_ kind: Kind, at location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}

/// A keyword and its values: `rows 0..<4`, `on avx2`. A clause may have no value.
public struct Clause: Hashable, Sendable {
    /// The clause's word.
    public var keyword: Name
    /// What follows the word.
    public var values: [Expression]

    /// Each argument is the property of its name.
    public init(keyword: Name, values: [Expression]) {
        self.keyword = keyword
        self.values = values
    }
}

/// `@body.{i}.0`: names a call's weights. Pieces between braces are evaluated and spliced in.
public struct Path: Hashable, Sendable {
    /// A word as it is, or a name in braces whose value is put in.
    public enum Piece: Hashable, Sendable {
        /// Text with its dots, as in `body.` of `@body.{i}`.
        case text(String)
        case interpolation(Expression)
    }

    /// Its parts in their order.
    public var pieces: [Piece]
    /// Where the path begins, at its `@`.
    @Unhashed public var location: SourceLocation

    /// A path at a place.
    public init(_ pieces: [Piece], at location: SourceLocation) {
        self.pieces = pieces
        self.location = location
    }
}

/// A number, a name, a call, or operators on these.
public struct Expression: Hashable, Sendable {
    /// What the expression is.
    public indirect enum Kind: Hashable, Sendable {
        /// A whole number, as `64`.
        case integer(Int)
        /// A number with a point or an exponent, as `1e-8`.
        case float(Double)
        /// `true`, `false`
        case boolean(Bool)
        case name(String)
        case negate(Expression)
        case not(Expression)
        /// An operator and what stands to its left and right.
        case binary(BinaryOperator, Expression, Expression)
        case call(Call)
        /// `[0, 1, 2]`, an attribute that lists values.
        case list([Expression])
        /// `{2, 3, 4, 8}`, behind `in`.
        case set([Expression])
        /// `0..<4`, in clauses.
        case range(Expression, Expression)
    }

    /// What the expression is.
    public var kind: Kind
    /// Where the expression begins.
    @Unhashed public var location: SourceLocation

    /// An expression at a place.
    public init(_ kind: Kind, at location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}

/// `conv3x3<64>(h) @head`, `conv2d(x, filter, pad = same)`, `f32(lr)`.
public struct Call: Hashable, Sendable {
    /// The op or block that is called.
    public var callee: Name
    /// Compile-time arguments between `<` and `>`, by position.
    public var parameters: [Expression]
    /// What stands between the parentheses without a name.
    public var operands: [Expression]
    /// Named arguments behind the operands: `pad = same`, `block = 2`.
    public var attributes: [Attribute]
    /// The path behind the call, under which a block's weights are kept.
    public var path: Path?

    /// A named argument, `name = value`.
    public struct Attribute: Hashable, Sendable {
        /// The attribute's name.
        public var name: Name
        /// Its value.
        public var value: Expression

        /// Each argument is the property of its name.
        public init(name: Name, value: Expression) {
            self.name = name
            self.value = value
        }
    }

    /// Each argument is the property of its name.
    public init(
        callee: Name, parameters: [Expression] = [], operands: [Expression] = [],
        attributes: [Attribute] = [], path: Path? = nil
    ) {
        self.callee = callee
        self.parameters = parameters
        self.operands = operands
        self.attributes = attributes
        self.path = path
    }
}

/// An operator between two expressions, by the characters it is written with.
public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case or = "||"
    case and = "&&"
    case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case isMember = "in"
    case add = "+", subtract = "-"
    case multiply = "*", divide = "/"
    /// Division of whole numbers that rounds down.
    case floorDivide = "//"

    /// Higher binds tighter; all are left associative, comparisons do not chain.
    public var precedence: Int {
        switch self {
        case .or: 1
        case .and: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isMember: 3
        case .add, .subtract: 4
        case .multiply, .divide, .floorDivide: 5
        }
    }
}
