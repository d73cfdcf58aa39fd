using System.Runtime.InteropServices;

namespace Devoxx.Runtime.Setup;

/// <summary>What the interpreter does for an <see cref="Operation"/>. Arguments A to F as listed.</summary>
internal enum OperationKind
{
    /// <summary>The system call <see cref="Operation.Number"/> with A to F.</summary>
    Syscall,

    /// <summary>Fails with the error number A: what a test asks for (<see cref="OperationList.Failpoint"/>).</summary>
    Fail,

    /// <summary>Opens (O_PATH) a path inside a root, creating what is missing: A the root's fd, B a <see cref="PathRequest"/>.</summary>
    OpenInRoot,

    /// <summary>Writes <c>/proc/self/fd/N</c> for the fd A at the address B.</summary>
    FormatFdPath,

    /// <summary>Stores A as a 32-bit integer at the address B.</summary>
    StoreInt,

    /// <summary>Skips B operations unless the fd A is a directory.</summary>
    SkipUnlessDirectory,

    /// <summary>Skips B operations when A is zero.</summary>
    SkipIfZero,

    /// <summary>Fails with ENODEV unless the fd A is the character device B:C (CVE-2025-31133: a link in place of /dev/null).</summary>
    RequireCharacterDevice,

    /// <summary>Gives what the fd A is to the user B and the group C, unless it is a device: those belong to the host (or, a terminal, to devpts).</summary>
    OwnUnlessDevice,

    /// <summary>Lets the terminal A write no carriage return before a line feed (ONLCR of termios(3)).</summary>
    EndLinesPlainly,

    /// <summary>Writes the mode of the directory A in octal, as <c>mode=1777</c>, at the address B, in four digits.</summary>
    FormatMode,

    /// <summary>Fails with EXDEV unless the fd A lies on a filesystem with the magic number B (statfs(2)).</summary>
    RequireFilesystem,

    /// <summary>Fails with ENOENT unless getcwd(2) gives an absolute path (CVE-2024-21626); A is a buffer of B bytes.</summary>
    RequireAbsoluteCwd,

    /// <summary>Waits for one byte on the fd A from the parent; EPIPE when it will not come.</summary>
    AwaitParent,

    /// <summary>
    /// Goes on in a copy of the process, a child of the same parent; the one before tells its pid (<see cref="ChildStage.Forked"/>) and ends.
    /// </summary>
    ForkOnce,

    /// <summary>
    /// Runs the <see cref="HookRequest"/> A and waits for its end. Where B is an address, nobody reads the pipe for failures any more: the text there, and the outcome's number
    /// behind it, go to the fd C, and the child ends.
    /// </summary>
    RunHook,

    /// <summary>Every signal at its default, none blocked; with the handler A, where it is one, for each signal whose default ends the process.</summary>
    ResetSignals,

    /// <summary>Fails unless one of the paths A can be executed: so that <c>create</c> can say it, not only <c>start</c>.</summary>
    RequireCommand,

    /// <summary>
    /// execve of the first of the paths A that can be, with arguments B and environment C. D, where there is one, is an <see cref="ExecComplaint"/>: nobody reads the
    /// pipe any more, so that the reason is written where the command would have written.
    /// </summary>
    Exec,

    /// <summary>As <see cref="Exec"/>, but in a child of its own, this process staying on as the container's init.</summary>
    ExecUnderInit,
}

/// <summary>One step of the child between clone3 and execve. Plain memory: the child may not touch the managed heap.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Operation
{
    public OperationKind Kind;

    public int Number;

    public nint A, B, C, D, E, F;

    /// <summary>Bit n set: argument n is the number of a slot, whose content is meant.</summary>
    public byte SlotMask;

    /// <summary>The slot that takes the result, or −1. After a tolerated failure it takes the negated error number.</summary>
    public short Store;

    /// <summary>In place of an error number: whatever it is.</summary>
    public const short Any = -1;

    /// <summary>Error numbers that are no failure; 0 is none.</summary>
    public short TolerateFirst, TolerateSecond;

    /// <summary>How many of the following operations a tolerated failure skips.</summary>
    public short SkipWhenTolerated;
}

/// <summary>What <see cref="OperationKind.OpenInRoot"/> opens.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PathRequest
{
    /// <summary>Relative, without empty, <c>.</c> and <c>..</c> parts.</summary>
    public byte* Path;

    public CreateMissing Create;

    /// <summary>RESOLVE_* bits of openat2(2) beside RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS.</summary>
    public ulong Resolve;
}

/// <summary>What a command that cannot be executed is told with: texts that end in a zero.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExecComplaint
{
    public nint NotFound, Denied, WrongFormat, Other;
}

internal enum CreateMissing
{
    Nothing,
    Directory,
    File,
}
