using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor;

namespace Devoxx.Orchestrator;

/// <summary>What a verb is run with: what was typed, and where its output goes.</summary>
internal sealed record Invocation(GlobalOptions Global, ParsedArguments Arguments, CommandOutput Output, Interrupts Interrupts)
{
    /// <summary>What would change something is only told.</summary>
    public bool Foretells { get; init; }

    public StateRoot Root => StateRoot.At(Global.StateRoot);

    /// <summary>The operands, which most verbs read as service names.</summary>
    public IReadOnlyList<string> Words => Arguments.Words;
}
