import Foundation
import Testing

/// Names of files are bytes: what the system allows is read, written and shown, by every command.
struct NameTests {
    /// A name as Bash writes it, and as messages show it.
    static let names: [(bash: String, shown: String)] = [
        (#"$'in\xe9'"#, #"in\xe9"#), (#"$'\xcc\x81a'"#, #"\u{301}a"#), (#"$'a\nb'"#, #"a\nb"#),
        (#"$'no\e[31msuch'"#, #"no\x1b[31msuch"#), (#"$'\xf4\x8f\x9f\xa9'"#, #"\u{10f7e9}"#),
        ("-x", "-x"), ("--output", "--output"), (#"'two words'"#, "two words"),
        ("$(printf 'q%.0s' {1..249})", String(repeating: "q", count: 249)),
    ]

    /// With a model for a scale of 3 and a picture, of 32×32 pixels.
    private func place() throws -> Workplace {
        let place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        _ = try place.picture("small.png", width: 48, height: 48)
        return place
    }

    @Test(arguments: names)
    func picturesOfAllNames(_ name: (bash: String, shown: String)) throws {
        let place = try place()
        let printed = try place.bash(
            """
            n=\(name.bash); mkdir in out; cp small.png "in/$n.png"; cd in
            graphrun infer ../model.gpack -o "../out/$n.png" -- "$n.png"
            graphrun resize --scale=2 "--output=$n.2.png" -- "$n.png"
            graphrun infer ../model.gpack "./$n.png" -o ../out/folder/ 2> /dev/null
            cmp "../out/$n.png" "../out/folder/$n.png"
            cd ..; ls -b in | wc -l; ls -A -b out | wc -l
            """
        ).success()
        #expect(printed.contains("\(name.shown).png 48×48 -> ../out/\(name.shown).png 144×144"), "\(printed)")
        #expect(printed.hasSuffix("2\n2\n"), "\(printed)")
        #expect(printed.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test(arguments: names)
    func packsAndFoldersOfAllNames(_ name: (bash: String, shown: String)) throws {
        let place = try place()
        let printed = try place.bash(
            """
            n=\(name.bash); mkdir "./$n"; cp small.png "./$n/$n.png"
            graphrun pack model.gpack -o "./$n.p" > /dev/null
            mv -- "./$n.p" "./$n.gpack"
            graphrun verify "./$n.gpack"
            graphrun weights export "./$n.gpack" -o "./$n.s"
            graphrun weights import model.gpack "./$n.s" "--output=./$n.m" > /dev/null
            graphrun eval "./$n.gpack" "--data=./$n"
            graphrun eval "./$n.gpack" "--data=./$n" --format csv
            graphrun prepare "./$n" -o "./$n/set" --scale 2 2>&1 || true
            """
        ).success()
        #expect(printed.hasPrefix("./\(name.shown).gpack: sound"), "\(printed)")
        #expect(printed.contains("\n\(name.shown) ") && printed.contains("\n\(name.shown),"), "\(printed)")
        #expect(printed.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test func namesThatAreEqualToUnicodeAreTwo() throws {
        let place = try place()
        _ = try place.bash(
            #"cp small.png $'\u00e9.png'; cp small.png $'e\u0301.png'; graphrun infer model.gpack $'\u00e9.png' $'e\u0301.png' -o out 2> /dev/null"#
        ).success()
        #expect(try place.bash("ls out | wc -l").success() == "2\n")
    }

    @Test func namesOf255Bytes() throws {
        let place = try place()
        let printed = try place.bash(
            """
            for n in 246 247 255; do f=$(printf 'q%.0s' $(seq $((n-4)))).png; cp small.png $f; graphrun infer model.gpack $f -o out/ 2> /dev/null; done
            f=$(printf '\\U0001f600%.0s' $(seq 61)).png; graphrun infer model.gpack small.png -o out/$f; ls -A out | wc -l
            """
        ).success()
        #expect(printed.hasSuffix("\n4\n"), "\(printed)")
    }

    @Test(arguments: [
        (#"infer model.gpack $'no\e[31msuch\nfile.png' -o x.png"#, #"graphrun: no\x1b[31msuch\nfile.png: no such file"#),
        (#"infer model.gpack small.png -o x.png $'--no\xe9\n'"#, #"Unknown option '--no\xe9\n'"#),
        (#"$'in\xcc\x81\e'"#, #"there is no command 'in\u{301}\x1b'"#),
        (#"infer $'\xcc\x81.gpack' $'\xe9.gpack' small.png -o x.png"#, #"\u{301}.gpack and \xe9.gpack: name one model"#),
        (#"resize small.png -o x.png --width $'4\n\xe9'"#, #"'4\n\xe9' is invalid"#),
    ])
    func whatIsWrongIsShown(_ arguments: String, _ excerpt: String) throws {
        let finished = try place().bash("graphrun \(arguments)")
        #expect([1, 64].contains(finished.status) && finished.output.isEmpty)
        #expect(finished.errors.contains(excerpt), "\(finished.errors)")
        #expect(!finished.errors.contains("\u{1B}"))
    }
}
