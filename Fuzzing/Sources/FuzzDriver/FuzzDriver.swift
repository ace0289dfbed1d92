import Glibc

/// Gives inputs of libFuzzer's to a test, as its command line says, and ends the process.
///
/// libFuzzer brings a `main` for programs that have none; Swift's programs have one, and call what it calls.
public func runFuzzer(_ test: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32) -> Never {
    var argumentCount = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(run(&argumentCount, &arguments, test))
}

@_silgen_name("LLVMFuzzerRunDriver")
private func run(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> Int32
) -> Int32
