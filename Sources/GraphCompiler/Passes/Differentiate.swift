import GraphIR

/// Makes a whole training step of what training minimises.
///
/// Rewrites a `train` entry, a loss over weights, to the same entry followed by the gradient of every
/// weight and an optimizer's update of it; see `GraphIR.Differentiation` for the rules and
/// `GraphIR/Optimizers` for the formulas. Requires: a verified graph with one loss. Ensures: one update
/// for each weight that the loss depends on and that is not frozen, the optimizer's states for each of these, the metric
/// `gradient_norm`, and the scalars `learning_rate`, `step` and `clip_norm`, and where weights decay `weight_decay`.
/// Does not change other entries. Examples: `Tests/Golden/Differentiate`.
func differentiate(_ graph: Graph, _ context: PassContext) throws(NodeError) -> Graph {
    context.role == .train ? try graph.withUpdates(by: context.optimizer, except: context.frozen) : graph
}
