import GraphEnlarging
import GraphModel

/// A model that the page offers.
package struct ServedModel: Sendable {
    /// As people read it: `edsr-x4`.
    package let name: String
    let model: Model
    /// Pixels of the result for each pixel of the picture, along each side.
    let scale: Int

    /// - Throws: when the model does not enlarge pictures, or takes more than one.
    package init(_ name: String, _ model: Model) throws(EnlargingError) {
        self.name = name
        self.model = model
        let enlargement = try Enlargement(model)
        guard enlargement.extras.isEmpty else { throw .missingExtras(enlargement.extras) }
        scale = enlargement.scale
    }
}
