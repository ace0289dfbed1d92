/// Bounds on what a program may ask of the machine.
public enum PlanLimits {
    /// Bytes of the arena.
    public static let arenaByteCount = 256 << 30
    /// Instructions of a run.
    public static let instructionCount = 4_000_000
}
