namespace Devoxx.Native.Seccomp;

/// <summary>What to do with system calls of some names, when all comparisons hold.</summary>
/// <param name="Action">See <see cref="SeccompAction"/>.</param>
public sealed record SeccompRule(IReadOnlyList<string> Names, uint Action, IReadOnlyList<SeccompComparison> Comparisons);

/// <summary>Compares one argument of a call, 0 to 5.</summary>
/// <param name="Operator">1 not equal, 2 less, 3 at most, 4 equal, 5 at least, 6 greater, 7 equal under the mask <paramref name="First"/>.</param>
public readonly record struct SeccompComparison(uint Argument, int Operator, ulong First, ulong Second);

/// <summary>SCMP_ACT_* of libseccomp, which are SECCOMP_RET_* of seccomp(2).</summary>
public static class SeccompAction
{
    public const uint KillProcess = 0x80000000, KillThread = 0, Trap = 0x00030000, Log = 0x7ffc0000, Allow = 0x7fff0000, Notify = 0x7fc00000;

    public static uint Errno(uint errno) => 0x00050000 | (errno & 0xffff);

    public static uint Trace(uint message) => 0x7ff00000 | (message & 0xffff);
}
