using System.Globalization;
using System.Text.Json;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Rendering;

/// <summary>A plan for people, a step a line, and for programs.</summary>
internal static class PlanText
{
    public static void Write(TextWriter output, PlanView plan)
    {
        if (plan.Operations.IsEmpty)
        {
            output.WriteLine(plan.Unchanged.IsEmpty ? "Nothing to do." : $"Nothing to do: {Count(plan.Unchanged.Length, "container")} as wanted.");
            return;
        }

        var kind = plan.Operations.Max(step => step.Kind.Length);
        var name = plan.Operations.Max(step => Short(step.Name).Length);
        var action = plan.Operations.Max(step => Would(step).Length);
        foreach (var step in plan.Operations)
        {
            output.WriteLine($" {Capital(step.Kind).PadRight(kind)}  {Short(step.Name).PadRight(name)}  {Would(step).PadRight(action)}  {step.Cause}");
        }

        var unchanged = plan.Unchanged.IsEmpty ? "" : $", and {Count(plan.Unchanged.Length, "container")} left as wanted";
        output.WriteLine($"{Count(plan.Operations.Length, "step")} to do{unchanged}. Nothing of it has been done.");
    }

    /// <summary>One object; steps come after those in <c>after</c>.</summary>
    public static void WriteJson(TextWriter output, PlanView plan) =>
        output.WriteLine(JsonSerializer.Serialize(plan, ControlJson.Default.PlanView));

    /// <summary>An anonymous volume by the beginning of its name.</summary>
    private static string Short(string name) => name.Length == 64 && name.All(char.IsAsciiHexDigitLower) ? name[..12] : name;

    private static string Would(PlannedStep step) => "would " + step.Action;

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    private static string Count(int count, string noun) => $"{count.ToString(CultureInfo.InvariantCulture)} {noun}{(count == 1 ? "" : "s")}";
}
