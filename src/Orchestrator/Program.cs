using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Orchestrator;
using Devoxx.Orchestrator.Rendering;

using var interrupts = new Interrupts();
try
{
    using var output = new CommandOutput(new FdStream(1), new FdStream(2), TerminalTraits.Detect());
    return await CommandLine.RunAsync(args, output, interrupts);
}
catch (LinuxException closed) when (closed is { Syscall: "write", ErrnoName: "EPIPE" })
{
    // What read our output has gone (`logs -f | head`): as if SIGPIPE had ended us.
    return 128 + 13;
}
