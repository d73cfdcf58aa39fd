using Devoxx.Orchestrator;
using Devoxx.Orchestrator.Rendering;

using var output = new CommandOutput(Console.OpenStandardOutput(), Console.OpenStandardError(), TerminalTraits.Detect());
using var interrupts = new Interrupts();
return await CommandLine.RunAsync(args, output, interrupts);
