using System.Net.NetworkInformation;

namespace Devoxx.Native.Netlink;

/// <summary>A network interface as RTM_GETLINK tells of it.</summary>
/// <param name="Kind"><c>bridge</c>, <c>veth</c>, <c>macvlan</c>, …; null for what is made of hardware.</param>
/// <param name="Master">Index of the bridge it is a port of; 0: none.</param>
/// <param name="Parent">Index of the interface below, or of a veth's other end in whatever namespace that is; 0: none.</param>
/// <param name="Group">A number that its maker may give it; 0: none.</param>
public sealed record LinkInfo(int Index, string Name, string? Kind, int Master, int Parent, PhysicalAddress Mac, int Mtu, bool IsUp, uint Group);
