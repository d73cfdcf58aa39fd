using Devoxx.Native;
using Devoxx.Native.Mounts;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// A bind mount in two halves. <see cref="OpenSource"/> comes before this namespace is made private, so that a shared or slave mount keeps its
/// tie to the host; <see cref="Attach"/> comes in the order of config.json. The source gets its attributes while it is detached: at no moment is
/// it there writable that shall be read-only.
/// </summary>
internal sealed class BindMount
{
    private readonly RootOperations _root;
    private readonly string _source;
    private readonly string _destination;
    private readonly MountOptions _options;
    private readonly bool _isDirectory;
    private readonly uint _sourceFlags;
    private readonly int _given;
    private readonly MountAttributes _clear;
    private Argument _tree;

    /// <param name="source">Absolute path on the host; links in it are followed, as the person who wrote it sees them.</param>
    /// <param name="given">A descriptor of the source as a detached mount that has been opened already; −1: none.</param>
    public BindMount(RootOperations root, string source, string destination, MountOptions options, bool inUserNamespace = false, int given = -1)
    {
        _clear = options.ClearOfSource(inUserNamespace);
        _given = given;
        _root = root;
        _source = source;
        _destination = destination;
        _options = options;
        _isDirectory = Directory.Exists(source);
        if (!root.HasMountDescriptors)
        {
            if ((options.Propagation & MS_SHARED) != 0)
            {
                throw new SetupException($"mount on {destination}: shared propagation needs mount_setattr (Linux 5.12)");
            }

            if ((options.RecursiveSet | options.RecursiveClear) != 0)
            {
                throw new SetupException($"mount on {destination}: recursive options need mount_setattr (Linux 5.12)");
            }

            _sourceFlags = FlagsOf(source);
        }
    }

    /// <summary>
    /// The source as a path inside the container's root, because an earlier mount of the same container makes it, or covers it: it is looked up only when its turn
    /// comes. Null for the host's.
    /// </summary>
    public string? SourceInRoot { get; init; }

    /// <summary>With <see cref="SourceInRoot"/>: has the parent map the opened source; null when it is not to be mapped.</summary>
    public Action<Argument>? MapLate { get; init; }

    public bool WantsPropagation => (_options.Propagation & (MS_SHARED | MS_SLAVE)) != 0;

    /// <summary>Private unless said otherwise, whatever the host's mount is.</summary>
    private uint Propagation => _options.Propagation == 0 ? MS_PRIVATE | MS_REC : _options.Propagation;

    public void OpenSource()
    {
        if (!_root.HasMountDescriptors || SourceInRoot is not null)
        {
            return;
        }

        if (_given >= 0)
        {
            _tree = _given;
            return;
        }

        var operations = _root.Operations;
        _tree = operations.NewSlot();
        operations.Syscall(
            Nr.open_tree, "open_tree", _source, _options.IsRecursiveBind ? "OPEN_TREE_CLONE|AT_RECURSIVE" : "OPEN_TREE_CLONE",
            AT_FDCWD, operations.Text(_source), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (_options.IsRecursiveBind ? AT_RECURSIVE : 0)).Into(_tree);
    }

    public void Attach()
    {
        var target = SourceInRoot is { } inside ? OpenTargetLike(inside) : _root.Open(_destination, _isDirectory ? CreateMissing.Directory : CreateMissing.File);
        if (_root.HasMountDescriptors)
        {
            // MS_REC is not part of the propagation here, but AT_RECURSIVE.
            _root.SetAttributes(_tree, 0, 0, Propagation & ~MS_REC, (Propagation & MS_REC) != 0, _destination);
            if ((_options.RecursiveSet | _options.RecursiveClear) != 0)
            {
                _root.SetAttributes(_tree, (ulong)_options.RecursiveSet, (ulong)_options.RecursiveClear, 0, true, _destination);
            }

            if ((_options.Set | _clear) != 0)
            {
                _root.SetAttributes(_tree, (ulong)_options.Set, (ulong)_clear, 0, false, _destination);
            }

            _root.Attach(_tree, target, _destination);
            _root.Close(_tree);
            _root.Close(target);
            return;
        }

        AttachByPath(target);
    }

    // Whether it is a directory is known only now.
    private Argument OpenTargetLike(string source)
    {
        var operations = _root.Operations;
        var opened = _root.Open("/" + source);
        if (_root.HasMountDescriptors)
        {
            _tree = _root.CloneTree(opened, _options.IsRecursiveBind, _source);
            MapLate?.Invoke(_tree);
        }

        operations.Add(OperationKind.SkipUnlessDirectory, "stat", _source, null, opened, 2);
        var target = _root.Open(_destination, CreateMissing.Directory);
        operations.Add(OperationKind.SkipIfZero, "skip", _destination, null, 0, 1);
        _root.Open(_destination, CreateMissing.File, into: target);
        _root.Close(opened);
        return target;
    }

    // The kernel ignores MS_RDONLY and propagation in the call that binds (mount(2)): three calls.
    private void AttachByPath(Argument target)
    {
        var operations = _root.Operations;
        var path = operations.Allocate(32);
        var bind = MS_BIND | (_options.IsRecursiveBind ? MS_REC : 0);
        operations.Add(OperationKind.FormatFdPath, "format", _destination, a: target, b: path);
        operations.Syscall(
            Nr.mount, "mount", $"{_source} on {_destination}", Describe(bind), operations.Text(_source), path, 0, (nint)bind);
        _root.Close(target);
        var mounted = _root.Open(_destination);
        _root.ChangeAt(mounted, Propagation, _destination);
        if (_options.Flags != 0)
        {
            _root.ChangeAt(mounted, MS_BIND | MS_REMOUNT | _options.Flags | _sourceFlags, _destination);
        }

        _root.Close(mounted);
    }

    /// <summary>What the source's mount has already: a remount would drop it (nosuid, nodev, noexec …).</summary>
    private static unsafe uint FlagsOf(string source)
    {
        var buffer = stackalloc nint[16];
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(source + "\0"))
        {
            // struct statfs: f_flags is the eleventh word; ST_RDONLY, ST_NOSUID, ST_NODEV, ST_NOEXEC have the values of MS_*.
            return RawSyscall.Invoke(Nr.statfs, (nint)path, (nint)buffer) < 0 ? 0 : (uint)buffer[10] & 0xf;
        }
    }
}
