import GraphImaging

extension Picture.Color {
    static let black = Picture.Color(red: 0, green: 0, blue: 0)
}
