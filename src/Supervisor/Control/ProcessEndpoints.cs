using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Devoxx.Native.Cgroups;
using Devoxx.Native.Processes;
using Devoxx.Supervisor.Actors;
using Devoxx.Supervisor.Projects;
using Microsoft.AspNetCore.Http;

namespace Devoxx.Supervisor.Control;

/// <summary>The routes for what the containers of a project use and do just now: read from cgroupfs and procfs when somebody asks, and never otherwise.</summary>
internal sealed class ProcessEndpoints(IActorRef supervisor, SupervisorEnvironment environment)
{
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(60);

    public async Task UsageAsync(HttpContext http, string project)
    {
        var running = await RunningAsync(project).ConfigureAwait(false);
        var views = await environment.Kernel.Run(() => ImmutableArray.CreateRange(running.Select(Usage).OfType<UsageView>())).ConfigureAwait(false);
        await ControlReplies.JsonAsync(http, views, ControlJson.Default.ImmutableArrayUsageView).ConfigureAwait(false);
    }

    public async Task ProcessesAsync(HttpContext http, string project)
    {
        var running = await RunningAsync(project).ConfigureAwait(false);
        var views = await environment.Kernel.Run(() => ImmutableArray.CreateRange(running.Select(Processes))).ConfigureAwait(false);
        await ControlReplies.JsonAsync(http, views, ControlJson.Default.ImmutableArrayProcessesView).ConfigureAwait(false);
    }

    private async Task<ImmutableArray<ContainerView>> RunningAsync(string project)
    {
        var containers = await supervisor.Ask<ImmutableArray<ContainerView>>(new GetContainers(project), QueryTimeout).ConfigureAwait(false);
        return [.. containers.Where(c => c.Pid is not null)];
    }

    private Cgroup? CgroupOf(ContainerView container) =>
        Cgroup.OpenExisting(environment.Cgroups, container.Cgroup);

    /// <summary>Null when it has ended meanwhile.</summary>
    private UsageView? Usage(ContainerView container)
    {
        if (CgroupOf(container) is not { } cgroup)
        {
            return null;
        }

        var (stats, read) = (cgroup.ReadStats(), BootClock.Now);
        var pressure = cgroup.ReadPressure();
        // On version 1 a container is in the hierarchy of blkio only if it is limited there: each one more costs every start.
        var io = stats.IoRead is null ? ProcessIo.Of(cgroup.Processes()) : null;
        var net = container.Networks.Contains("host") ? null : NetworkTraffic.Of(container.Pid!.Value);
        return new UsageView(
            container.Id,
            container.Name,
            container.Service,
            environment.Now,
            stats.MemoryCurrent is { } current ? Math.Max(0, current - (stats.MemoryInactiveFile ?? 0)) : null,
            stats.MemoryLimit ?? MachineMemory(),
            stats.CpuUsage,
            stats.PidsCurrent ?? cgroup.Processes().Count,
            stats.IoRead ?? io?.Read,
            stats.IoWritten ?? io?.Written,
            net?.Received,
            net?.Sent,
            pressure.Cpu,
            pressure.Memory,
            pressure.Io)
        {
            SinceBoot = read,
        };
    }

    private ProcessesView Processes(ContainerView container)
    {
        var booted = environment.Now - TimeSpan.FromMilliseconds(System.Environment.TickCount64);
        return new ProcessesView(
            container.Id,
            container.Name,
            container.Service,
            container.Number,
            [.. (CgroupOf(container)?.Processes() ?? []).Select(ProcessDetails.Of).OfType<ProcessDetails>().Select(p => new ProcessView(
                p.Pid, p.ParentPid, p.Uid, TerminalName(p.Terminal), p.CpuTime, booted + p.SinceBoot, p.Command))]);
    }

    /// <summary>Major numbers 136 to 143 are pseudo-terminals, 4 the consoles (Documentation/admin-guide/devices.txt).</summary>
    internal static string TerminalName(int device)
    {
        var (major, minor) = ((device >> 8) & 0xfff, (device & 0xff) | ((device >> 12) & 0xfff00));
        return major switch
        {
            >= 136 and <= 143 => "pts/" + (((major - 136) << 8) + minor).ToString(CultureInfo.InvariantCulture),
            4 => "tty" + minor.ToString(CultureInfo.InvariantCulture),
            _ => "?",
        };
    }

    /// <summary>The first line of proc_meminfo(5), which is in KiB.</summary>
    private static long? MachineMemory()
    {
        var line = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return line is ["MemTotal:", var kib, ..] ? long.Parse(kib, CultureInfo.InvariantCulture) << 10 : null;
    }
}
