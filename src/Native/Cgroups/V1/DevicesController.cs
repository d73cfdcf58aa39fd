namespace Devoxx.Native.Cgroups.V1;

/// <summary>Documentation/admin-guide/cgroup-v1/devices.rst: a list of exceptions to "all" or to "none".</summary>
internal sealed class DevicesController : Controller
{
    public override string Name => "devices";

    public override bool Concerns(CgroupLimits limits) => limits.Devices is not null;

    public override void Apply(CgroupDirectory directory, CgroupLimits limits)
    {
        if (limits.Devices is not { } rules)
        {
            return;
        }

        foreach (var rule in rules)
        {
            var file = rule.Allow ? "devices.allow" : "devices.deny";
            if (directory.TryWrite(file, rule.ToString()) is var status and < 0)
            {
                // A cgroup with others below takes no "all" any more (EINVAL): one that an earlier run of the same container has left need not be told again.
                if (status == -22 && rule.Type == 'a' && IsAsExpected(rules, directory.TryRead("devices.list")))
                {
                    return;
                }

                throw Refused(file, rule.ToString(), directory.TryRead("devices.list"), status);
            }
        }

        var list = directory.TryRead("devices.list") ?? "";
        if (Expected(rules) is { } expected && !IsAsExpected(rules, list))
        {
            throw new CgroupLimitException("devices.list", Name, string.Join("; ", expected), list.Replace("\n", "; "));
        }
    }

    private static bool IsAsExpected(IReadOnlyList<DeviceRule> rules, string? list) =>
        Expected(rules)?.SetEquals((list ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)) is true;

    /// <summary>
    /// What devices.list then says: exact for the usual form, "deny all" followed by different things allowed, or all allowed.
    /// Null for others: a denied exception to "all" is not listed, and overlapping rules are joined by the kernel.
    /// </summary>
    private static HashSet<string>? Expected(IReadOnlyList<DeviceRule> rules)
    {
        if (rules.Count > 0 && rules[^1] is { Type: 'a', Allow: true })
        {
            return ["a *:* rwm"];
        }

        if (rules.Count == 0 || rules[0] is not { Type: 'a', Allow: false } || rules.Skip(1).Any(rule => !rule.Allow || rule.Type == 'a'))
        {
            return null;
        }

        var access = new Dictionary<(char, long?, long?), HashSet<char>>();
        foreach (var rule in rules.Skip(1))
        {
            var key = (rule.Type, rule.Major, rule.Minor);
            if (!access.TryGetValue(key, out var letters))
            {
                access[key] = letters = [];
            }

            letters.UnionWith(rule.Access);
        }

        return [.. access.Select(entry => new DeviceRule(
            true, entry.Key.Item1, entry.Key.Item2, entry.Key.Item3, string.Concat("rwm".Where(entry.Value.Contains))).ToString())];
    }
}
