using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Devoxx.Native.Seccomp;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Seccomp;

/// <summary>Which system call filter a container has, and where its compiled form is kept until the next boot.</summary>
internal static class SeccompProfiles
{
    /// <summary>Instead of a file: no filter.</summary>
    public const string Unconfined = "unconfined";

    /// <summary>What to tell who starts containers on a host that cannot filter their calls; null when it can.</summary>
    public static string? HostWarning { get; } = SeccompFilter.IsAvailable ? null
        : "containers run without a system call filter, because libseccomp.so.2 is not installed; install the package libseccomp2 (libseccomp elsewhere)";

    /// <summary>Null: none.</summary>
    /// <exception cref="FormatException">The file of <c>security_opt: seccomp=FILE</c> is not there, or is none.</exception>
    public static Oci.Seccomp? Of(ContainerSpec spec, ImmutableArray<string> capabilities)
    {
        if (spec.Seccomp == Unconfined || (spec.Privileged && spec.Seccomp is null))
        {
            return null;
        }

        if (spec.Seccomp is not { } file)
        {
            return SeccompFilter.IsAvailable ? DefaultProfile.For(capabilities) : null;
        }

        try
        {
            return ProfileFile.Parse(File.ReadAllBytes(file), capabilities, Environment.OSVersion.Version);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new FormatException($"security_opt: seccomp={file}: {e.Message}");
        }
    }

    /// <summary>The file that <c>devoxx-runtime</c> keeps the compiled filter in: compiling costs milliseconds, and most containers have the same.</summary>
    public static string FilterPath(StateRoot root, Oci.Seccomp profile) =>
        $"{root.RunDirectory}/seccomp/{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(profile, OciJson.Default.Seccomp)))}";
}
