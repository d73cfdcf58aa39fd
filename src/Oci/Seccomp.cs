namespace Devoxx.Oci;

/// <summary>The <c>linux.seccomp</c> object; names are libseccomp's (<c>SCMP_ACT_ERRNO</c>, <c>SCMP_ARCH_X86_64</c>).</summary>
public sealed record Seccomp
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Flags { get; init; }

    public string? ListenerPath { get; init; }

    public string? ListenerMetadata { get; init; }

    public IReadOnlyList<SeccompSyscall>? Syscalls { get; init; }
}

public sealed record SeccompSyscall
{
    public required IReadOnlyList<string> Names { get; init; }

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    /// <summary>All must hold.</summary>
    public IReadOnlyList<SeccompArgument>? Args { get; init; }
}

/// <summary><paramref name="Op"/> is <c>SCMP_CMP_EQ</c> and so on.</summary>
public sealed record SeccompArgument(uint Index, ulong Value, string Op, ulong ValueTwo = 0);
