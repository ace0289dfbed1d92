/// Bounds on what a program may ask of the machine.
public enum PlanLimits {
    public static let arenaByteCount = 256 << 30
    public static let instructionCount = 4_000_000
}
