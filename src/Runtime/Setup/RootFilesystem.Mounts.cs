using Devoxx.Native;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>One mount of the configuration that is no bind mount.</summary>
internal sealed unsafe partial class RootFilesystem
{
    private string CgroupPath => _spec.Linux?.CgroupsPath ?? "/";

    private void MountFilesystem(Mount mount, string destination, MountOptions options)
    {
        // A link in place of /proc or /sys would put the mount, and later what is written to it, elsewhere (CVE-2023-27561).
        var resolve = mount.Type is "proc" or "sysfs" ? RESOLVE_NO_SYMLINKS : 0;
        var flags = options.Flags;
        if (mount.Type == "tmpfs" && options.IsReadOnly)
        {
            // Later mounts may need directories in it.
            flags &= ~MS_RDONLY;
            _readOnlyLate.Add(destination);
        }

        if (mount.Type == "tmpfs" && !options.TmpCopyUp && ModeIn(options.Data) is null)
        {
            MountWithModeOf(destination, mount.Source ?? mount.Type, flags, options.Data);
            Propagate(options, destination);
            return;
        }

        var target = _root.Open(destination, CreateMissing.Directory, resolve);
        var hidden = options.TmpCopyUp && mount.Type == "tmpfs" ? OpenForCopy(target, destination) : (Argument?)null;
        _root.MountAt(target, mount.Source ?? mount.Type!, mount.Type!, flags, options.Data, destination);
        _root.Close(target);
        if (hidden is { } directory)
        {
            CopyUp(directory, destination, options.Data);
        }

        Propagate(options, destination);
    }

    /// <summary>A tmpfs is as open as the directory that it hides, as every runtime has it; one on a directory that is only made for it has its own mode.</summary>
    private void MountWithModeOf(string destination, string source, uint flags, string data)
    {
        const string Mode = "mode=0000";
        var whole = data.Length == 0 ? Mode : $"{data},{Mode}";
        var text = _operations.Text(whole);
        var open = _operations.Count;
        var existing = _root.Open(destination, skipWhenMissing: 0);
        _operations.Add(OperationKind.FormatMode, "stat", destination, null, existing, text + System.Text.Encoding.UTF8.GetByteCount(whole) - Mode.Length);
        _root.MountAt(existing, source, "tmpfs", flags, whole, destination, text);
        _root.Close(existing);
        var done = _operations.Count;
        _operations.Add(OperationKind.SkipIfZero, "skip", destination, null, 0, 0);
        _operations[open].SkipWhenTolerated = (short)(_operations.Count - open - 1);
        var made = _root.Open(destination, CreateMissing.Directory);
        _root.MountAt(made, source, "tmpfs", flags, data, destination);
        _root.Close(made);
        _operations[done].B = _operations.Count - done - 1;
    }

    private void Propagate(MountOptions options, string destination)
    {
        if (options.Propagation is not (0 or MS_PRIVATE or (MS_PRIVATE | MS_REC)))
        {
            var mounted = _root.Open(destination);
            _root.ChangeAt(mounted, options.Propagation, destination);
            _root.Close(mounted);
        }
    }

    // Inherited by the program that copies: not close-on-exec.
    private Argument OpenForCopy(Argument directory, string path)
    {
        var opened = _operations.NewSlot();
        _operations.Syscall(Nr.openat, "open", path, "O_RDONLY|O_DIRECTORY", directory, _operations.Text("."), O_RDONLY | O_DIRECTORY).Into(opened);
        return opened;
    }

    private static int? ModeIn(string data)
    {
        const string Key = "mode=";
        foreach (var option in data.Split(','))
        {
            if (option.StartsWith(Key, StringComparison.Ordinal))
            {
                return Convert.ToInt32(option[Key.Length..], 8);
            }
        }

        return null;
    }

    /// <summary>A tree is copied by this very executable, started as a process of its own: the child itself cannot.</summary>
    private void CopyUp(Argument hidden, string destination, string data)
    {
        const int LongestFdPath = 32;
        var (from, to) = (_operations.Allocate(LongestFdPath), _operations.Allocate(LongestFdPath));
        var mounted = _root.Open(destination);
        var target = OpenForCopy(mounted, destination);
        _operations.Add(OperationKind.FormatFdPath, "format", destination, a: hidden, b: from);
        _operations.Add(OperationKind.FormatFdPath, "format", destination, a: target, b: to);
        var arguments = (nint*)_operations.Allocate(5 * sizeof(nint));
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (_operations.Text("devoxx-runtime"), _operations.Text("copy-up"), from, to);
        var program = (HookRequest*)_operations.Allocate(sizeof(HookRequest));
        *program = new HookRequest
        {
            Path = _operations.Text("/proc/self/exe"), Arguments = (nint)arguments, Environment = _operations.Texts(HookOperations.OwnEnvironment()), StateFd = -1, TimeoutMs = -1,
        };
        _operations.Add(OperationKind.RunHook, "tmpcopyup", destination, null, program);
        if (ModeIn(data) is { } mode)
        {
            // The copy gave the tmpfs the mode of the directory that it hides; one that is asked for wins.
            _operations.Syscall(Nr.fchmod, "chmod", destination, null, target, mode);
        }

        _root.Close(target);
        _root.Close(mounted);
        _root.Close(hidden);
    }

    private void MountDev(Mount mount, MountOptions options)
    {
        MountFilesystem(mount, "/dev", options);
        DeviceNodes.Make(_root, _spec.Linux?.Devices ?? [], byBinding: _namespaces.HasUser);
    }
}
