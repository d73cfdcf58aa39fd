using Devoxx.Native.Files;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Cgroups.V2;

/// <summary>Version 2 has no files for devices: a BPF program is attached to the cgroup, and lives as long as it does.</summary>
internal sealed class DevicesController : Controller
{
    public override string Name => "devices";

    public override bool Concerns(CgroupLimits limits) => limits.Devices is not null;

    public override unsafe void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.Devices is not { } rules)
        {
            return;
        }

        fixed (byte* path = CPath.Of(directory.Path))
        {
            var fd = FileCalls.Open(path, O_RDONLY | O_DIRECTORY);
            using var cgroup = fd >= 0 ? FileCalls.Own(fd) : throw new LinuxException("open", -fd, directory.Path);
            try
            {
                // The new one first: the kernel allows what all of them allow, so at no time more than either does.
                var before = Bpf.Attached(cgroup, directory.Path);
                using var program = Bpf.LoadDeviceProgram(DeviceProgram.Compile(new DeviceExceptions(rules)));
                Bpf.Attach(program, cgroup, directory.Path);
                foreach (var id in before)
                {
                    Bpf.Detach(id, cgroup, directory.Path);
                }

                if (Bpf.Attached(cgroup, directory.Path).Length != 1)
                {
                    throw Unsupported("devices", Describe(limits), "the program is not attached");
                }
            }
            catch (LinuxException error)
            {
                throw Unsupported("devices", Describe(limits), error.Message);
            }
        }
    }

    private static string Describe(CgroupLimits limits) => string.Join("; ", limits.Devices!.Value.Select(rule => (rule.Allow ? "allow " : "deny ") + rule));
}
