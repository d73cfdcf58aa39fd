using Devoxx.Native;
using Devoxx.Runtime.Launch;

namespace Devoxx.Runtime.Monitor;

/// <summary>Our end of something, and the container's; −1 where there is none.</summary>
internal readonly record struct StreamEnds(int Ours, int Theirs)
{
    public static readonly StreamEnds None = new(-1, -1);
}

/// <summary>What a monitor and its container are connected by: pipes, or a terminal, which arrives when the container has made it.</summary>
internal sealed class ContainerStreams
{
    private const int PipeSize = 1 << 20;

    /// <param name="takesInput">It has a standard input of ours.</param>
    /// <param name="relaysOutput">Somebody wants its output; else it has what we have.</param>
    public ContainerStreams(bool terminal, bool takesInput, bool relaysOutput)
    {
        IsTerminal = terminal;
        Stdin = takesInput && !terminal ? InputPipe() : StreamEnds.None;
        Stdout = relaysOutput && !terminal ? OutputPipe() : StreamEnds.None;
        Stderr = relaysOutput && !terminal ? OutputPipe() : StreamEnds.None;
    }

    public bool IsTerminal { get; }

    public StreamEnds Stdin { get; }

    public StreamEnds Stdout { get; }

    public StreamEnds Stderr { get; }

    /// <summary>The terminal's master, once it is there; −1 before, and without one.</summary>
    public int Terminal { get; set; } = -1;

    /// <summary>The container has its ends: ours must not keep them open.</summary>
    public void CloseTheirs()
    {
        FileDescriptor.Close(Stdin.Theirs);
        FileDescriptor.Close(Stdout.Theirs);
        FileDescriptor.Close(Stderr.Theirs);
    }

    private static StreamEnds InputPipe()
    {
        var pipe = FileDescriptor.Pipe();
        FileDescriptor.SetNonBlocking(pipe.Write);
        return new StreamEnds(pipe.Write, pipe.Read);
    }

    private static StreamEnds OutputPipe()
    {
        const int F_SETPIPE_SZ = 1031;
        var pipe = FileDescriptor.Pipe();

        // A container that writes fast then wakes us seldom. Refused (EPERM) beyond a limit of the host; the default works too.
        RawSyscall.Invoke(Nr.fcntl, pipe.Write, F_SETPIPE_SZ, PipeSize);
        FileDescriptor.SetNonBlocking(pipe.Read);
        return new StreamEnds(pipe.Read, pipe.Write);
    }
}
