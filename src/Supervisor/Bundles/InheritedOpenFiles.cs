using Devoxx.Native.Processes;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Bundles;

/// <summary>
/// The supervisor holds descriptors for every container and wants all that its hard limit allows. Containers would inherit that, and some programs go through all
/// descriptors that they could have: they are given what the supervisor was started with.
/// </summary>
internal static class InheritedOpenFiles
{
    /// <summary>What a container is to have that asks for nothing; null: what it inherits.</summary>
    public static Rlimit? ForContainers { get; private set; }

    /// <summary>Once, when the supervisor starts.</summary>
    public static void Raise()
    {
        var (soft, hard) = OpenFilesLimit.Raise();
        ForContainers = new Rlimit("RLIMIT_NOFILE", soft, hard);
    }
}
