namespace Devoxx.Runtime.Tests.World;

/// <summary>One without cgroup version 2, as systemd calls it: legacy.</summary>
public sealed class LegacySystemdMachine() : SystemdMachine(isLegacy: true);
