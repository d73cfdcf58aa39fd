using Devoxx.Native;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>
/// What is written to procfs for a container, before its root exists: through a descriptor of the host's <c>/proc</c> that is proved to be procfs,
/// without following links or mounts, so that nothing in an image can redirect a write (CVE-2019-19921, CVE-2025-52881).
/// </summary>
internal sealed unsafe class KernelSettings
{
    private readonly OperationList _operations;
    private readonly Argument _proc;

    public KernelSettings(OperationList operations)
    {
        _operations = operations;
        _proc = operations.NewSlot();
        operations.Syscall(
            Nr.openat, "open", "/proc", "O_PATH|O_DIRECTORY", AT_FDCWD, operations.Text("/proc"), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC).Into(_proc);
        operations.Add(OperationKind.RequireFilesystem, "statfs", "/proc", "a proc filesystem", _proc, PROC_SUPER_MAGIC);
    }

    /// <summary>−1000 to 1000; lowering it below what the caller has needs CAP_SYS_RESOURCE.</summary>
    public void SetOomScoreAdjustment(int value) =>
        Write("self/oom_score_adj", value.ToString(System.Globalization.CultureInfo.InvariantCulture), RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH);

    /// <summary>One sysctl, already found to be of a namespace of the container (see <see cref="SysctlRules"/>).</summary>
    public void SetSysctl(string name, string value) =>
        Write("sys/" + SysctlRules.PathOf(name), value, RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);

    /// <summary>One line of the offsets of a time namespace that no process has entered yet (time_namespaces(7)).</summary>
    public void SetTimeOffset(string clock, TimeOffset offset) =>
        Write(
            "self/timens_offsets", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{clock} {offset.Secs} {offset.Nanosecs}"),
            RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH);

    /// <summary>The AppArmor profile from the next execve on; the file of its own that it has since Linux 5.1, or the one that all modules share.</summary>
    public void SetExecProfile(string profile) =>
        Write(
            Directory.Exists("/proc/self/attr/apparmor") ? "self/attr/apparmor/exec" : "self/attr/exec", "exec " + profile,
            RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH, "");

    /// <summary>The SELinux label from the next execve on.</summary>
    public void SetExecLabel(string label) => Write("self/attr/exec", label, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH, "");

    public void Close() => _operations.Syscall(Nr.close, "close", "/proc", null, _proc);

    private void Write(string path, string value, ulong resolve, string end = "\n")
    {
        var how = (ulong*)_operations.Allocate(3 * sizeof(ulong));
        how[0] = O_WRONLY | O_CLOEXEC;
        how[2] = resolve;
        var file = _operations.NewSlot();
        var text = value + end;
        _operations.Syscall(Nr.openat2, "open", "/proc/" + path, "O_WRONLY", _proc, _operations.Text(path), how, 3 * sizeof(ulong)).Into(file);
        _operations.Syscall(
            Nr.write, "write", $"'{value}' to /proc/{path}", null, file, _operations.Text(text), System.Text.Encoding.UTF8.GetByteCount(text));
        _operations.Syscall(Nr.close, "close", "/proc/" + path, null, file);
    }
}
