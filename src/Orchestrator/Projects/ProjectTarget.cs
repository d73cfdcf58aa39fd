using Devoxx.Orchestrator.Arguments;

namespace Devoxx.Orchestrator.Projects;

/// <summary>
/// The project that a verb is about which only looks at, stops or removes things: by <c>-p</c> alone without any file, else
/// the one of the Compose files, and if these cannot be had, the one of <c>COMPOSE_PROJECT_NAME</c>.
/// </summary>
internal sealed record ProjectTarget(string Name, Stack? Stack)
{
    /// <exception cref="CommandFailedException">Neither a name nor a readable Compose file.</exception>
    public static ProjectTarget Find(Invocation invocation)
    {
        if (invocation.Global.Project is { } name && invocation.Global.Files.Count == 0)
        {
            return new ProjectTarget(Normalise(name), null);
        }

        try
        {
            var stack = Projects.Stack.LoadToLookAt(invocation);
            return new ProjectTarget(stack.Project.Name, stack);
        }
        catch (CommandFailedException) when (Environment.GetEnvironmentVariable("COMPOSE_PROJECT_NAME") is { Length: > 0 } && invocation.Global.Files.Count == 0)
        {
            return new ProjectTarget(Normalise(Environment.GetEnvironmentVariable("COMPOSE_PROJECT_NAME")!), null);
        }
    }

    /// <summary><c>COMPOSE_REMOVE_ORPHANS</c>, from the shell or an env file.</summary>
    public bool RemovesOrphans => Stack?.RemovesOrphans ?? StackFiles.IsTrue(Environment.GetEnvironmentVariable("COMPOSE_REMOVE_ORPHANS"));

    /// <exception cref="CommandFailedException">The Compose files do not know one of <paramref name="services"/>.</exception>
    public void CheckServices(IEnumerable<string> services)
    {
        if (Stack is null)
        {
            return;
        }

        foreach (var service in services)
        {
            if (!Stack.Knows(service))
            {
                var near = Suggestion.For(service, Stack.Project.Services.Keys);
                throw new CommandFailedException($"no such service: {service}{(near is null ? "" : $"; did you mean {near}?")}");
            }
        }
    }

    /// <summary>The reference lower-cases a name that is given by hand.</summary>
    private static string Normalise(string name) => name.ToLowerInvariant();
}
