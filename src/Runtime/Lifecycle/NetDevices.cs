using Devoxx.Native.Namespaces;
using Devoxx.Native.Netlink;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>
/// Moves interfaces of the host into the container's network namespace (runtime-spec, "Linux Network Devices"): with the name that is asked for, their other properties, and
/// their permanent addresses of global scope, which the kernel takes away with the move. From then on they are the namespace's: what is virtual goes with it, what is
/// hardware goes back to the host.
/// </summary>
internal static class NetDevices
{
    private const int LongestName = 15;

    /// <summary>Refuses what could not be done later, before anything is made.</summary>
    public static void Require(LinuxSpec? linux, NamespacePlan namespaces)
    {
        if (linux?.NetDevices is not { Count: > 0 } devices)
        {
            return;
        }

        if (!namespaces.Has("network"))
        {
            throw new SetupException("linux.netDevices: unable to move network devices without a network namespace, which linux.namespaces does not have");
        }

        foreach (var name in devices.SelectMany(device => new[] { device.Key, device.Value.Name }).OfType<string>().Where(name => name.Length > 0))
        {
            // dev_valid_name of the kernel.
            if (name is "." or ".." || name.Length > LongestName || name.Any(letter => letter is '/' or ':' || char.IsWhiteSpace(letter)))
            {
                throw new SetupException($"linux.netDevices: invalid network device name '{name}'");
            }
        }
    }

    /// <param name="pid">The container's first process, which waits in its network namespace.</param>
    public static void Move(IReadOnlyDictionary<string, NetDevice> devices, int pid)
    {
        using var here = NetlinkSocket.OpenRoute();
        using var there = NetworkNamespace.Open($"/proc/{pid}/ns/net");
        foreach (var (name, device) in devices)
        {
            var link = Links.Find(here, name) ?? throw new SetupException($"linux.netDevices: the host has no network device '{name}'");

            // Down first: nothing of the host is to send by it, or to be told of its new name, while it changes.
            Links.SetDown(here, link.Index);
            var addresses = Addresses.All(here).Where(address => address.Index == link.Index && address is { IsPermanent: true, IsGlobal: true });
            var inside = device.Name is { Length: > 0 } asked ? asked : name;
            Links.Move(here, link.Index, inside, there.Descriptor);
            var moved = Links.Find(there.Route, inside) ?? throw new SetupException($"linux.netDevices: '{name}' has not arrived as '{inside}' in the container's network namespace");
            foreach (var address in addresses)
            {
                Addresses.Add(there.Route, moved.Index, address.Address, address.PrefixLength, isGlobal: true);
            }

            Links.SetUp(there.Route, moved.Index);
        }
    }
}
