namespace Devoxx.Native.Cgroups;

/// <summary>How a host has its controllers.</summary>
public enum CgroupVersion
{
    /// <summary>Every controller on a hierarchy of version 1, and no unified hierarchy.</summary>
    V1,

    /// <summary>One unified hierarchy with every controller.</summary>
    V2,

    /// <summary>Controllers on version 1, and a unified hierarchy beside them: it still kills, freezes and tells when a cgroup is empty.</summary>
    Hybrid,
}
