import ArgumentParser
import GraphCompiler
import GraphIR

// Words of the command line that are cases of the compiler's enums.
extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension InstructionSet: ExpressibleByArgument {}
extension Role: ExpressibleByArgument {}
extension Stage: ExpressibleByArgument {}
