using System.Text.RegularExpressions;
using Devoxx.Orchestrator.Arguments;
using Devoxx.Orchestrator.Rendering;
using Devoxx.Supervisor.Control;

namespace Devoxx.Orchestrator.Verbs;

/// <summary><c>ls</c>: the projects that the supervisor knows.</summary>
internal sealed class ListVerb : Verb
{
    private static readonly SwitchFlag All = new("all", 'a', "Show all stopped projects too");
    private static readonly ListFlag Filter = new("filter", null, "Show projects whose name matches: name=PATTERN");
    private static readonly TextFlag Format = new("format", null, "Format the output (table, json)") { Choices = ["table", "json"] };
    private static readonly SwitchFlag Quiet = new("quiet", 'q', "Only display project names");

    public override string Name => "ls";

    public override string Summary => "List running compose projects";

    public override string Operands => "";

    public override IReadOnlyList<Flag> Flags => [All, Filter, Format, Quiet];

    public override int MostOperands => 0;

    public override async Task<int> RunAsync(Invocation invocation)
    {
        var patterns = invocation.Arguments.Values(Filter).Select(PatternOf).ToList();
        using var supervisor = await invocation.ConnectAsync();
        var all = await supervisor.GetAsync(ControlRoutes.Projects, ControlJson.Default.ImmutableArrayProjectView, CancellationToken.None);
        var shown = all
            .Where(project => invocation.Arguments.Has(All) ? project.Total > 0 : project.Running > 0)
            .Where(project => patterns.Count == 0 || patterns.Exists(pattern => pattern.IsMatch(project.Name)))
            .OrderBy(project => project.Name, StringComparer.Ordinal);
        var output = invocation.Output.Out;
        if (invocation.Arguments.Has(Quiet))
        {
            foreach (var project in shown)
            {
                output.WriteLine(project.Name);
            }
        }
        else if (invocation.Arguments.Value(Format) == "json")
        {
            JsonOutput.WriteArray(output, shown, (json, project) =>
            {
                json.WriteString("Name", project.Name);
                json.WriteString("Status", project.Status);
                json.WriteString("ConfigFiles", string.Join(',', project.ConfigFiles));
            });
        }
        else
        {
            var table = new Table("NAME", "STATUS", "CONFIG FILES") { LeastWidth = 20 };
            foreach (var project in shown)
            {
                table.Add(project.Name, project.Status, string.Join(',', project.ConfigFiles));
            }

            table.Write(output);
        }

        return ExitCode.Success;
    }

    private static Regex PatternOf(string filter)
    {
        var equals = filter.IndexOf('=');
        return equals > 0 && filter[..equals] == "name"
            ? new(filter[(equals + 1)..])
            : throw new CommandFailedException($"invalid filter '{filter}': the form is name=PATTERN");
    }
}
