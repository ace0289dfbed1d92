import ArgumentParser
import GraphLanguage

extension ParsableCommand {
    /// Refuses a word that stands where a subcommand is named and names none, with the one that was probably meant.
    ///
    /// Parsing would call it an unexpected argument, together with all that follow.
    static func checkSubcommands(in arguments: [String]) throws {
        var subcommands = configuration.subcommands
        var path = ""
        for word in arguments {
            if subcommands.isEmpty || word.hasPrefix("-") || word == "help" { return }
            let names = subcommands.map { $0._commandName }
            guard let place = names.firstIndex(of: word) else {
                throw ValidationError("there is no command '\(path)\(word)'; \(help(for: word, among: names, path))")
            }
            subcommands = subcommands[place].configuration.subcommands
            path += word + " "
        }
    }

    private static func help(for word: String, among names: [String], _ path: String) -> String {
        if let meant = Spelling.nearest(to: word, among: names) { return "did you mean '\(path)\(meant)'?" }
        return "there are \(names.joined(separator: ", "))"
    }
}
