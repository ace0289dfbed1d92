import GraphCompiler
import GraphFiles
import GraphIR
import GraphLanguage
import SystemPackage

/// A `.graph` file's text, with the name that messages give it.
public struct SourceText: Hashable, Sendable {
    /// The characters of the file.
    public var text: String
    /// What messages call the file: its path, for one.
    public var name: String

    /// A text in memory, and what messages call it.
    public init(_ text: String, name: String) {
        self.text = text
        self.name = name
    }

    /// Reads a file of at most 64 MiB, in UTF-8.
    public init(contentsOf path: FilePath) throws(ModelError) {
        name = path.shown
        do { text = try InputFile.text(path, byteLimit: 64 << 20) } catch { throw .file(error) }
    }

    /// The stage that a dump begins with; nil for a file as people write it.
    public var stage: Stage? {
        let firstLine = text.prefix { !$0.isNewline }.split(separator: " ")
        guard firstLine.count == 2, firstLine[0] == "stage" else { return nil }
        return Stage(rawValue: String(firstLine[1]))
    }

    /// The syntax tree; mistakes in the text are rendered with their places.
    public func parsed() throws(ModelError) -> SourceFile {
        do { return try Parser.parse(text) } catch { throw .mistakes(error, in: self) }
    }

    /// The program of a dump of stage `lowered`, `scheduled` or `planned`, verified.
    public func program() throws(ModelError) -> Program {
        do { return try readProgram(text) } catch { throw ModelError(error, in: self) }
    }

    /// The module at a stage; mistakes in the text are rendered with their places.
    ///
    /// - Parameter entries: of a dump, those that are wanted; all, unless it is given.
    public func compiled(
        _ values: [String: CompileTimeValue], upTo stage: Stage, entries isWanted: ((Role) -> Bool)? = nil
    ) throws(ModelError) -> Module {
        do throws(CompileError) {
            var syntax = try Pipeline.parse(text, parameters: values)
            if let isWanted {
                syntax.declarations.removeAll { $0.role.flatMap { Role(rawValue: $0.text) }.map { !isWanted($0) } ?? false }
            }
            return try Pipeline.run(syntax, parameters: values, upTo: stage)
        } catch {
            throw ModelError(error, in: self)
        }
    }
}
