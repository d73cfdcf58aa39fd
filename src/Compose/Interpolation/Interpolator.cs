using System.Globalization;
using Devoxx.Compose.Diagnosis;
using Devoxx.Compose.Tree;
using Devoxx.Compose.Values;

namespace Devoxx.Compose.Interpolation;

/// <summary>
/// Replaces variables in every string of a document, and turns strings into the numbers and booleans that stand at some
/// places (<c>replicas: "${N}"</c>), so that the schema sees what was meant.
/// </summary>
internal sealed class Interpolator(Func<string, string?> lookup, DiagnosticList diagnostics)
{
    private enum Cast { Integer, Number, Boolean }

    private sealed record Target(Cast Cast);

    private static readonly PathRules<Target> Casts = BuildCasts();

    private readonly HashSet<string> _unset = new(StringComparer.Ordinal);

    internal Node Apply(Node tree) => Walk(tree, Casts.Root);

    private Node Walk(Node node, PathRules<Target>.Place? place)
    {
        switch (node)
        {
            case MappingNode map:
                for (var i = 0; i < map.Count; i++)
                {
                    var value = map[i].Value;
                    var walked = Walk(value, place?.Key(map[i].Key));
                    if (!ReferenceEquals(value, walked)) map.SetAt(i, walked);
                }
                return map;
            case SequenceNode list:
                for (var i = 0; i < list.Items.Count; i++) list.Items[i] = Walk(list.Items[i], place?.Item);
                return list;
            case ScalarNode { Kind: ScalarKind.String } scalar:
                return String(scalar, place?.Rule);
            default:
                return node;
        }
    }

    private ScalarNode String(ScalarNode scalar, Target? target)
    {
        var text = scalar.Text;
        try
        {
            text = Template.Substitute(text, lookup, name => Unset(name, scalar.Position));
        }
        catch (TemplateException error)
        {
            diagnostics.Error(scalar.Position, error.Message);
            return scalar;
        }
        if (target is null) return ReferenceEquals(text, scalar.Text) ? scalar : ScalarNode.String(scalar.Position, text);
        if (Convert(scalar.Position, text, target.Cast) is { } converted) return converted;
        var shown = text == scalar.Text ? $"`{text}`" : $"`{scalar.Text}` is `{text}`, which";
        diagnostics.Error(scalar.Position, target.Cast switch
        {
            Cast.Integer => $"{shown} is not an integer; write a number such as 1",
            Cast.Number => $"{shown} is not a number; write one such as 0.5",
            _ => $"{shown} is not a boolean; write true or false",
        });
        return scalar;
    }

    private ScalarNode? Convert(Position position, string text, Cast cast)
    {
        switch (cast)
        {
            case Cast.Integer:
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? ScalarNode.Int(position, integer) : null;
            case Cast.Number:
                const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) ? ScalarNode.Float(position, number) : null;
            default:
                if (Booleans.Parse(text) is not { } value) return null;
                if (!text.Equals("true", StringComparison.OrdinalIgnoreCase) && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
                    diagnostics.Warning(position, $"`{text}` is not a boolean in YAML 1.2; write {(value ? "true" : "false")}");
                return ScalarNode.Boolean(position, value);
        }
    }

    private void Unset(string name, Position position)
    {
        if (_unset.Add(name)) diagnostics.Warning(position, $"variable {name} is not set, so it is empty here; set it, or write ${{{name}:-default}}");
    }

    private static PathRules<Target> BuildCasts()
    {
        var casts = new PathRules<Target>();
        foreach (var key in new[]
                 {
                     "cpu_count", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "deploy.replicas",
                     "deploy.update_config.parallelism", "deploy.rollback_config.parallelism", "deploy.restart_policy.max_attempts",
                     "deploy.placement.max_replicas_per_node", "healthcheck.retries", "oom_score_adj", "pids_limit", "ports.*.target",
                     "scale", "ulimits.*", "ulimits.*.hard", "ulimits.*.soft",
                 })
            casts["services.*." + key] = new(Cast.Integer);
        foreach (var key in new[] { "cpu_percent", "cpus", "deploy.update_config.max_failure_ratio", "deploy.rollback_config.max_failure_ratio" })
            casts["services.*." + key] = new(Cast.Number);
        foreach (var key in new[]
                 {
                     "services.*.init", "services.*.healthcheck.disable", "services.*.oom_kill_disable", "services.*.privileged",
                     "services.*.read_only", "services.*.stdin_open", "services.*.tty", "services.*.volumes.*.read_only",
                     "services.*.volumes.*.volume.nocopy", "networks.*.external", "networks.*.internal", "networks.*.attachable",
                     "networks.*.enable_ipv4", "networks.*.enable_ipv6", "volumes.*.external", "secrets.*.external", "configs.*.external",
                 })
            casts[key] = new(Cast.Boolean);
        return casts;
    }
}
