using Devoxx.Native.Cgroups;
using Devoxx.Native.Systemd;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Systemd;

/// <summary>
/// The transient scope unit that is a container's cgroup where systemd manages cgroups (systemd.io, "Control Group APIs and Delegation"): systemd makes it, in a slice that it
/// makes too, and delegates it to us. While this is not disposed a placeholder keeps the scope from ending.
/// </summary>
internal sealed class ContainerScope : IDisposable
{
    private const string Kind = "Scope";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Placeholder _placeholder;

    private ContainerScope(string cgroupPath, Placeholder placeholder)
    {
        CgroupPath = cgroupPath;
        _placeholder = placeholder;
    }

    /// <summary>Below every hierarchy.</summary>
    public string CgroupPath { get; }

    /// <summary>Returns when the scope is there, with its limits. Throws when it cannot be; then nothing is left of it.</summary>
    public static ContainerScope Start(ManagerSocket manager, ScopePlace place, string id, CgroupLimits limits, IReadOnlyDictionary<string, string>? annotations)
    {
        if (manager.IsUser && !IsUnified)
        {
            throw new SetupException("--systemd-cgroup: a user's systemd is given cgroups of version 2 only, and this host has not that alone: leave --systemd-cgroup out");
        }

        var asked = PropertyAnnotations.Of(annotations).ToList();
        using var bus = manager.Connect();
        var placeholder = new Placeholder();
        try
        {
            var properties = Properties(place, id, placeholder.Pid, IsUnified, asked, OfLimits(bus, limits));
            Await(bus, place.Unit, Enqueue(bus, place.Unit, properties), manager);
            return new ContainerScope(bus.ControlGroupOf(place.Unit, Kind), placeholder);
        }
        catch
        {
            placeholder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Tells systemd of other limits. On version 1 it then writes the list of devices anew, so that for a moment none is allowed: meanwhile the container stands still.
    /// </summary>
    public static void Update(string unit, Cgroup cgroup, CgroupLimits limits)
    {
        using var bus = ManagerSocket.OfCaller().Connect();
        if (OfLimits(bus, limits) is not { Count: > 0 } properties)
        {
            return;
        }

        var freezes = !IsUnified && cgroup.IsFrozen is false;
        try
        {
            if (freezes)
            {
                cgroup.Freeze();
            }

            bus.SetProperties(unit, properties);
        }
        finally
        {
            if (freezes)
            {
                cgroup.Thaw();
            }
        }
    }

    /// <summary>Where the unit's processes are; null when it is not there, or its systemd is not.</summary>
    public static string? CgroupOf(string unit)
    {
        using var bus = SystemdBus.TryConnect(ManagerSocket.OfCaller().Path);
        return bus?.ControlGroupOf(unit, Kind) is { Length: > 0 } path ? path : null;
    }

    /// <summary>Ends the unit, with what is left in it, and has systemd forget it; one that is gone already, or whose systemd is, is no error.</summary>
    public static void Stop(string unit)
    {
        using var bus = SystemdBus.TryConnect(ManagerSocket.OfCaller().Path);
        if (bus is null)
        {
            return;
        }

        try
        {
            bus.AwaitJob(bus.Stop(unit), Patience);
        }
        catch (SystemdException e) when (e.ErrorName == SystemdException.NoSuchUnit)
        {
            // systemd lets go of a scope by itself when its last process has ended.
            return;
        }

        Forget(bus, unit);
    }

    public void Dispose() => _placeholder.Dispose();

    /// <summary>What is asked for by annotations comes last, and wins.</summary>
    internal static List<UnitProperty> Properties(ScopePlace place, string id, int pid, bool isUnified, IEnumerable<UnitProperty> asked, IEnumerable<UnitProperty> limits)
    {
        var processes = DBusValue.Array("u", DBusValue.UInt32((uint)pid));
        List<UnitProperty> properties =
        [
            new("Description", DBusValue.Text($"container {id}")),
            new("Slice", DBusValue.Text(place.Slice)),
            new("PIDs", processes),
            new("Delegate", DBusValue.Boolean(true)),
            new("DefaultDependencies", DBusValue.Boolean(false)),
        ];
        foreach (var controller in (string[])["CPU", "Memory", isUnified ? "IO" : "BlockIO", "Tasks"])
        {
            properties.Add(new UnitProperty(controller + "Accounting", DBusValue.Boolean(true)));
        }

        return [.. properties, .. limits, .. asked];
    }

    private static bool IsUnified => CgroupHost.Detect().Version == CgroupVersion.V2;

    private static IReadOnlyList<UnitProperty> OfLimits(SystemdBus bus, CgroupLimits limits) =>
        new LimitProperties(IsUnified, bus.ReadVersion).Of(limits);

    /// <summary>A unit of this name that has failed, and is there only to tell so, makes way.</summary>
    private static string Enqueue(SystemdBus bus, string unit, IReadOnlyList<UnitProperty> properties)
    {
        try
        {
            return bus.StartTransient(unit, properties);
        }
        catch (SystemdException e) when (e.ErrorName == SystemdException.UnitExists)
        {
            Forget(bus, unit);
        }

        try
        {
            return bus.StartTransient(unit, properties);
        }
        catch (SystemdException e) when (e.ErrorName == SystemdException.UnitExists)
        {
            throw new SetupException($"container's cgroup is not empty: {e.Message} Another container has this linux.cgroupsPath: delete it, or see systemctl status {unit}");
        }
    }

    private static void Await(SystemdBus bus, string unit, string job, ManagerSocket manager)
    {
        var result = bus.AwaitJob(job, Patience);
        if (result == "done")
        {
            return;
        }

        Forget(bus, unit);
        throw new SetupException(manager.IsUser
            ? $"systemd did not start {unit}: {result}. A user's systemd can only move processes that are in its own cgroups: call this from there, as with systemd-run --user --scope"
            : $"systemd did not start {unit}: {result}; its log may say why: journalctl --unit {unit}");
    }

    private static void Forget(SystemdBus bus, string unit)
    {
        try
        {
            bus.ResetFailed(unit);
        }
        catch (SystemdException e) when (e.ErrorName == SystemdException.NoSuchUnit)
        {
            // That is what is wanted.
        }
    }
}
