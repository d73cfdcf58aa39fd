using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Seccomp;

/// <summary>
/// libseccomp, loaded when a filter is first made: most containers of a host without it need none. Names are the library's (seccomp_init(3) and its
/// companions); functions return a negated error number.
/// </summary>
internal sealed unsafe class LibSeccomp
{
    /// <summary>__NR_SCMP_ERROR: no such system call.</summary>
    public const int NoSuchCall = -1;

    private static readonly Lazy<LibSeccomp?> Loaded = new(Load);

    private readonly delegate* unmanaged<uint, void*> _init;
    private readonly delegate* unmanaged<void*, void> _release;
    private readonly delegate* unmanaged<byte*, uint> _archResolveName;
    private readonly delegate* unmanaged<void*, uint, int> _archAdd;
    private readonly delegate* unmanaged<byte*, int> _syscallResolveName;
    private readonly delegate* unmanaged<uint, byte*, int> _syscallResolveNameArch;
    private readonly delegate* unmanaged<uint> _archNative;
    private readonly delegate* unmanaged<void*, uint, int, uint, ArgumentComparison*, int> _ruleAddArray;
    private readonly delegate* unmanaged<void*, int, uint, int> _attrSet;
    private readonly delegate* unmanaged<void*, int, int> _exportBpf;

    private LibSeccomp(nint library)
    {
        _init = (delegate* unmanaged<uint, void*>)NativeLibrary.GetExport(library, "seccomp_init");
        _release = (delegate* unmanaged<void*, void>)NativeLibrary.GetExport(library, "seccomp_release");
        _archResolveName = (delegate* unmanaged<byte*, uint>)NativeLibrary.GetExport(library, "seccomp_arch_resolve_name");
        _archAdd = (delegate* unmanaged<void*, uint, int>)NativeLibrary.GetExport(library, "seccomp_arch_add");
        _syscallResolveName = (delegate* unmanaged<byte*, int>)NativeLibrary.GetExport(library, "seccomp_syscall_resolve_name");
        _syscallResolveNameArch = (delegate* unmanaged<uint, byte*, int>)NativeLibrary.GetExport(library, "seccomp_syscall_resolve_name_arch");
        _archNative = (delegate* unmanaged<uint>)NativeLibrary.GetExport(library, "seccomp_arch_native");
        _ruleAddArray = (delegate* unmanaged<void*, uint, int, uint, ArgumentComparison*, int>)NativeLibrary.GetExport(library, "seccomp_rule_add_array");
        _attrSet = (delegate* unmanaged<void*, int, uint, int>)NativeLibrary.GetExport(library, "seccomp_attr_set");
        _exportBpf = (delegate* unmanaged<void*, int, int>)NativeLibrary.GetExport(library, "seccomp_export_bpf");
    }

    /// <summary>struct scmp_arg_cmp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ArgumentComparison
    {
        public uint Argument;
        public int Operator;
        public ulong First, Second;
    }

    /// <summary>Null where the library is not installed.</summary>
    public static LibSeccomp? Instance => Loaded.Value;

    public void* Init(uint defaultAction) => _init(defaultAction);

    public void Release(void* context) => _release(context);

    /// <summary>0 for a name that the library does not know.</summary>
    public uint ArchResolveName(string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return _archResolveName(text);
        }
    }

    public int ArchAdd(void* context, uint architecture) => _archAdd(context, architecture);

    public int SyscallResolveName(string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return _syscallResolveName(text);
        }
    }

    /// <summary>Below 0 for a call that this architecture does not have.</summary>
    public int SyscallResolveNameArch(uint architecture, string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + "\0"))
        {
            return _syscallResolveNameArch(architecture, text);
        }
    }

    public uint ArchNative() => _archNative();

    public int RuleAddArray(void* context, uint action, int call, ReadOnlySpan<ArgumentComparison> comparisons)
    {
        fixed (ArgumentComparison* first = comparisons)
        {
            return _ruleAddArray(context, action, call, (uint)comparisons.Length, first);
        }
    }

    public int AttrSet(void* context, int attribute, uint value) => _attrSet(context, attribute, value);

    public int ExportBpf(void* context, int fd) => _exportBpf(context, fd);

    private static LibSeccomp? Load() => NativeLibrary.TryLoad("libseccomp.so.2", out var library) ? new LibSeccomp(library) : null;
}
