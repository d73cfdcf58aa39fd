using System.Collections.Immutable;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Projects;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>scale SERVICE=N</c>: an <c>up</c> of these services that makes nothing anew.</summary>
internal sealed class ScaleVerb : Verb
{
    private static readonly SwitchFlag NoDeps = new("no-deps", null, "Don't start linked services");

    public override string Name => "scale";

    public override string Summary => "Scale services";

    public override string Operands => "[SERVICE=REPLICAS...]";

    public override IReadOnlyList<Flag> Flags => [NoDeps];

    public override int LeastOperands => 1;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var scale = Parse(invocation.Words);
        var connecting = invocation.ConnectAsync();
        var stack = Stack.LoadToStart(invocation, [.. scale.Keys]);
        new ProjectTarget(stack.Project.Name, stack).CheckServices(scale.Keys);
        using var supervisor = await connecting;
        return await invocation.PerformAsync(
            supervisor,
            ControlRoutes.Up(stack.Project.Name),
            new UpRequest(
                stack.Json,
                [.. scale.Keys],
                scale,
                RecreatePolicy.Never,
                NoDeps: invocation.Arguments.Has(NoDeps),
                ConfigFiles: stack.Project.ComposeFiles,
                WorkingDirectory: stack.Project.WorkingDir),
            ControlJson.Default.UpRequest);
    }

    private static ImmutableSortedDictionary<string, int> Parse(IReadOnlyList<string> words)
    {
        var scale = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var equals = word.IndexOf('=');
            scale[equals > 0 ? word[..equals] : throw new CommandFailedException($"invalid scale specifier: {word}; say SERVICE=NUM")] =
                int.TryParse(word.AsSpan(equals + 1), out var count) && count >= 0
                    ? count
                    : throw new CommandFailedException($"invalid scale specifier: {word}; after the = stands how many containers, from 0");
        }

        return scale.ToImmutable();
    }
}
