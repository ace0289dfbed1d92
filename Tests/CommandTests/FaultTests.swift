import Foundation
import GraphTestSupport
import Testing

/// Where the system refuses a command something, it ends with the right result or says why; `Tools/check/faults` tries every
/// call.
struct FaultTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.graphc("compile", Models.path("espcn"), "-o", "model.gpack").success()
        _ = try place.picture("small.png", width: 6, height: 5)
    }

    /// Whether this process may take away the system's process files from those that it starts.
    private static let canHideProcessFiles: Bool = {
        guard let place = try? Workplace() else { return false }
        return (try? place.bash("unshare -rm mount -t tmpfs none /proc"))?.status == 0
    }()

    @Test(.enabled(if: canHideProcessFiles))
    func processFilesThatAreMissingChangeNothing() throws {
        _ = try place.graphrun("infer", "model.gpack", "small.png", "-o", "big.png").success()
        let hidden = #"unshare -rm bash -c 'mount -t tmpfs none /proc; exec "$@"' -"#
        let printed = try place.bash("\(hidden) graphrun infer model.gpack small.png -o hidden.png; \(hidden) graphc --version")
        #expect(printed.success().contains("hidden.png 18×15"))
        #expect(try place.bytes("hidden.png") == place.bytes("big.png"))
        // The models that ship are found by the program's own path.
        _ = try place.bash("\(hidden) graphrun infer small.png -o hidden.png --scale 2").success()
        let wrong = try place.bash("\(hidden) graphrun infr")
        #expect(wrong.status == 64 && wrong.errors.contains("there is no command 'infr'"))
    }

    /// From what the loader and the libraries' own beginnings need, which no code of ours can answer for, to what is enough:
    /// a line and code 1, and never an end by a signal. The language's runtime has a line of its own where it cannot begin.
    @Test(
        .disabled(if: hasSanitizer),
        arguments: ["graphc compile edsr.graph -o new.gpack", "graphrun infer model.gpack small.png -o big.png"])
    func memoryThatIsShortIsTold(_ command: String) throws {
        _ = try place.file("edsr.graph", Array(Data(contentsOf: URL(fileURLWithPath: Models.path("edsr")))))
        let program = command.prefix { $0 != " " }
        let printed = try place.bash(
            """
            begins=
            for megabytes in {20..400}; do
                [ $begins ] || { (ulimit -v $((megabytes * 1024)); exec \(program) --version) >out; } 2>errors || continue
                begins=yes
                code=0; (ulimit -v $((megabytes * 1024)); exec \(command)) >out 2>errors || code=$?
                echo "$code $(grep -vc '^swift runtime: ' errors || true) $(ls -A | grep -c partial || true) $(head -c 200 errors | tr '\\n' ' ')"
                [ $code != 0 ] || break
            done
            """
        ).success()
        let lines = printed.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("1 1 0 ") && $0.contains("memory") }, "\(printed)")
        for line in lines {
            #expect(line.hasPrefix("0 0 0 ") || line.hasPrefix("1 1 0 "), "\(line)")
        }
        #expect(lines.last?.hasPrefix("0 ") == true, "\(printed)")
    }

    @Test func aThousandThreadsWorkOrAreRefused() throws {
        _ = try place.graphrun("infer", "model.gpack", "small.png", "-o", "big.png").success()
        let many = try place.graphrun("infer", "model.gpack", "small.png", "-o", "many.png", "--threads", "1000")
        if many.status == 0 {
            #expect(try place.bytes("many.png") == place.bytes("big.png"))
        } else {
            #expect(many.failure().contains("(--threads)"))
        }
        guard !hasSanitizer else { return }
        let few = try place.bash("ulimit -v 300000; graphrun infer model.gpack small.png -o many.png --threads 1000")
        let refusals = ["use fewer (--threads)", "MiB of memory to give"]
        #expect(refusals.contains { few.failure().contains($0) }, "\(few.errors)")
    }

    /// Standard output is a pipe that is full and that nobody reads.
    @Test func aSignalEndsARunThatIsStuck() throws {
        for name in ["a", "b"] { _ = try place.picture("\(name).png", width: 40, height: 40) }
        let printed = try place.bash(
            """
            mkdir data; mv a.png b.png data; mkfifo pipe; exec 3<>pipe; head -c 65536 /dev/zero >&3
            graphrun train '\(Models.path("espcn"))' --data data --out out --epochs 1 --steps-per-epoch 2 --batch 2 --patch 9 \
                --log json >pipe 3>&- & run=$!
            sleep 3; kill -TERM $run; code=0; wait $run || code=$?; echo $code
            """
        ).success()
        #expect(printed == "143\n")
    }

    /// Every command is given files whose names hold an escape, which must reach no terminal, be they there or not.
    @Test func noCommandPrintsControlCharactersOfNames() throws {
        let printed = try place.bash(
            #"""
            n=$'\e]0;x\a\e[31m\xc2\x9b'; mkdir "$n"; cp small.png "$n/$n.png"; cp model.gpack "$n.gpack"
            cp '\#(Models.path("espcn"))' "$n.graph"; printf 'graph g(\e[31m' >"bad$n.graph"; printf '\x89PNG\r\n\x1a\n' >"bad$n.png"
            printf 'no pack' >"bad$n.gpack"; printf '{"\\u001b[31m": 1}' >"rules$n"
            try() { "$@" 2>&1 </dev/null || true; }
            for m in "$n.gpack" "no$n.gpack" "bad$n.gpack" "$n.graph" "bad$n.graph" "no$n.graph"; do
                for c in inspect verify gradcheck bench; do try timeout 60 graphrun $c "$m" --no$n; done
                try graphrun inspect "$m"; try graphrun verify "$m"; try graphrun diff "$m" model.gpack
                try graphrun diff model.gpack "$m"; try graphrun pack "$m" -o "no$n/x.gpack"; try graphrun pack "$m" -o "x$n.gpack"
                try graphrun weights export "$m" -o "x$n.safetensors"
                try graphrun weights import "$m" "$n.gpack" -o "y$n.gpack"; try graphrun weights import model.gpack "$m" -o "y$n.gpack"
                try graphrun weights import "$m" "$n.gpack" --rules "rules$n" -o "y$n.gpack"
                try graphrun run "$m" --inputs "$n" -o "x$n.npz"; try graphrun compare "$m" "$n/$n.png" -o "c$n.png"
                try graphrun infer "$m" "$n/$n.png" "bad$n.png" "no$n.png" -o "big$n"; try graphrun infer "$m" "bad$n.png" -o "x$n.png"
                try graphrun eval "$m" --data "$n"; try graphrun eval "$m" --data "no$n"
                try graphrun train "$m" --data "$n" --out "run$n" --epochs 1; try graphrun train "$m" --data "no$n" --out "run$n"
                try graphrun serve "$m" --port "$n"
                try graphc check "$m"; try graphc compile "$m" -o "no$n/x"; try graphc compile "$m"; try graphc dump "$m" --stage "$n"
                try graphc dump "$m"; try graphc check "$m" -D "$n=1"; try graphc compile "$m" -D "$n"
            done
            try graphrun train --resume "no$n"; try graphrun train --resume "$n"; try graphrun prepare "$n" -o "set$n" --scale 2
            try graphrun prepare "no$n" -o "set$n"; try graphrun resize "bad$n.png" -o "x$n.png" --scale 2
            try graphrun sample-pictures "no$n/$n"; try graphrun "$n"; try graphc "$n"; try graphrun infer "--$n"
            """#
        ).success()
        #expect(printed.split(separator: "\n").count > 100)
        let controls = printed.unicodeScalars.filter { $0 != "\n" && $0 != "\t" && $0.properties.generalCategory == .control }
        let lines = printed.split(separator: "\n").filter { line in
            line.unicodeScalars.contains { $0 != "\t" && $0.properties.generalCategory == .control }
        }
        #expect(controls.isEmpty, "\(lines)")
    }
}
