using System.Collections.Immutable;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Schema;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose;

/// <summary>Reads a service's `x-devoxx`; what is not known, or cannot be, is an error where it stands.</summary>
internal static class DevoxxReading
{
    private static readonly string[] Keys = ["notify", "restart", "watchdog"];

    private static readonly string[] RestartKeys =
        ["base", "cap", "factor", "jitter", "on_unhealthy", "permanent_failure_exit_codes", "reset_after", "success_exit_codes"];

    private static readonly string[] Actions = ["none", "restart", "stop"];

    /// <param name="path">How the errors call it, such as `services.web.x-devoxx`.</param>
    internal static DevoxxExtension Read(Node node, string path, DiagnosticList errors)
    {
        if (Members(node, path, Keys, errors) is not { } map) return DevoxxExtension.None;
        var extension = new DevoxxExtension
        {
            Notify = Boolean(map, "notify", path, errors) ?? false,
            Watchdog = Duration(map, "watchdog", path, errors),
            Restart = map.Find("restart") is { IsNull: false } restart ? Restart(restart, path + ".restart", errors) : null,
        };
        if (extension is { Watchdog: not null, Notify: false })
            errors.Error(map.KeyPosition("watchdog"), $"{path}.watchdog: a watchdog is fed by notifications; write notify: true beside it");
        return extension;
    }

    /// <summary>What only the service as a whole can tell.</summary>
    internal static void Check(MappingNode service, string path, DiagnosticList errors)
    {
        if (service.Find(DevoxxExtension.Key) is not { IsNull: false } node) return;
        path += "." + DevoxxExtension.Key;
        var extension = Read(node, path, errors);
        var restarts = service.Find("restart") is ScalarNode { IsNull: false } restart && restart.Print() is not ("" or "no")
            || service.Find("deploy") is MappingNode deploy && deploy.Find("restart_policy") is MappingNode policy && policy.Find("condition") is not ScalarNode { Text: "none" };
        if (!restarts && extension.Restart is { } wish && wish != new RestartExtension { OnUnhealthy = wish.OnUnhealthy })
            errors.Error(TreePath.Locate(node, "restart"), $"{path}.restart has no effect: the service is never restarted; write `restart: on-failure` or another policy beside it");
    }

    private static RestartExtension? Restart(Node node, string path, DiagnosticList errors)
    {
        if (Members(node, path, RestartKeys, errors) is not { } map) return null;
        var restart = new RestartExtension
        {
            Base = Duration(map, "base", path, errors),
            Factor = Number(map, "factor", path, 1, 1000, errors),
            Cap = Duration(map, "cap", path, errors),
            Jitter = Number(map, "jitter", path, 0, 1, errors),
            ResetAfter = Duration(map, "reset_after", path, errors),
            SuccessExitCodes = Codes(map, "success_exit_codes", path, errors),
            PermanentFailureExitCodes = Codes(map, "permanent_failure_exit_codes", path, errors),
            OnUnhealthy = Word(map, "on_unhealthy", path, Actions, errors),
        };
        if (restart is { Base: { } first, Cap: { } most } && first > most)
            errors.Error(map.KeyPosition("cap"), $"{path}.cap is less than base; no delay can be longer than the cap");
        if (restart is { SuccessExitCodes: { } good, PermanentFailureExitCodes: { } bad } && good.Intersect(bad).ToArray() is [var both, ..])
            errors.Error(map.KeyPosition("permanent_failure_exit_codes"), $"{path}: exit code {both} cannot be both a success and a failure; write it in one of the two lists");
        return restart;
    }

    private static MappingNode? Members(Node node, string path, string[] known, DiagnosticList errors)
    {
        if (node is not MappingNode map)
        {
            errors.Error(node.Position, $"{path} is {node.Describe()}; write a mapping with {Listed(known)}");
            return null;
        }
        foreach (var (key, _, position) in map)
            if (!known.Contains(key))
                errors.Error(position, $"{path}.{key} is not known; {(Nearest.Suggest(key, known) is { } near ? $"did you mean {near}?" : $"there are {Listed(known)}")}");
        return map;
    }

    private static bool? Boolean(MappingNode map, string key, string path, DiagnosticList errors) => map.Find(key) switch
    {
        null or { IsNull: true } => null,
        ScalarNode { Kind: ScalarKind.Boolean } scalar => scalar.IsTrue,
        ScalarNode { Kind: ScalarKind.String } text when Booleans.Parse(text.Text) is { } value => value,
        var wrong => Wrong<bool>(wrong, $"{path}.{key}", "write true or false", errors),
    };

    private static TimeSpan? Duration(MappingNode map, string key, string path, DiagnosticList errors) => map.Find(key) switch
    {
        null or { IsNull: true } => null,
        ScalarNode scalar when Values.Duration.Parse(scalar.Print()) is { } value && value > TimeSpan.Zero => value,
        var wrong => Wrong<TimeSpan>(wrong, $"{path}.{key}", "write a duration with a unit, such as 500ms or 1m30s", errors),
    };

    private static double? Number(MappingNode map, string key, string path, double least, double most, DiagnosticList errors) => map.Find(key) switch
    {
        null or { IsNull: true } => null,
        ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Float } scalar when scalar.Number >= least && scalar.Number <= most => scalar.Number,
        var wrong => Wrong<double>(wrong, $"{path}.{key}", $"write a number from {GoFormat.General(least)} to {GoFormat.General(most)}", errors),
    };

    private static ImmutableArray<int>? Codes(MappingNode map, string key, string path, DiagnosticList errors)
    {
        if (map.Find(key) is not { IsNull: false } node) return null;
        var codes = ImmutableArray.CreateBuilder<int>();
        foreach (var item in node is SequenceNode list ? list.Items : [node])
        {
            if (item is ScalarNode { Kind: ScalarKind.Integer, Integer: >= 0 and <= 255 } code) codes.Add((int)code.Integer);
            else Wrong<int>(item, $"{path}.{key}", "write exit codes from 0 to 255", errors);
        }
        return codes.ToImmutable();
    }

    private static string? Word(MappingNode map, string key, string path, string[] words, DiagnosticList errors)
    {
        if (map.Find(key) is not { IsNull: false } node) return null;
        if (node is ScalarNode scalar && words.Contains(scalar.Print())) return scalar.Print();
        Wrong<int>(node, $"{path}.{key}", $"write {Listed(words)}", errors);
        return null;
    }

    private static T? Wrong<T>(Node node, string path, string right, DiagnosticList errors) where T : struct
    {
        errors.Error(node.Position, $"{path}: {(node is ScalarNode scalar ? $"`{scalar.Print()}`" : node.Describe())} cannot be; {right}");
        return null;
    }

    private static string Listed(string[] words) => string.Join(", ", words[..^1]) + " or " + words[^1];
}
