import GraphIR

/// What each entry makes of the operations that it shares with the others.
extension GraphDrawing {
    mutating func finish(_ role: Role) {
        owner = role.rawValue
        switch role {
        case .forward:
            setOutputs()
        case .predict:
            for _ in 0..<pick([0, 0, 2]) { addOperation() }
            setOutputs()
            if chance(2), let bytes = bytes(of: recent()) { builder.setOutput("bytes", bytes) }
            setMetrics()
        case .train:
            if chance(2) { others.append(state(pick([[], [3]]))) }
            for _ in 0..<pick([0, 0, 2]) { addOperation() }
            setLoss()
            setMetrics()
            setUpdates()
        }
    }

    private mutating func setOutputs() {
        builder.setOutput("last", images[images.count - 1])
        if chance(2) { builder.setOutput("other", any()) }
        if !others.isEmpty, chance(2) { builder.setOutput("small", pick(others)) }
        // What no operation makes, or another output is already.
        if chance(5) { builder.setOutput("constant", builder.constant(number())) }
        if chance(5) { builder.setOutput("given_back", pick(graph.ids.filter { graph[$0].name != "" })) }
        if chance(5) { builder.setOutput("again", images[images.count - 1]) }
    }

    private mutating func bytes(of image: ValueID) -> ValueID? {
        let scaled = apply(.multiply, [image, builder.constant(40)])
        return scaled.flatMap { apply(.clip, [$0], ["min": .float(0), "max": .float(255)]) }
            .flatMap { apply(.round, [$0]) }.flatMap { apply(.castToU8, [$0]) }
    }

    private mutating func setLoss() {
        let value = recent()
        let squares = apply(.multiply, [value, value]).flatMap { apply(.mean, [$0]) }
        let others = apply(pick([.abs, .tanh]), [any()]).flatMap { apply(.sum, [$0]) }
            .flatMap { apply(.multiply, [builder.constant(0.01), $0]) }
        if let squares, let others, let loss = apply(.add, [squares, others]) { builder.setMeasure(.loss, "loss", loss) }
    }

    private mutating func setMetrics() {
        if let mean = apply(.mean, [any()]) { builder.setMeasure(.metric, "mean", mean) }
        let numbers = graph.ids.filter { graph[$0].type == .scalar }
        // Weights and states among them, which a step updates, and what becomes one of them when it is simplified.
        for index in 0..<pick([0, 1, 3]) where !numbers.isEmpty {
            let number = pick(numbers)
            let same = chance(2) ? number : apply(.multiply, [builder.constant(1), number]) ?? number
            builder.setMeasure(.metric, "number\(index)", same)
        }
        if chance(4) {
            let a = recent()
            if let b = apply(.tanh, [a]), let psnr = apply(.psnr, [a, b], ["max": .float(2)]) {
                builder.setMeasure(.metric, "psnr", psnr)
            }
        }
    }

    /// Some states change: on their own, with another, or to a number.
    private mutating func setUpdates() {
        let states = graph.ids.filter { if case .state = graph[$0].content { true } else { false } }
        for state in states where !chance(3) {
            let partners = graph.ids.filter { graph[$0].type == graph[state].type }
            let next: ValueID?
            switch pick([0, 0, 1, 2]) {
            case 0: next = apply(.multiply, [builder.constant(0.9), state]).flatMap { apply(.add, [$0, pick(partners)]) }
            case 1: next = pick(partners)
            default: next = shape(state).isEmpty ? builder.constant(number()) : apply(.tanh, [pick(partners)])
            }
            if let next { builder.setUpdate(state, next) }
        }
    }
}
