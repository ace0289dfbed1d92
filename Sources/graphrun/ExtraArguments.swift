import ArgumentParser
import GraphCommandSupport
import GraphEnlarging
import GraphFiles
import GraphImaging
import GraphTraining
import SystemPackage

/// What the options `--input NAME=VALUE` give a network beside its picture.
struct ExtraArguments: Sendable, CustomStringConvertible {
    let each: [ExtraArgument]

    init(_ each: [ExtraArgument]) throws {
        self.each = each
        for (index, argument) in each.enumerated() where each[..<index].contains(where: { $0.name == argument.name }) {
            throw ValidationError("--input \(argument.name) is given twice.")
        }
    }

    var description: String { each.map { "\($0.name)=\($0.value)" }.joined(separator: "\0") }

    /// - Parameter picture: what stands for a picture in a message.
    /// - Throws: where the model takes something else.
    func check(_ extras: [ExtraInput], picture: String = "FILE") throws(CommandError) {
        if let unknown = each.first(where: { argument in !extras.contains { $0.name == argument.name } }) {
            throw CommandError("--input \(unknown.name): \(EnlargingError.unknownExtra(unknown.name, known: extras))")
        }
        let missing = extras.filter { extra in !each.contains { $0.name == extra.name } }
        guard missing.isEmpty else {
            let options = missing.map { extra in
                if case .picture = extra.kind { "--input \(extra.name)=\(picture)" } else { "--input \(extra.name)=NUMBER" }
            }
            throw CommandError("\(EnlargingError.missingExtras(missing)) (\(options.joined(separator: " ")))")
        }
    }

    /// What they give in training and measuring.
    ///
    /// - Throws: where the model takes something else.
    func checked(_ extras: [ExtraInput]) throws(CommandError) -> TrainingExtras {
        try check(extras, picture: "DIR")
        var given = TrainingExtras()
        for argument in each {
            switch argument.value {
            case .number(let number): given.numbers[argument.name] = number
            case .path("noise") where extras.contains { $0.name == argument.name && $0.kind == .number }:
                given.noises.insert(argument.name)
            case .path(let path): given.folders[argument.name] = path
            }
        }
        return given
    }

    /// What they give for a picture, by its name in the folder of pictures.
    func values(for name: FilePath?) throws(ImageError) -> [String: ExtraValue] {
        var values: [String: ExtraValue] = [:]
        for argument in each {
            switch argument.value {
            case .number(let number): values[argument.name] = .number(number)
            case .path(let path): values[argument.name] = .picture(try Picture(contentsOf: Self.file(path, for: name)))
            }
        }
        return values
    }

    /// The files that are read for a picture.
    func paths(for name: FilePath?) -> [FilePath] {
        each.compactMap { argument in
            if case .path(let path) = argument.value { Self.file(path, for: name) } else { nil }
        }
    }

    /// Of a folder the picture of the same name, be it in another format.
    private static func file(_ path: FilePath, for name: FilePath?) -> FilePath {
        guard let name, FileStatus(path)?.kind == .folder else { return path }
        let same = path.appending(name.components)
        guard FileStatus(same) == nil else { return same }
        let others = PictureFormat.builtIn.map { format in
            var other = same
            other.extension = format.ending
            return other
        }
        return others.first { FileStatus($0) != nil } ?? same
    }
}

/// `guide=photo.png`, `guide=folder`, `strength=0.5`.
struct ExtraArgument: Sendable {
    let name: String
    let value: Value

    enum Value: Sendable {
        case number(Float)
        case path(FilePath)
    }
}

extension ExtraArgument: ExpressibleByArgument {
    /// The value of an option; nil where there is no name before an equals sign, or nothing behind it.
    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        name = String(parts[0])
        value = Float(parts[1]).map { .number($0) } ?? .path(FilePath(String(parts[1])))
    }
}
