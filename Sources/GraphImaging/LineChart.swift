import GraphBasics
import GraphFiles
import SystemPackage

/// Curves over one horizontal axis, in one or more panels below each other, as SVG: training's history.
public struct LineChart: Hashable, Sendable {
    /// What stands above the chart.
    public var title: String
    /// What stands below it, for the x axis.
    public var horizontalLabel: String
    /// Charts of one x axis, from top to bottom.
    public var panels: [Panel]
    /// A picture below the panels.
    public var footer: Picture?

    /// Each argument is the property of its name.
    public init(title: String, horizontalLabel: String, panels: [Panel], footer: Picture? = nil) {
        self.title = title
        self.horizontalLabel = horizontalLabel
        self.panels = panels
        self.footer = footer
    }

    /// Curves that share a vertical axis.
    public struct Panel: Hashable, Sendable {
        /// The quantity and its unit: "PSNR (dB)".
        public var label: String
        /// The lines of the panel.
        public var series: [Series]

        /// Each argument is the property of its name.
        public init(label: String, series: [Series]) {
            self.label = label
            self.series = series
        }
    }

    /// One line of a panel.
    public struct Series: Hashable, Sendable {
        /// What the legend calls it.
        public var name: String
        /// Its points, by x in order.
        public var points: [Point]

        /// Each argument is the property of its name.
        public init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// A point of a line, in the units of its axes.
    public struct Point: Hashable, Sendable {
        /// Its place along each axis.
        public var x, y: Double

        /// Each argument is the property of its name.
        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }

        /// Larger values, and those that are not finite, have no place on a page.
        var isDrawable: Bool { abs(x) <= 1e11 && abs(y) <= 1e11 }
    }

    /// Writes the chart as SVG 1.1, whole or not at all.
    public func writeSVG(to path: FilePath) throws(ImageError) {
        let text = try svg()
        try inFile { () throws(FileError) in try AtomicFile.write(text, to: path) }
    }

    /// The chart as the text of an SVG file, which holds the footer. A point that is not finite leaves a gap in
    /// its curve.
    ///
    /// - Throws: when there is no memory for the footer.
    public func svg() throws(ImageError) -> String {
        let panelEnd = Layout.top + Double(panels.count) * Layout.panelStride + Layout.bottom
        let footerHeight = footer.map { Layout.width * Double($0.height) / Double($0.width) } ?? 0
        let height = panelEnd + footerHeight
        let horizontal = Axis(
            values: panels.flatMap(\.series).flatMap(\.points).filter(\.isDrawable).map(\.x), padded: false,
            from: Layout.left, to: Layout.width - Layout.right)
        var lines = [
            element("rect", ["width": "100%", "height": "100%", "fill": "#fcfcfb"]),
            text(title, x: Layout.left, y: 32, ["font-size": "18", "font-weight": "600", "fill": "#20242c"]),
        ]
        for (index, panel) in panels.enumerated() {
            lines += panel.svg(top: Layout.top + Double(index) * Layout.panelStride, horizontal: horizontal)
        }
        let middle = (horizontal.start + horizontal.end) / 2
        lines.append(text(horizontalLabel, x: middle, y: panelEnd - 14, ["text-anchor": "middle"]))
        if let footer {
            let png = base64(try footer.pngBytes())
            lines.append(
                element(
                    "image",
                    [
                        "x": "0", "y": coordinate(panelEnd), "width": coordinate(Layout.width),
                        "height": coordinate(footerHeight), "href": "data:image/png;base64,\(png)",
                    ]))
        }
        return element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": "0 0 \(coordinate(Layout.width)) \(coordinate(height))",
                "font-family": "Helvetica, Arial, sans-serif", "font-size": "13", "fill": "#444b57",
            ], content: "\n" + lines.joined(separator: "\n") + "\n") + "\n"
    }
}

private enum Layout {
    static let width = 860.0
    static let left = 72.0
    static let right = 28.0
    static let top = 84.0
    static let bottom = 8.0
    static let panelHeight = 240.0
    static let panelStride = 296.0
    /// Blue, orange, green, red, purple, brown: apart for most colour-blind readers.
    static let colors = ["#3366cc", "#e07b1f", "#2a9d6f", "#c93b4b", "#8459b5", "#8a6547"]
}

extension LineChart.Panel {
    fileprivate func svg(top: Double, horizontal: Axis) -> [String] {
        let bottom = top + Layout.panelHeight
        let vertical = Axis(
            values: series.flatMap(\.points).filter(\.isDrawable).map(\.y), padded: true, from: bottom, to: top)
        var lines: [String] = []
        for tick in vertical.ticks {
            let y = vertical.position(tick)
            lines.append(line(x: horizontal.start...horizontal.end, y: y...y, ["stroke": "#e4e6ea"]))
            lines.append(text(vertical.text(tick), x: horizontal.start - 10, y: y + 4, ["text-anchor": "end"]))
        }
        for tick in horizontal.ticks {
            let x = horizontal.position(tick)
            lines.append(line(x: x...x, y: bottom...bottom + 5, ["stroke": "#9aa1ac"]))
            lines.append(text(horizontal.text(tick), x: x, y: bottom + 20, ["text-anchor": "middle"]))
        }
        lines.append(line(x: horizontal.start...horizontal.end, y: bottom...bottom, ["stroke": "#9aa1ac"]))
        lines.append(text(label, x: horizontal.start, y: top - 16, ["font-weight": "600"]))

        var legendEnd = horizontal.end
        for (index, series) in series.enumerated().reversed() {
            let color = Layout.colors[index % Layout.colors.count]
            lines += series.svg(horizontal: horizontal, vertical: vertical, color: color)
            lines.append(text(series.name, x: legendEnd, y: top - 16, ["text-anchor": "end"]))
            // Helvetica is about half as wide as it is high.
            let swatchEnd = legendEnd - Double(series.name.count) * 6.8 - 8
            lines.append(
                line(x: swatchEnd - 18...swatchEnd, y: top - 20...top - 20, ["stroke": color, "stroke-width": "3"]))
            legendEnd = swatchEnd - 36
        }
        return lines
    }
}

extension LineChart.Series {
    /// A polyline for each run of points without a gap, a dot for a point alone.
    fileprivate func svg(horizontal: Axis, vertical: Axis, color: String) -> [String] {
        points.split { !$0.isDrawable }.map { run in
            let places = run.map { (coordinate(horizontal.position($0.x)), coordinate(vertical.position($0.y))) }
            if places.count == 1 {
                return element("circle", ["cx": places[0].0, "cy": places[0].1, "r": "3", "fill": color])
            }
            return element(
                "polyline",
                [
                    "points": places.map { "\($0),\($1)" }.joined(separator: " "),
                    "fill": "none", "stroke": color, "stroke-width": "2", "stroke-linejoin": "round",
                ])
        }
    }
}

private typealias Attributes = KeyValuePairs<String, String>

private func line(x: ClosedRange<Double>, y: ClosedRange<Double>, _ attributes: Attributes) -> String {
    let ends: Attributes = [
        "x1": coordinate(x.lowerBound), "y1": coordinate(y.lowerBound),
        "x2": coordinate(x.upperBound), "y2": coordinate(y.upperBound),
    ]
    return "<line\(written(ends))\(written(attributes))/>"
}

private func text(_ content: String, x: Double, y: Double, _ attributes: Attributes) -> String {
    let place: Attributes = ["x": coordinate(x), "y": coordinate(y)]
    return "<text\(written(place))\(written(attributes))>\(escaped(content))</text>"
}

private func element(_ name: String, _ attributes: Attributes, content: String? = nil) -> String {
    if let content { "<\(name)\(written(attributes))>\(content)</\(name)>" } else { "<\(name)\(written(attributes))/>" }
}

private func written(_ attributes: Attributes) -> String {
    attributes.map { " \($0)=\"\($1)\"" }.joined()
}

private func escaped(_ content: String) -> String {
    content.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}

private func coordinate(_ value: Double) -> String { decimal(value, digits: 1) }
