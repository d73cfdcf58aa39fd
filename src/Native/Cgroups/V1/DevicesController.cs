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
                throw Refused(file, rule.ToString(), directory.TryRead("devices.list"), status);
            }
        }

        var list = directory.TryRead("devices.list") ?? "";
        if (Expected(rules) is { } expected && !expected.SetEquals(list.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            throw new CgroupLimitException("devices.list", Name, string.Join("; ", expected), list.Replace("\n", "; "));
        }
    }

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
